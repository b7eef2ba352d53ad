import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** What the command line says of a bucket beside its name. */
export interface BucketOptions {
  readonly region?: string;
  readonly endpoint?: string;
  readonly expectedOwner?: string;
}

/** What a section of the settings says of it. */
interface WaySettings {
  readonly region?: string | undefined;
  readonly expectedOwner?: string | undefined;
  readonly s3?: { readonly endpoint?: string | undefined } | undefined;
}

/** How a bucket is reached. */
export interface BucketWay {
  readonly region: string;
  /** Another address than AWS's. */
  readonly endpoint: string | undefined;
  readonly expectedOwner: string | undefined;
}

/** What AWS's own tools take where nothing names a region. */
const usualRegion = 'us-east-1';

/** Reads how a bucket is reached: the command line, then the settings, then the environment. Errors: `usage`. */
export function readBucketWay(
  options: BucketOptions,
  settings: WaySettings,
  env: Readonly<Record<string, string>>,
): Result<BucketWay, Failure> {
  const region =
    options.region ?? settings.region ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || usualRegion);
  if (!/^[a-z]{2,}(-[a-z]+)+-[0-9]+$/.test(region)) {
    return wrong(`${JSON.stringify(region)} is no region of AWS`, 'Give one such as us-west-2.');
  }
  const expectedOwner = options.expectedOwner ?? settings.expectedOwner;
  if (expectedOwner !== undefined && !/^[0-9]{12}$/.test(expectedOwner)) {
    return wrong(
      `${JSON.stringify(expectedOwner)} is no account of AWS`,
      'Give --expected-owner twelve digits.',
    );
  }
  const why = options.endpoint === undefined ? undefined : whyNoEndpoint(options.endpoint);
  if (why !== undefined) {
    return wrong(`The address that --endpoint gives ${why}`, 'Give one such as https://s3.example.com.');
  }
  const anywhere = env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || undefined;
  return ok({ region, expectedOwner, endpoint: options.endpoint ?? settings.s3?.endpoint ?? anywhere });
}

function whyNoEndpoint(text: string): string | undefined {
  const given = text.replaceAll('{region}', 'us-east-1');
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return 'is no URL of http or https';
  if (url.username !== '' || url.password !== '') return 'holds a user name or a password';
  return url.search !== '' || url.hash !== '' ? 'holds more than a place' : undefined;
}

function wrong(message: string, help: string): Result<never, Failure> {
  return err({ reason: 'usage', message: `${message}.`, help });
}
