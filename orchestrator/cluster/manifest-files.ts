import { byCodeUnit } from '../core/canonical-json.ts';
import { asDigest, type Digest } from '../core/digest.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ManifestAsset, ReleaseManifest } from '../publish/manifest/release.ts';
import type { Artifacts, FileSum } from './cluster-release.ts';

/** Why no cluster is configured by a manifest: at the path of keys in it. */
export interface ManifestTrouble {
  readonly place: readonly PropertyKey[];
  readonly message: string;
  readonly help?: string;
}

/** An asset, and the path of keys that it stands at. */
export interface PlacedAsset {
  readonly asset: ManifestAsset;
  readonly component: string;
  readonly place: readonly PropertyKey[];
}

export function assetsOf({ components }: ReleaseManifest): readonly PlacedAsset[] {
  return components.flatMap(({ name: component, assets }, at) =>
    assets.map((asset, index) => ({
      ...{ asset, component, place: ['status', 'components', at, 'assets', index] },
    })),
  );
}

/** The files of a manifest; `kubernetes` is undefined where it has no kubelet for Linux. */
export interface ManifestFiles extends Pick<Artifacts, 'url' | 'plugins'> {
  readonly kubernetes: string | undefined;
  /** By path below the URL. */
  readonly sums: ReadonlyMap<string, Digest>;
}

/**
 * Where a manifest has its files, and their SHA-256. kOps composes names below one URL, so that all have to lie below one.
 * Errors: each URI that does not, and what is there twice.
 * @param folder where a release has its files, below the place that it is served from.
 */
export function filesOfManifest(
  manifest: ReleaseManifest,
  folder: string,
): Result<ManifestFiles, readonly ManifestTrouble[]> {
  const trouble: ManifestTrouble[] = [];
  const refuse = (place: readonly PropertyKey[], message: string) => trouble.push({ place, message });
  const sums = new Map<string, Digest>();
  const plugins = new Map<string, string>();
  let [url, kubernetes]: (string | undefined)[] = [];
  for (const { asset, component, place } of assetsOf(manifest)) {
    if (asset.type !== 'Archive') continue;
    const { uri, sha256 } = asset.archive;
    const there = [...place, 'archive', 'uri'];
    const end = uri.indexOf(`/${folder}/`) + folder.length + 1;
    if (end <= folder.length) {
      refuse(there, `this is not below ${folder}, where the release has its files`);
      continue;
    }
    const path = uri.slice(end + 1);
    url ??= uri.slice(0, end);
    if (uri.slice(0, end) !== url)
      refuse(there, `the files are not all below one URL: others are below ${url}`);
    sums.set(path, asDigest(sha256));
    if (/^bin\/linux\/[^/]+\/kubelet$/.test(asset.name)) {
      const above = path.endsWith(`/${asset.name}`) ? path.slice(0, -asset.name.length - 1) : undefined;
      kubernetes ??= above;
      if (above === undefined || above !== kubernetes)
        refuse(there, `kOps looks for this at ${kubernetes ?? 'kubernetes/<tag>'}/${asset.name}`);
    }
    const [architecture, ...others] = asset.arch ?? [];
    if (component !== 'cni-plugins' || asset.os !== 'linux' || others.length > 0) continue;
    if (architecture === undefined) continue;
    if (plugins.has(architecture))
      refuse(there, `the network plugins for linux/${architecture} are there twice`);
    plugins.set(architecture, path);
  }
  if (trouble.length > 0) return err(trouble);
  const sorted = [...plugins].sort(([a], [b]) => byCodeUnit(a, b));
  return ok({ url: url ?? '', kubernetes, plugins: Object.fromEntries(sorted), sums });
}

/** A file of which somebody else says another sum than the manifest. */
export interface OtherSum {
  readonly path: string;
  readonly manifest: Digest;
  readonly other: Digest;
  readonly from: Exclude<FileSum['from'], 'manifest'>;
}

/**
 * The sums of a manifest, and those that are known besides, of what the manifest has not, such as the programs in its archives.
 * What it has counts as it says; who says otherwise is told.
 */
export function joinSums(
  sums: ManifestFiles['sums'],
  known: readonly FileSum[],
): { readonly sums: readonly FileSum[]; readonly others: readonly OtherSum[] } {
  const others: OtherSum[] = [];
  const joined = new Map<string, FileSum>(known.map((sum) => [sum.path, sum]));
  for (const [path, sha256] of sums) {
    const { sha256: other, from } = joined.get(path) ?? { sha256, from: 'manifest' };
    if (from !== 'manifest' && other !== sha256) others.push({ path, manifest: sha256, other, from });
    joined.set(path, { path, sha256, from: 'manifest' });
  }
  return { sums: [...joined.values()].sort((a, b) => byCodeUnit(a.path, b.path)), others };
}
