import { channelName, day, instant } from '../../config/fields.ts';
import type { Lock } from '../../config/lock/lock.ts';
import { isBaseUri, isUpstreamChannel, type ReleaseSettings } from '../../config/settings/release.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { readNumber } from '../../core/numbers.ts';
import { type RegistryPlace, readPlace } from '../../core/registry-place.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { readCommit } from '../../plan/subject.ts';
import { upstreamBaseUri } from '../../publish/layout.ts';

export interface IdentityOptions {
  readonly channel?: string;
  readonly number?: string;
  readonly baseUri?: string;
  readonly registry?: string;
  readonly date?: string;
}

/** Which release a site is of, and where it and its images are. */
export interface Identity {
  readonly channel: string;
  readonly number: number;
  readonly baseUri: string;
  readonly registry: RegistryPlace;
  /** Whether the user named the registry: then it is asked. */
  readonly isRegistryNamed: boolean;
  /** RFC 3339, UTC, seconds. */
  readonly date: string;
  readonly snsTopicArn?: string;
}

/** What is to be called so. */
interface Subject {
  readonly lock: Pick<Lock, 'release' | 'branch' | 'number' | 'upstream'>;
  /** The user's patches that are in it, by path. */
  readonly ownPatches: readonly string[];
  readonly hasImages: boolean;
}

/** Where upstream has its images. */
const upstreamRegistry: RegistryPlace = { host: 'public.ecr.aws', prefix: 'eks-distro' };

/**
 * What the release is called and where it is: by the options, else by the settings, else as upstream's. What is not upstream's release
 * bears none of its names: a channel of upstream's names what upstream released in it, built as it was. Errors: `usage`.
 */
export function identityOf(
  options: IdentityOptions,
  settings: ReleaseSettings,
  subject: Subject,
): Result<Identity, Failure> {
  const { lock } = subject;
  const channel = options.channel ?? settings.channel?.replaceAll('{branch}', lock.branch) ?? lock.branch;
  if (!channelName.safeParse(channel).success) {
    const help = 'Lower-case letters, digits and "-", such as 1-30-acme.';
    return err(usage(`${JSON.stringify(channel)} is no channel.`, help));
  }
  const number = numberOf(options, settings, lock, channel);
  if (!number.ok) return number;
  const baseUri = (options.baseUri ?? settings.baseUri ?? upstreamBaseUri).replace(/\/+$/, '');
  if (!isBaseUri(baseUri)) {
    const help = 'It begins with https:// or http://, and has no query and no escaped character.';
    return err(usage(`${JSON.stringify(baseUri)} is no address of a site.`, help));
  }
  const named = options.registry ?? settings.registry;
  const registry = named === undefined ? ok(upstreamRegistry) : readPlace(named);
  if (!registry.ok) return registry;
  const date = dateOf(options, lock);
  if (!date.ok) return date;
  const identity: Identity = {
    ...{ channel, number: number.value, baseUri, registry: registry.value, date: date.value },
    isRegistryNamed: named !== undefined,
    ...defined({ snsTopicArn: settings.snsTopicArn }),
  };
  const why = isUpstreamChannel(channel) ? whyNotUpstreams(identity, subject) : whyNotOwn(identity, subject);
  return why === undefined ? ok(identity) : err(why);
}

function usage(message: string, help: string): Failure {
  return { reason: 'usage', message, help };
}

function numberOf(
  options: IdentityOptions,
  { firstNumber }: ReleaseSettings,
  lock: Pick<Lock, 'number'>,
  channel: string,
): Result<number, Failure> {
  const isUpstreams = isUpstreamChannel(channel);
  const help = isUpstreams
    ? 'Without it, the number is that of the release.'
    : '"firstNumber" of "release" in the settings says where the numbers of your own channels begin.';
  if (options.number !== undefined) {
    const from = isUpstreams ? 1 : (firstNumber ?? 1);
    const bounds = { from, to: 999_999_999, of: 'the number of a release', isWhole: true };
    return readNumber('--number', options.number, { ...bounds, help });
  }
  if (isUpstreams) return ok(lock.number);
  if (firstNumber !== undefined) return ok(firstNumber);
  return err(usage(`Releases of ${channel} have numbers of their own: say --number.`, help));
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

const inSettings = '"release" in the settings can say it for all.';

/** Why a release may not have a name of upstream's. */
function whyNotUpstreams(
  { channel, number }: Identity,
  { lock, ownPatches: [patch, ...patches] }: Subject,
): Failure | undefined {
  const own = `--channel ${lock.branch}-NAME --number N`;
  if (patch !== undefined) {
    const all = patches.length === 0 ? patch : `${patch} and ${patches.length} more`;
    const message = `With patches of your own (${all}) this is not upstream's release ${channel} ${number}.`;
    const help = `Give it a name, a number and an address of your own: ${own} --base-uri URL. ${inSettings}`;
    return usage(message, help);
  }
  if (channel === lock.branch && number === lock.number) return undefined;
  const message = `${channel} ${number} is a release of upstream's, and ${lock.release} is another one.`;
  return usage(
    message,
    `Leave --channel and --number out, or choose a channel of your own: ${own}. ${inSettings}`,
  );
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
  return usage(message, `${help}: --registry HOST[:PORT]/PREFIX. ${inSettings}`);
}

/** Whatever port, and however it is written. */
function hostOf(uri: string): string {
  return new URL(uri).hostname.replace(/\.$/, '');
}
