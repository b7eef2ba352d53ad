import type { PublishSettings } from '../../config/settings/publish.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { partsOfArn } from '../../publish/announce/topic.ts';
import type { Keeping } from '../../publish/s3/headers.ts';
import { type BucketPlace, readBucketPlace } from '../../publish/s3/place.ts';
import type { GlobalOptions } from '../../workspace/workspace.ts';
import { refuseIdle } from '../words/refuse-idle.ts';

export interface PublishOptions extends GlobalOptions {
  /** `s3://BUCKET/PREFIX` */
  readonly to: string;
  readonly site?: string;
  readonly confirm?: boolean;
  readonly announce?: boolean;
  readonly overwrite?: boolean;
  readonly policy?: boolean;
  readonly json?: boolean;
  readonly publicRead?: boolean;
  readonly kmsKey?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly expectedOwner?: string;
}

/** Where a site goes, and how. */
export interface PublishTarget {
  readonly place: BucketPlace;
  readonly region: string;
  readonly expectedOwner: string | undefined;
  readonly keeping: Keeping;
  readonly overwrite: boolean;
  /** Other addresses than AWS's. */
  readonly endpoints: { readonly s3: string | undefined; readonly sns: string | undefined };
  /** Where the topic of an announcement has to be. */
  readonly topicRegion: string;
}

/** What AWS's own tools take where nothing names a region. */
const usualRegion = 'us-east-1';

/** Reads the options of a publication: the command line, then the settings, then the environment. Errors: `usage`. */
export function readTarget(
  options: PublishOptions,
  settings: PublishSettings,
  env: Readonly<Record<string, string>>,
): Result<PublishTarget, Failure> {
  const idle = refuseIdle([
    [
      options.policy === true && options.confirm === true,
      '--confirm',
      'beside --policy, which publishes nothing',
    ],
    [options.policy === true && options.json === true, '--json', 'beside --policy, which is JSON'],
  ]);
  if (!idle.ok) return idle;
  const place = readBucketPlace(options.to);
  if (!place.ok) return place;
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
  const { endpoint } = options;
  if (endpoint !== undefined && whyNoEndpoint(endpoint) !== undefined) {
    return wrong(
      `The address that --endpoint gives ${whyNoEndpoint(endpoint)}`,
      'Give one such as https://s3.example.com.',
    );
  }
  const anywhere = env['AWS_ENDPOINT_URL'] || undefined;
  return ok({
    place: place.value,
    region,
    expectedOwner,
    keeping: {
      encryption:
        options.kmsKey === undefined
          ? (settings.encryption ?? { type: 'AES256' })
          : { type: 'KMS', kmsKey: options.kmsKey },
      publicRead: options.publicRead === true,
    },
    overwrite: options.overwrite === true,
    endpoints: {
      s3: endpoint ?? settings.s3?.endpoint ?? (env['AWS_ENDPOINT_URL_S3'] || anywhere),
      // Who tries another AWS does not mean to write to the real one.
      sns: settings.sns?.endpoint ?? endpoint ?? (env['AWS_ENDPOINT_URL_SNS'] || anywhere),
    },
    topicRegion: settings.sns?.region ?? region,
  });
}

/** The topic that a channel's news are told to. Errors: `usage` where it has none, or one in another region than is meant. */
export function readTopic(
  { snsTopicArn: arn, name }: { readonly snsTopicArn?: string; readonly name: string },
  { topicRegion }: Pick<PublishTarget, 'topicRegion'>,
): Result<string, Failure> {
  if (arn === undefined) {
    const help = 'Name one in the settings that the site is laid out by, or publish without --announce.';
    return wrong(`The channel ${name} has no snsTopicARN, so nobody can be told`, help);
  }
  const { region } = partsOfArn(arn);
  if (region === topicRegion) return ok(arn);
  const help = 'Where it is meant so, name its region in the settings: publish.sns.region.';
  return wrong(`The topic ${arn} is in ${region}, and the release is published in ${topicRegion}`, help);
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
