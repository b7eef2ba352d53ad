import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { parseJson } from '../../core/json-text.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { HttpBody } from '../../tool/http/http-client.ts';
import { bodyOf } from './body.ts';
import type { Challenge } from './challenge.ts';
import { identityTokenUser, type Login } from './credentials.ts';
import { shownUrl } from './endpoint.ts';

/** A bearer token, and how long it may be used. */
export interface Token {
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** How a token is asked for. */
export interface TokenRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
}

/** Seconds that a token is good for where its server does not say (distribution's token specification). */
const defaultLife = 60;

/** Milliseconds before its end, from which on a token is not used any more. */
const margin = 10_000;

/**
 * The request for a token (distribution, `spec/auth/token` and `spec/auth/oauth`): with an identity token by OAuth2, else
 * by Basic or as nobody. Errors: `usage` where the realm is no URL, or would be asked without TLS by a registry with it.
 */
export function tokenRequest(
  challenge: Extract<Challenge, { type: 'bearer' }>,
  scopes: readonly string[],
  login: Login | undefined,
  registry: URL,
): Result<TokenRequest, Failure> {
  const { realm, service } = challenge;
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && registry.protocol === 'http:');
  if (url === undefined || !isSafe) {
    return err({
      reason: 'usage',
      message: `The registry ${registry.host} sends its clients to ${url === undefined ? 'no URL' : shownUrl(url)} for tokens.`,
      help: 'It must be an https URL: it is sent the password.',
    });
  }
  if (login?.username === identityTokenUser) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: login.password,
      client_id: 'eksd-rebuild',
      scope: scopes.join(' '),
      ...defined({ service }),
    });
    const content = Buffer.from(form.toString());
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return ok({ method: 'POST', url, headers, body: bodyOf(content) });
  }
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  return ok({
    method: 'GET',
    url,
    headers: login === undefined ? {} : { authorization: basicHeader(login) },
  });
}

export function basicHeader({ username, password }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Reads the answer. Undefined where it holds no token. @param now milliseconds since the epoch. */
export function readToken(content: string, now: number): Token | undefined {
  const answer: { token?: unknown; access_token?: unknown; expires_in?: unknown } = parseJson(content) ?? {};
  const text = answer.token ?? answer.access_token;
  const life = typeof answer.expires_in === 'number' ? answer.expires_in : defaultLife;
  if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) return undefined;
  return { text, until: now + Math.max(life * 1000 - margin, 0) };
}
