import type { Failure } from '../../core/failure.ts';
import { parseJson } from '../../core/json-text.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { wordsOf } from '../../tool/http/answer.ts';
import type { Send } from '../../tool/http/http-client.ts';

/** Whom a token is meant for: what Fulcio takes. */
const audience = 'sigstore';

/** Characters that are read of an answer: a token has some two thousand. */
const mostOfAnswer = 2 ** 16;

/**
 * The OIDC token that says who signs: of SIGSTORE_ID_TOKEN, as cosign has it, or of GitHub Actions, which a workflow may ask for
 * (`permissions: id-token: write`). Nobody is asked. What it is is withheld from then on. Errors: `usage`, `network`.
 */
export async function identityToken(host: Host, send: Send): Promise<Result<string, Failure>> {
  const given = host.env['SIGSTORE_ID_TOKEN'];
  const token = given === undefined || given === '' ? await ofActions(host, send) : ok(given.trim());
  if (!token.ok) return token;
  host.credentials.add({ place: '', user: '', password: token.value });
  const why = whyNoToken(token.value, host.now());
  if (why === undefined) return token;
  return err({ reason: 'usage', message: `The identity token ${why}.`, help: nobodyAsked });
}

const nobodyAsked =
  'Put an OIDC token of the issuer that Fulcio knows, for the audience "sigstore", into SIGSTORE_ID_TOKEN, or give the job "id-token: write" in GitHub Actions.';

async function ofActions({ env, signal, credentials }: Host, send: Send): Promise<Result<string, Failure>> {
  const [place = '', secret = ''] = [
    env['ACTIONS_ID_TOKEN_REQUEST_URL'],
    env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
  ];
  if (secret === '' || !URL.canParse(place)) {
    const message = 'Nothing says who signs: there is no identity token.';
    return err({ reason: 'usage', message, help: nobodyAsked });
  }
  credentials.add({ place: '', user: '', password: secret });
  const url = new URL(place);
  url.searchParams.set('audience', audience);
  const what = 'asking GitHub Actions for an identity token';
  try {
    const headers = { accept: 'application/json', authorization: `Bearer ${secret}` };
    const answer = await send({ method: 'GET', url, headers, signal });
    let text = '';
    for await (const chunk of answer.body) {
      text += String(chunk);
      if (text.length > mostOfAnswer) break;
    }
    const { value }: { readonly value?: unknown } = parseJson(text) ?? {};
    if (answer.status === 200 && typeof value === 'string') return ok(value);
    return err({ reason: 'network', what, detail: `it answered with status ${answer.status}` });
  } catch (error) {
    if (signal.aborted) return err({ reason: 'aborted' });
    return err({ reason: 'network', what, detail: wordsOf(error) });
  }
}

/** Fulcio says the same in other words, after a while; undefined where it may take it. As the end of a sentence. */
function whyNoToken(token: string, now: number): string | undefined {
  const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as
    | { readonly exp?: unknown; readonly aud?: unknown }
    | undefined;
  if (token.split('.').length !== 3 || claims === undefined) return 'is no JSON Web Token';
  if (typeof claims.exp === 'number' && claims.exp * 1000 <= now) return 'has expired';
  const meant = [claims.aud].flat();
  return meant.includes(audience) ? undefined : `is not meant for the audience "${audience}"`;
}
