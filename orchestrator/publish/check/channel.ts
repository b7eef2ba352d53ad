import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { channelPath, manifestPath } from '../layout.ts';
import { readReleaseChannel } from '../manifest/channel.ts';
import type { ReleaseManifest } from '../manifest/release.ts';
import { differs, type Finding, same, unsaid, unseen } from './finding.ts';
import type { Place } from './place.ts';

/**
 * Says whether the channel of a release, where the place has it, names this release or a later one that is there.
 * Errors: `configuration` where it cannot be read as one; `aborted`.
 */
export async function checkChannel(
  { channel: name, number }: ReleaseManifest,
  { text }: Pick<Place, 'text'>,
): Promise<Result<Finding, Failure>> {
  const path = channelPath(name);
  const about = { kind: 'channels', name: path } as const;
  const failed = (failure: Failure): Result<Finding, Failure> =>
    failure.reason === 'configuration' || failure.reason === 'aborted'
      ? err(failure)
      : ok(unseen(about, failure, failureHeadline(failure)));
  const found = await text(path);
  if (!found.ok) return failed(found.error);
  if (found.value === undefined) return ok(unsaid(about, 'The place has none.'));
  const { file } = found.value;
  const channel = readReleaseChannel(found.value.text, file);
  if (!channel.ok) return channel;
  const { latestRelease: latest } = channel.value;
  if (channel.value.name !== name) return ok(differs(about, `It is that of ${channel.value.name}.`));
  if (latest === number) return ok(same(about, 'This release is the latest.'));
  if (latest < number) return ok(differs(about, `It says that ${latest} is the latest, before this one.`));
  const later = await text(manifestPath(name, latest));
  if (!later.ok) return failed(later.error);
  if (later.value === undefined)
    return ok(differs(about, `It says that ${latest} is the latest, which is not there.`));
  return ok(same(about, `A later release, ${latest}, is the latest.`));
}
