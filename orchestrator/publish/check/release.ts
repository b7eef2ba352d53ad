import { shownPlace } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { parseJson } from '../../core/json-text.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import type { ArchiveAsset, DecodedManifest, ImageAsset, ReleaseManifest } from '../manifest/release.ts';
import { checkAsset, type PlaceOf } from './asset.ts';
import type { Finding } from './finding.ts';
import { type AskingRegistries, checkImage } from './images.ts';
import { type CheckingLists, checkLists } from './lists.ts';
import { checkUnsummed } from './unsummed.ts';

export interface CheckingRelease extends CheckingLists {
  readonly registries: AskingRegistries;
  /** Told of each thing that is through, and how many there are. */
  readonly onDone: (done: number, all: number) => void;
}

interface Placed<Asset> {
  readonly asset: Asset;
  readonly component: string;
  readonly at: PlaceOf;
}

/** Looks at all that a manifest names. Gives what is to be said of it, in the manifest's order. Errors: `aborted`. */
export async function checkRelease(
  decoded: DecodedManifest,
  checking: CheckingRelease,
): Promise<Result<readonly Finding[], Failure>> {
  const { archives, images } = assetsOf(decoded);
  const all = archives.length + images.length;
  let done = 0;
  const counted = <T>(value: T): T => {
    done += 1;
    checking.onDone(done, all);
    return value;
  };
  const { signal, registries } = checking;
  const files = await inParallel(archives, checking.atOnce, async ({ asset, component, at }) =>
    counted(await checkAsset(asset, component, at, checking)),
  );
  if (!files.ok) return files;
  const named = archives.map(({ asset }, at) => ({
    ...asset.archive,
    name: asset.name,
    hashes: files.value[at]?.hashes,
  }));
  const { wanted, fetch, atOnce } = checking;
  const unsummed = await checkUnsummed(decoded, { fetch, atOnce, base: wanted.base });
  if (!unsummed.ok) return unsummed;
  // What was fetched is there.
  const seen = new Set(unsummed.value.map(({ name }) => name));
  const paths = wanted.paths.filter((path) => !seen.has(path));
  const listed = await checkLists(named, { ...checking, wanted: { ...wanted, paths } });
  if (!listed.ok) return listed;
  const asked = await inParallel(images, checking.atOnce, async ({ asset, component, at }) => {
    if (signal.aborted) return err<Failure>({ reason: 'aborted' });
    const about = { kind: 'images', name: `${component}: ${asset.name}`, where: at('uri') } as const;
    return ok(counted(await checkImage(about, asset, registries)));
  });
  if (!asked.ok) return asked;
  if (signal.aborted) return err({ reason: 'aborted' });
  const ofFiles = files.value.flatMap(({ findings }) => findings);
  return ok([...ofFiles, ...unsummed.value, ...listed.value, ...asked.value]);
}

function assetsOf({ manifest, complain }: DecodedManifest) {
  const archives: Placed<ArchiveAsset>[] = [];
  const images: Placed<ImageAsset>[] = [];
  for (const [number, { name: component, assets }] of manifest.components.entries()) {
    for (const [index, asset] of assets.entries()) {
      const place = ['status', 'components', number, 'assets', index];
      const of = asset.type === 'Archive' ? 'archive' : 'image';
      const at: PlaceOf = (field) => shownPlace(complain([...place, of, field], '').location);
      if (asset.type === 'Archive') archives.push({ asset, component, at });
      else images.push({ asset, component, at });
    }
  }
  return { archives, images };
}

/** The release whose lock says what its programs are: of one's own, what it was made from. */
export function lockedReleaseOf({ annotations, channel, number }: ReleaseManifest): string {
  return annotations['eksd-rebuild/release'] ?? `v${channel}-eks-${number}`;
}

/** Projects with patches of whoever made the release, by what its manifest says. @param projects those that there are. */
export function patchedProjects(
  { annotations }: ReleaseManifest,
  projects: readonly string[],
): ReadonlySet<string> {
  const paths = Object.keys(parseJson(annotations['eksd-rebuild/own-patches'] ?? '') ?? {});
  return new Set(projects.filter((project) => paths.some((path) => `/${path}`.includes(`/${project}/`))));
}

/** The projects of a lock that a release holds, by what its manifest says: whoever made it may have left some out. */
export function heldProjects(
  { annotations }: ReleaseManifest,
  projects: readonly string[],
): readonly string[] {
  const left = listIn(annotations['eksd-rebuild/left-out']);
  return projects.filter((project) => !left.includes(project));
}

/** The files of upstream's lists that a release was made without, by what its manifest says: those of images that nobody asked for. */
export function filesLeftOut({ annotations }: ReleaseManifest): ReadonlySet<unknown> {
  return new Set(listIn(annotations['eksd-rebuild/left-out-files']));
}

function listIn(annotation = ''): readonly unknown[] {
  const list = parseJson(annotation);
  return Array.isArray(list) ? list : [];
}
