import { day, instant } from '../../config/fields.ts';
import type { Lock } from '../../config/lock/lock.ts';
import { isUpstreamChannel, type ReleaseSettings, whyNoBaseUri } from '../../config/settings/release.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { type RegistryPlace, readPlace } from '../../core/registry-place.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { TaggingRelease } from '../../plan/image-tag.ts';
import { readCommit } from '../../plan/subject.ts';
import { upstreamBaseUri, upstreamRegistry } from '../../publish/layout.ts';
import { inSettings, type NamedRelease, type NameOptions, releaseNameOf } from './release-name.ts';

export interface IdentityOptions extends NameOptions {
  readonly baseUri?: string;
  readonly registry?: string;
  readonly date?: string;
}

/** Which release a site is of, and where it and its images are. */
export interface Identity extends TaggingRelease {
  readonly baseUri: string;
  readonly registry: RegistryPlace;
  /** Whether the user named the registry: then it is asked. */
  readonly isRegistryNamed: boolean;
  /** RFC 3339, UTC, seconds. */
  readonly date: string;
  readonly snsTopicArn?: string;
}

/** What is to be called so. */
interface Subject extends NamedRelease {
  readonly lock: NamedRelease['lock'] & Pick<Lock, 'upstream'>;
  readonly hasImages: boolean;
}

/**
 * What the release is called and where it is: by the options, else by the settings, else as upstream's. Errors: `usage`.
 */
export function identityOf(
  options: IdentityOptions,
  settings: ReleaseSettings,
  subject: Subject,
): Result<Identity, Failure> {
  const { lock } = subject;
  const called = releaseNameOf(options, settings, { ...subject, takes: '--base-uri URL' });
  if (!called.ok) return called;
  const baseUri = (options.baseUri ?? settings.baseUri ?? upstreamBaseUri).replace(/\/+$/, '');
  const whyNone = whyNoBaseUri(baseUri);
  if (whyNone !== undefined) {
    const help = 'It begins with https:// or http://, and has no query and no escaped character.';
    return err(usage(`${JSON.stringify(baseUri)} is no address of a site: ${whyNone}.`, help));
  }
  const named = options.registry ?? settings.registry;
  const registry = named === undefined ? ok(upstreamRegistry) : readPlace(named);
  if (!registry.ok) return registry;
  const date = dateOf(options, lock);
  if (!date.ok) return date;
  const identity: Identity = {
    ...{ ...called.value, baseUri, registry: registry.value, date: date.value },
    isRegistryNamed: named !== undefined,
    ...defined({ snsTopicArn: settings.snsTopicArn }),
  };
  const why = isUpstreamChannel(identity.channel) ? undefined : whyNotOwn(identity, subject);
  return why === undefined ? ok(identity) : err(why);
}

function usage(message: string, help: string): Failure {
  return { reason: 'usage', message, help };
}

/** By the lock, so that the same release has the same date whenever it is made: that of the commit which published it. */
function dateOf({ date }: IdentityOptions, lock: Subject['lock']): Result<string, Failure> {
  const text = date ?? readCommit(lock)?.date;
  const isDate = [day, instant].some((shape) => shape.safeParse(text).success);
  if (text !== undefined && isDate) return ok(`${new Date(text).toISOString().slice(0, 19)}Z`);
  const message =
    date === undefined
      ? `The lock of ${lock.release} says no date: say --date.`
      : `${JSON.stringify(date)} is no date.`;
  return err(usage(message, 'A day, 2024-05-28, or a time with its zone, 2024-05-28T18:11:48Z.'));
}

/** Why a release of one's own may not be where it is said to be. */
function whyNotOwn(
  { channel, number, baseUri, registry, isRegistryNamed }: Identity,
  { hasImages }: Subject,
): Failure | undefined {
  const host = hostOf(upstreamBaseUri);
  if (hostOf(baseUri) === host) {
    const message = `Upstream's releases are at ${host}, and not ${channel} ${number}.`;
    return usage(message, `Say where it is served from: --base-uri https://HOST/PATH. ${inSettings}`);
  }
  const { host: at, prefix } = upstreamRegistry;
  const isElsewhere = registry.host.toLowerCase() !== at || registry.prefix.split('/')[0] !== prefix;
  if (!hasImages || isElsewhere) return undefined;
  const message = `Upstream's images are at ${at}/${prefix}, and not those of ${channel} ${number}.`;
  const help = isRegistryNamed ? 'Name another registry' : 'Say where they are';
  const without = 'Or leave them out: --no-images.';
  return usage(message, `${help}: --registry HOST[:PORT]/PREFIX. ${inSettings} ${without}`);
}

/** Whatever port, and however it is written. */
function hostOf(uri: string): string {
  return new URL(uri).hostname.replace(/\.$/, '');
}
