import { canonicalJson } from '../core/canonical-json.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { digestOf } from '../core/digest.ts';
import { parseJson } from '../core/json-text.ts';
import { isBundle } from './check-sums.ts';
import { bundleEnding, channelPath } from './layout.ts';
import { type ReleaseChannel, writeReleaseChannel } from './manifest/channel.ts';
import type { SiteFile } from './site-file.ts';
import { about } from './site-folder.ts';

/**
 * The annotation of a channel that has the SHA-256 of all that goes out beside it and that no sum speaks of, by path below the site's
 * root: manifest, definitions, changelog, signed statements (together), and the channel itself without it. It is the channel's, since
 * that alone may be replaced once a release is out, as definitions and a changelog may.
 */
const annotation = 'eksd-rebuild/beside';

/** A path, and the SHA-256 of what is there. */
type Sum = readonly [path: string, sha256: string];

/** A channel's text, which vouches for files of its site. */
export function vouchingChannel(channel: ReleaseChannel, files: readonly Sum[]): string {
  const own: Sum = [channelPath(channel.name), digestOf(writeReleaseChannel(channel))];
  const bundles = files.filter(([path]) => isBundle(path));
  const sums = Object.fromEntries([...files.filter(([path]) => !isBundle(path)), own]);
  if (bundles.length > 0) sums[allBundles] = digestOf(canonicalJson(Object.fromEntries(bundles)));
  return writeReleaseChannel({ ...channel, annotations: { [annotation]: canonicalJson(sums) } });
}

/** Stands for the paths of all signed statements: there may be hundreds. */
const allBundles = `*${bundleEnding}`;

/** What a channel says of files beside it; undefined where it says nothing, as upstream's. */
export function vouchedBy({ annotations = {} }: ReleaseChannel): ReadonlyMap<string, unknown> | undefined {
  const text = annotations[annotation];
  if (text === undefined) return undefined;
  const said = parseJson(text);
  return new Map(typeof said === 'object' && said !== null ? Object.entries(said) : []);
}

const again = 'Only what was verified goes out: lay the site out again, by "eksd-rebuild release".';

/**
 * Compares what no sum speaks of with what was laid out. @param text the channel's. @param isOurs whether the site was made here: then
 * its channel vouches for it.
 */
export function complaintsOfBeside(
  { annotations, ...channel }: ReleaseChannel,
  text: string,
  files: readonly Pick<SiteFile, 'path' | 'sha256'>[],
  isOurs: boolean,
  shown: (path: string) => string,
): readonly Diagnostic[] {
  const own = channelPath(channel.name);
  const said = vouchedBy({ ...channel, ...(annotations && { annotations }) });
  if (said === undefined)
    return isOurs ? [about(shown(own), 'does not say what was laid out beside it', again)] : [];
  const wanted = vouchingChannel(
    channel,
    files.map(({ path, sha256 }) => [path, sha256]),
  );
  if (wanted === text) return [];
  const there = new Set(files.map(({ path }) => (isBundle(path) ? allBundles : path)));
  const wrong = files.filter(({ path, sha256 }) => !isBundle(path) && said.get(path) !== sha256);
  const gone = [...said.keys()].filter((path) => path !== own && !there.has(path));
  const complaints = [
    ...wrong.map(({ path }) => about(shown(path), 'was changed since the site was laid out', again)),
    ...gone.map((path) => about(shown(path), 'is not there: the channel names it', again)),
  ];
  if (complaints.length > 0) return complaints;
  return [about(shown(own), 'or what is signed of files, was changed since the site was laid out', again)];
}
