import type { PublishSettings } from '../../config/settings/publish.ts';
import { readArn, whyNoKmsArn } from '../../core/aws/arn.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { partsOfArn } from '../../publish/announce/topic.ts';
import type { Keeping } from '../../publish/s3/headers.ts';
import type { SiteOptions } from '../../run/site/make-site.ts';
import { type BucketPlace, readBucketPlace } from '../../tool/s3/place.ts';
import { type BucketOptions, readBucketWay } from '../../tool/s3/way.ts';
import type { AllowOptions } from '../words/allowances.ts';
import { refuseIdle } from '../words/refuse-idle.ts';

/** What the command line says of where a site goes, and how. */
export interface TargetOptions extends BucketOptions {
  /** `s3://BUCKET/PREFIX` */
  readonly to: string;
  readonly confirm?: boolean;
  readonly overwrite?: boolean;
  readonly policy?: boolean;
  readonly json?: boolean;
  readonly publicRead?: boolean;
  readonly kmsKey?: string;
}

export interface PublishOptions extends TargetOptions, SiteOptions, AllowOptions {
  readonly site?: string;
  readonly announce?: boolean;
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

/** Reads the options of a publication: the command line, then the settings, then the environment. Errors: `usage`. */
export function readTarget(
  options: TargetOptions,
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
  const way = readBucketWay(options, settings, env);
  if (!way.ok) return way;
  const { region, expectedOwner, endpoint: s3 } = way.value;
  const encryption: Keeping['encryption'] =
    options.kmsKey === undefined
      ? (settings.encryption ?? { type: 'AES256' })
      : { type: 'KMS', kmsKey: options.kmsKey };
  const key = encryption.type === 'KMS' ? readKey(encryption.kmsKey, region) : ok(undefined);
  if (!key.ok) return key;
  return ok({
    place: place.value,
    region,
    expectedOwner,
    keeping: { encryption, publicRead: options.publicRead === true },
    overwrite: options.overwrite === true,
    endpoints: {
      s3,
      // Who tries another AWS does not mean to write to the real one.
      sns:
        settings.sns?.endpoint ??
        options.endpoint ??
        (env['AWS_ENDPOINT_URL_SNS'] || env['AWS_ENDPOINT_URL'] || undefined),
    },
    topicRegion: settings.sns?.region ?? region,
  });
}

/** S3 encrypts by keys of the bucket's region alone (S3 user guide, "Using server-side encryption with AWS KMS keys"). */
function readKey(key: string | undefined, region: string): Result<void, Failure> {
  const why = key?.startsWith('arn:') ? whyNoKmsArn(key) : undefined;
  if (why !== undefined)
    return wrong(`The key ${JSON.stringify(key)} ${why}`, 'Give the ARN, id or alias of one.');
  const found = readArn(key ?? '')?.region ?? region;
  if (found === region) return ok(undefined);
  return wrong(`The key ${key} is in ${found}, and the bucket in ${region}`, 'Name a key of its region.');
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

function wrong(message: string, help: string): Result<never, Failure> {
  return err({ reason: 'usage', message: `${message}.`, help });
}
