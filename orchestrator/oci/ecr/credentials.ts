import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Credentials, Login } from '../registry/credentials.ts';
import type { EcrClients } from './clients.ts';
import { type EcrHost, parseEcrHost } from './host.ts';

/** A login, and its end. */
export interface EcrLogin extends Login {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Milliseconds before a login's end from which on another is asked for. One lasts twelve hours. */
const margin = 10 * 60 * 1000;

/**
 * Signs in to ECR's hosts, and knows no others. A login is asked for once, and again shortly before its end. To the public
 * registry only where that is wanted: reading it takes none, and no AWS account.
 */
export function createEcrCredentials(options: {
  readonly request: (host: EcrHost) => Promise<Result<EcrLogin, Failure>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signsInToPublic: boolean;
}): Credentials {
  const { request, now, signsInToPublic } = options;
  const asked = new Map<string, Promise<Result<EcrLogin, Failure>>>();
  const ask = (key: string, host: EcrHost) => {
    const answer = request(host);
    asked.set(key, answer);
    return answer;
  };
  return async (name) => {
    const host = parseEcrHost(name);
    if (host === undefined || (host.kind === 'public' && !signsInToPublic)) return ok(undefined);
    const key = `${host.kind} ${host.region}`;
    const earlier = asked.get(key);
    let login = await (earlier ?? ask(key, host));
    if (earlier !== undefined && !(login.ok && now() < login.value.expiresAt - margin)) {
      // Who else waited for the same answer may have asked again meanwhile.
      const later = asked.get(key);
      login = await (later === undefined || later === earlier ? ask(key, host) : later);
    }
    if (!login.ok) return login;
    return ok({ username: login.value.username, password: login.value.password });
  };
}

/** Asks for a login. It is good for every registry of the region that the user may use. Errors: those of `attempt`. */
export async function requestLogin(clients: EcrClients, host: EcrHost): Promise<Result<EcrLogin, Failure>> {
  const what = `signing in to ${host.host}`;
  const answer =
    host.kind === 'public'
      ? await clients.ecrPublic(what, async (client, options) => {
          return (await client.getAuthorizationToken({}, options)).authorizationData;
        })
      : await clients.ecr(host, what, async (client, options) => {
          return (await client.getAuthorizationToken({}, options)).authorizationData?.[0];
        });
  if (!answer.ok) return answer;
  const { authorizationToken = '', expiresAt } = answer.value ?? {};
  const decoded = Buffer.from(authorizationToken, 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon < 1) return err({ reason: 'network', what, detail: 'the answer holds no token' });
  return ok({
    username: decoded.slice(0, colon),
    password: decoded.slice(colon + 1),
    expiresAt: expiresAt?.getTime() ?? 0,
  });
}
