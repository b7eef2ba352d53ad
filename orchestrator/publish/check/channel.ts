import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { vouchedBy } from '../beside.ts';
import { changelogPath, channelPath, crdPaths, manifestPath } from '../layout.ts';
import { type ReleaseChannel, readReleaseChannel } from '../manifest/channel.ts';
import type { ReleaseManifest } from '../manifest/release.ts';
import { differs, type Finding, same, unsaid, unseen } from './finding.ts';
import type { Place } from './place.ts';

/**
 * Says whether the channel of a release, where the place has it, names this release or a later one that is there; and where it vouches
 * for what is beside it, whether that is so.
 * Errors: `configuration` where it cannot be read as one; `aborted`.
 */
export async function checkChannel(
  { channel: name, number }: ReleaseManifest,
  { text }: Pick<Place, 'text'>,
): Promise<Result<readonly Finding[], Failure>> {
  const path = channelPath(name);
  const about = { kind: 'channels', name: path } as const;
  const failed = (failure: Failure): Result<readonly Finding[], Failure> =>
    failure.reason === 'configuration' || failure.reason === 'aborted'
      ? err(failure)
      : ok([unseen(about, failure, failureHeadline(failure))]);
  const found = await text(path);
  if (!found.ok) return failed(found.error);
  if (found.value === undefined) return ok([unsaid(about, 'The place has none.')]);
  const { file } = found.value;
  const channel = readReleaseChannel(found.value.text, file);
  if (!channel.ok) return channel;
  const { latestRelease: latest } = channel.value;
  if (channel.value.name !== name) return ok([differs(about, `It is that of ${channel.value.name}.`)]);
  if (latest === number) {
    const beside = await checkBeside(channel.value, { text });
    return beside.ok ? ok([same(about, 'This release is the latest.'), ...beside.value]) : beside;
  }
  if (latest < number) return ok([differs(about, `It says that ${latest} is the latest, before this one.`)]);
  const later = await text(manifestPath(name, latest));
  if (!later.ok) return failed(later.error);
  if (later.value === undefined)
    return ok([differs(about, `It says that ${latest} is the latest, which is not there.`)]);
  return ok([same(about, `A later release, ${latest}, is the latest.`)]);
}

/** Manifest, definitions and changelog, as the channel of their release says that they were laid out. */
async function checkBeside(
  channel: ReleaseChannel,
  { text }: Pick<Place, 'text'>,
): Promise<Result<readonly Finding[], Failure>> {
  const { name, latestRelease } = channel;
  const said = vouchedBy(channel);
  const all = [
    manifestPath(name, latestRelease),
    changelogPath(name, latestRelease),
    ...Object.values(crdPaths),
  ];
  const findings: Finding[] = [];
  for (const path of all.filter((each) => said?.has(each))) {
    const about = { kind: 'files', name: path } as const;
    const expected = String(said?.get(path));
    const found = await text(path);
    if (!found.ok && found.error.reason === 'aborted') return found;
    if (!found.ok) findings.push(unseen(about, found.error, failureHeadline(found.error)));
    else if (found.value === undefined)
      findings.push(differs(about, 'There is none, and the channel names it.'));
    else if (digestOf(found.value.text) === expected)
      findings.push(same(about, 'It is as the channel says.'));
    else {
      const hashes = { expected, found: digestOf(found.value.text) };
      findings.push(differs(about, 'It is another than the channel says.', hashes));
    }
  }
  return ok(findings);
}
