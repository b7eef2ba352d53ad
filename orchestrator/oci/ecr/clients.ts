import type { ECR } from '@aws-sdk/client-ecr';
import type { ECRPUBLIC } from '@aws-sdk/client-ecr-public';
import type { STS } from '@aws-sdk/client-sts';
import type { EcrSettings } from '../../config/settings/ecr.ts';
import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';
import { type AwsOptions, type CallOptions, openAws } from '../../tool/aws/session.ts';
import type { PrivateEcr } from './host.ts';

export interface EcrOptions extends Pick<AwsOptions, 'env' | 'findProxy' | 'signal'> {
  readonly endpoints: EcrSettings['endpoints'];
}

/** Calls of AWS: each gives a failure in the place of what the SDK throws. `what` is what is being done. */
export interface EcrClients {
  ecr<T>(host: PrivateEcr, what: string, call: Call<ECR, T>): Promise<Result<T, Failure>>;
  ecrPublic<T>(what: string, call: Call<ECRPUBLIC, T>): Promise<Result<T, Failure>>;
  /** Asked in a region of the partition that the credentials are of. */
  sts<T>(region: string, what: string, call: Call<STS, T>): Promise<Result<T, Failure>>;
}

type Call<Client, T> = (client: Client, options: CallOptions) => Promise<T>;

/** Milliseconds: five tries of a minute. */
const callLimit = 300_000;

/** Clients of ECR, one a region. */
export function createEcrClients({ endpoints, ...options }: EcrOptions): EcrClients {
  const aws = openAws({ ...options, section: 'ecr', policy: 'push --policy', callLimit });
  const shared = aws.configuration;
  return {
    ecr: (host, what, call) =>
      aws.call(what, async (given) => {
        const client = await aws.once(`ecr ${host.host}`, async () => {
          const { ECR } = await import('@aws-sdk/client-ecr');
          return new ECR({ ...shared, region: host.region, ...place(endpoints?.ecr, host.region, host) });
        });
        return call(client, given);
      }),
    ecrPublic: (what, call) =>
      aws.call(what, async (given) => {
        const client = await aws.once('ecr-public', async () => {
          const { ECRPUBLIC } = await import('@aws-sdk/client-ecr-public');
          const region = 'us-east-1';
          return new ECRPUBLIC({ ...shared, region, ...place(endpoints?.public, region) });
        });
        return call(client, given);
      }),
    sts: (region, what, call) =>
      aws.call(what, async (given) => {
        const client = await aws.once(`sts ${region}`, async () => {
          const { STS } = await import('@aws-sdk/client-sts');
          return new STS({ ...shared, region, ...place(endpoints?.sts, region) });
        });
        return call(client, given);
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
