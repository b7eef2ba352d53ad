import { channelName } from '../../config/fields.ts';
import type { Lock } from '../../config/lock/lock.ts';
import { isUpstreamChannel, type ReleaseSettings } from '../../config/settings/release.ts';
import type { Failure } from '../../core/failure.ts';
import { readNumber } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { TaggingRelease } from '../../plan/image-tag.ts';
import type { CallRelease } from '../prepare/prepare.ts';

/** A channel of one's own, and the number of a release in it. */
export interface NameOptions {
  readonly channel?: string;
  readonly number?: string;
}

/** What is to be called so. */
export interface NamedRelease {
  readonly lock: Pick<Lock, 'release' | 'branch' | 'number'>;
  /** The user's patches that are in it, by path. */
  readonly ownPatches: readonly string[];
  /** What an own name takes beside channel and number, as words of the command line. */
  readonly takes?: string;
}

/** Behind what the settings can say as well. */
export const inSettings = '"release" in the settings can say it for all.';

/**
 * What a release is called: by the options, else by the settings, else as upstream's. What is not upstream's release bears none of its
 * names: a channel of upstream's names what upstream released in it, built as it was. Errors: `usage`.
 */
export function releaseNameOf(
  options: NameOptions,
  settings: ReleaseSettings,
  named: NamedRelease,
): Result<TaggingRelease, Failure> {
  const { lock } = named;
  const channel = options.channel ?? settings.channel?.replaceAll('{branch}', lock.branch) ?? lock.branch;
  if (!channelName.safeParse(channel).success) {
    const help = 'Lower-case letters, digits and "-", such as 1-30-acme.';
    return err(usage(`${JSON.stringify(channel)} is no channel.`, help));
  }
  const number = numberOf(options, settings, lock, channel);
  if (!number.ok) return number;
  const release = { channel, number: number.value };
  const why = isUpstreamChannel(channel) ? whyNotUpstreams(release, named) : undefined;
  return why === undefined ? ok(release) : err(why);
}

/** For commands that give images away under a release's name; `isOut`: to others, who take them for what the name says. */
export function callFor(options: NameOptions, { isOut }: { readonly isOut: boolean }): CallRelease {
  return ({ workspace, lock, userPatches }) => {
    const ownPatches = isOut ? pathsOf(userPatches) : [];
    const release = releaseNameOf(options, workspace.release, { lock, ownPatches });
    return release.ok ? ok({ release: release.value }) : release;
  };
}

/** Of patches, by project. */
export function pathsOf(patches: Parameters<CallRelease>[0]['userPatches']): readonly string[] {
  return [...patches.values()].flat().map(({ path }) => path);
}

function usage(message: string, help: string): Failure {
  return { reason: 'usage', message, help };
}

function numberOf(
  options: NameOptions,
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

/** Why a release may not have a name of upstream's. */
function whyNotUpstreams(
  { channel, number }: TaggingRelease,
  { lock, ownPatches: [patch, ...patches], takes }: NamedRelease,
): Failure | undefined {
  const own = `--channel ${lock.branch}-NAME --number N`;
  if (patch !== undefined) {
    const all = patches.length === 0 ? patch : `${patch} and ${patches.length} more`;
    const message = `With patches of your own (${all}) this is not upstream's release ${channel} ${number}.`;
    const help =
      takes === undefined
        ? `Give it a name and a number of your own: ${own}. ${inSettings}`
        : `Give it a name, a number and an address of your own: ${own} ${takes}. ${inSettings}`;
    return usage(message, help);
  }
  if (channel === lock.branch && number === lock.number) return undefined;
  const message = `${channel} ${number} is a release of upstream's, and ${lock.release} is another one.`;
  return usage(
    message,
    `Leave --channel and --number out, or choose a channel of your own: ${own}. ${inSettings}`,
  );
}
