import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type Answer, refusal } from './answer-failure.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import type { Credentials, Login } from './credentials.ts';
import { shownUrl } from './endpoint.ts';
import { basicHeader, readToken, type Token, type TokenRequest, tokenRequest } from './token.ts';
import type { Trouble } from './trouble.ts';

/** What a registry's requests are signed with. */
export interface Authorizer {
  /** The header for these scopes, as far as it is known what the registry wants; undefined: none. */
  header(scopes: readonly string[]): Promise<Result<string | undefined, Trouble>>;
  /**
   * After a 401: the header to try with next. Undefined where there is none but the refused one.
   * @param challenge `WWW-Authenticate`.
   */
  renew(
    challenge: string | undefined,
    scopes: readonly string[],
    refused: string | undefined,
  ): Promise<Result<string | undefined, Trouble>>;
  /** A text without the secrets that were used so far. */
  redact(text: string): string;
}

export interface AuthorizerOptions {
  /** As the user names it: what logins are looked up by. */
  readonly host: string;
  readonly api: URL;
  readonly credentials: Credentials;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly askForToken: (request: TokenRequest) => Promise<Result<Answer, Trouble>>;
}

/** Signs in when it is asked to, keeps one login, and one token for each set of scopes until it ends or is refused. */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const secrets = new Set<string>();
  const tokens = new Map<string, Promise<Result<Token, Trouble>>>();
  let wanted: Challenge | undefined;
  let login: ReturnType<Credentials> | undefined;

  const redact = (text: string): string => {
    return [...secrets].reduce((result, secret) => result.replaceAll(secret, '(withheld)'), text);
  };
  const signIn = async (): Promise<Result<Login | undefined, Trouble>> => {
    login ??= options.credentials(options.host);
    const found = await login;
    if (!found.ok) return err({ failure: found.error });
    if (found.value !== undefined) {
      const { password } = found.value;
      for (const secret of [password, encodeURIComponent(password), basicHeader(found.value).slice(6)]) {
        if (secret !== '') secrets.add(secret);
      }
    }
    return ok(found.value);
  };
  const fetchToken = async (
    challenge: Extract<Challenge, { type: 'bearer' }>,
    scopes: readonly string[],
    used?: Login,
  ): Promise<Result<Token, Trouble>> => {
    const found = await signIn();
    if (!found.ok) return found;
    const request = tokenRequest(challenge, scopes, found.value, options.api);
    if (!request.ok) return err({ failure: request.error });
    const answer = await options.askForToken(request.value);
    if (!answer.ok) return answer;
    // An old login may have ended; its provider is asked once more.
    if (answer.value.status === 401 && used === undefined && found.value !== undefined) {
      login = undefined;
      return fetchToken(challenge, scopes, found.value);
    }
    if (answer.value.status !== 200) {
      const what = `asking ${shownUrl(request.value.url)} for a token`;
      return err({ failure: refusal(answer.value, { host: options.host, what, redact }) });
    }
    const token = readToken(answer.value.body.toString('utf8'), options.now());
    if (token === undefined) return err({ failure: noToken(options.host, request.value.url) });
    secrets.add(token.text);
    return ok(token);
  };
  const tokenFor = async (
    challenge: Extract<Challenge, { type: 'bearer' }>,
    asked: readonly string[],
    refused: string | undefined,
  ): Promise<Result<string, Trouble>> => {
    const scopes = [...new Set(asked)].sort();
    const key = scopes.join(' ');
    const known = await tokens.get(key);
    if (known?.ok && known.value.until > options.now() && `Bearer ${known.value.text}` !== refused) {
      return ok(`Bearer ${known.value.text}`);
    }
    const fetched = fetchToken(challenge, scopes);
    tokens.set(key, fetched);
    const token = await fetched;
    return token.ok ? ok(`Bearer ${token.value.text}`) : token;
  };

  return {
    redact,
    async header(scopes) {
      if (wanted === undefined) return ok(undefined);
      if (wanted.type === 'bearer') return tokenFor(wanted, scopes, undefined);
      const found = await signIn();
      return found.ok ? ok(found.value && basicHeader(found.value)) : found;
    },
    async renew(challenge, scopes, refused) {
      wanted = parseChallenge(challenge) ?? wanted;
      if (wanted === undefined) return ok(undefined);
      if (wanted.type === 'bearer') {
        const named = scopes.length > 0 ? scopes : (wanted.scope?.split(' ') ?? []);
        return tokenFor(wanted, named, refused);
      }
      const before = await signIn();
      if (!before.ok) return before;
      const header = before.value && basicHeader(before.value);
      if (header !== refused) return ok(header);
      login = undefined;
      const after = await signIn();
      if (!after.ok) return after;
      const renewed = after.value && basicHeader(after.value);
      return ok(renewed === refused ? undefined : renewed);
    },
  };
}

function noToken(host: string, url: URL): Failure {
  const message = `${shownUrl(url)} gives no token for the registry ${host}.`;
  return { reason: 'usage', message, help: 'What it answered is no JSON with a token in it.' };
}
