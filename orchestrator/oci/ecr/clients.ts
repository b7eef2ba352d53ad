import type { ECR } from '@aws-sdk/client-ecr';
import type { ECRPUBLIC } from '@aws-sdk/client-ecr-public';
import type { STS } from '@aws-sdk/client-sts';
import type { EcrSettings } from '../../config/settings/ecr.ts';
import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';
import { createAgents } from '../../tool/http/agents.ts';
import type { FindProxy } from '../../tool/http/proxy.ts';
import { attempt } from './failure.ts';
import type { PrivateEcr } from './host.ts';

export interface EcrOptions {
  /** The user's: AWS_PROFILE and AWS_ACCESS_KEY_ID with what goes with it count before what the SDK finds by itself. */
  readonly env: Readonly<Record<string, string>>;
  readonly endpoints: EcrSettings['endpoints'];
  readonly findProxy?: FindProxy | undefined;
  readonly signal: AbortSignal;
}

/** Calls of AWS: each gives a failure in the place of what the SDK throws. `what` is what is being done. */
export interface EcrClients {
  ecr<T>(host: PrivateEcr, what: string, call: Call<ECR, T>): Promise<Result<T, Failure>>;
  ecrPublic<T>(what: string, call: Call<ECRPUBLIC, T>): Promise<Result<T, Failure>>;
  /** Asked in a region of the partition that the credentials are of. */
  sts<T>(region: string, what: string, call: Call<STS, T>): Promise<Result<T, Failure>>;
}

type Call<Client, T> = (client: Client, options: { readonly abortSignal: AbortSignal }) => Promise<T>;

/** Milliseconds. */
const connectionTimeout = 10_000;
const requestTimeout = 60_000;

/** Times that a request is sent at most; the SDK waits longer each time. */
const maxAttempts = 5;

/** Clients of ECR, one a region. The SDK is loaded at the first call: that takes a fifth of a second. */
export function createEcrClients({ env, endpoints, findProxy, signal }: EcrOptions): EcrClients {
  const options = { abortSignal: signal };
  const secrets = [env['AWS_SECRET_ACCESS_KEY'], env['AWS_SESSION_TOKEN']].filter(isSecret);
  const doing = { signal, secrets };
  // Looking for credentials, the SDK heeds no signal.
  const interruption = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  interruption.catch(() => undefined);
  const heeding = <T>(answer: Promise<T>): Promise<T> => Promise.race([answer, interruption]);
  const { http: httpAgent, https: httpsAgent } = createAgents(findProxy);
  // The SDK's own where nothing goes by a proxy.
  const agents = findProxy === undefined ? {} : { httpAgent, httpsAgent };
  const shared = {
    ...identity(env),
    ...('AWS_MAX_ATTEMPTS' in env ? {} : { maxAttempts }),
    requestHandler: { connectionTimeout, requestTimeout, throwOnRequestTimeout: true, ...agents },
  };
  const clients = new Map<string, Promise<unknown>>();
  const once = <Client>(key: string, make: () => Promise<Client>): Promise<Client> => {
    const made = (clients.get(key) as Promise<Client> | undefined) ?? make();
    clients.set(key, made);
    return made;
  };
  return {
    ecr: (host, what, call) =>
      attempt(what, doing, async () => {
        const client = await once(`ecr ${host.host}`, async () => {
          const { ECR } = await import('@aws-sdk/client-ecr');
          return new ECR({ ...shared, region: host.region, ...place(endpoints?.ecr, host.region, host) });
        });
        return heeding(call(client, options));
      }),
    ecrPublic: (what, call) =>
      attempt(what, doing, async () => {
        const client = await once('ecr-public', async () => {
          const { ECRPUBLIC } = await import('@aws-sdk/client-ecr-public');
          const region = 'us-east-1';
          return new ECRPUBLIC({ ...shared, region, ...place(endpoints?.public, region) });
        });
        return heeding(call(client, options));
      }),
    sts: (region, what, call) =>
      attempt(what, doing, async () => {
        const client = await once(`sts ${region}`, async () => {
          const { STS } = await import('@aws-sdk/client-sts');
          return new STS({ ...shared, region, ...place(endpoints?.sts, region) });
        });
        return heeding(call(client, options));
      }),
  };
}

/** The SDK knows the addresses by region; it takes none of the special kinds beside one that is given. */
function place(endpoint: string | undefined, region: string, host?: PrivateEcr): object {
  if (endpoint !== undefined) {
    const given = endpoint.replaceAll('{region}', region);
    return { endpoint: given, useFipsEndpoint: false, useDualstackEndpoint: false };
  }
  return {
    ...(host?.isFips === true ? { useFipsEndpoint: true } : {}),
    ...(host?.isDualStack === true ? { useDualstackEndpoint: true } : {}),
  };
}

/** As the SDK itself chooses: a profile that is named before keys. Without either it searches, as it always does. */
function identity(env: Readonly<Record<string, string>>): object {
  const profile = env['AWS_PROFILE'];
  if (isSecret(profile)) return { profile };
  const [accessKeyId, secretAccessKey] = [env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY']];
  if (!isSecret(accessKeyId) || !isSecret(secretAccessKey)) return {};
  const sessionToken = env['AWS_SESSION_TOKEN'];
  return {
    credentials: { accessKeyId, secretAccessKey, ...(isSecret(sessionToken) ? { sessionToken } : {}) },
  };
}

function isSecret(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
