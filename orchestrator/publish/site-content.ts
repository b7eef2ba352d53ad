import { byCodeUnit } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import { type Digest, digestOf } from '../core/digest.ts';
import { vouchingChannel } from './beside.ts';
import { holdsSums } from './check-sums.ts';
import {
  artifactsFolder,
  bundleEnding,
  changelogPath,
  channelPath,
  manifestPath,
  releaseResourceName,
} from './layout.ts';
import { crdTexts } from './manifest/crds.ts';
import {
  type ArchiveAsset,
  type ImageAsset,
  type ManifestAsset,
  type ManifestComponent,
  writeReleaseManifest,
} from './manifest/release.ts';
import { sumFiles } from './sums.ts';
import { unsummedAnnotation, unsummedText } from './unsummed.ts';

/** What a manifest says of a file or an image beside where it is. */
interface AssetName {
  readonly component: string;
  readonly name: string;
  readonly description: string;
  readonly os?: string;
  readonly arch?: readonly string[];
}

/** A file that goes onto a site, and where it was made. */
export interface MadeFile {
  /** Below `artifacts/`: `plugins/v1.4.0/cni-plugins-linux-amd64-v1.4.0.tar.gz`. */
  readonly path: string;
  /** In a tree of the store. Absolute. */
  readonly source: string;
  readonly sha256: Digest;
  readonly isExecutable: boolean;
  readonly hasSums: boolean;
  /** Absent: it is in no manifest. */
  readonly asset?: AssetName;
}

/** The same, hashed. */
export interface HashedFile extends MadeFile {
  readonly sha512: string;
}

/** An image of the release, which lies in a registry. */
export interface SiteImage {
  readonly asset: AssetName;
  readonly uri: string;
  /** Of the index. */
  readonly imageDigest?: string;
}

/** All that a site is made of: the same gives the same bytes. */
export interface SiteContent {
  readonly channel: string;
  readonly number: number;
  /** RFC 3339, UTC, seconds. */
  readonly date: string;
  /** Where it is served from, without a slash at its end. */
  readonly baseUri: string;
  readonly snsTopicArn?: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** What is known of the source of each component. */
  readonly components: ReadonlyMap<string, Pick<ManifestComponent, 'gitTag' | 'gitCommit'>>;
  readonly files: readonly MadeFile[];
  readonly images: readonly SiteImage[];
  /** What is signed of files, by their paths below `artifacts/`; absent: nothing. */
  readonly bundles?: ReadonlyMap<string, string>;
  /** Markdown. */
  readonly changelog?: string;
}

/** Every file of a site that is no copy: sums, bundles, manifest, channel, definitions, changelog; texts by path below its root. */
export function siteTexts(site: SiteContent, files: readonly HashedFile[]): ReadonlyMap<string, string> {
  const { channel, number, changelog } = site;
  const artifacts = artifactsFolder(channel, number);
  const sums = [...sumFiles(files.filter(({ hasSums }) => hasSums))];
  const texts = new Map([
    ...sums.map(([path, text]) => [`${artifacts}/${path}`, text] as const),
    ...[...(site.bundles ?? [])].map(
      ([path, text]) => [`${artifacts}/${path}${bundleEnding}`, text] as const,
    ),
    [manifestPath(channel, number), manifestText(site, files)],
    ...crdTexts,
    ...(changelog === undefined ? [] : [[changelogPath(channel, number), changelog] as const]),
  ]);
  const unsaid = [...texts].filter(([path]) => !holdsSums(path));
  const { snsTopicArn } = site;
  const own = { name: channel, ...defined({ snsTopicArn }), active: true, latestRelease: number };
  const vouching = vouchingChannel(
    own,
    unsaid.map(([path, text]) => [path, digestOf(text)]),
  );
  return texts.set(channelPath(channel), vouching);
}

function manifestText(site: SiteContent, files: readonly HashedFile[]): string {
  const { channel, number, date, baseUri } = site;
  const unsummed = unsummedText(files.filter(({ hasSums }) => !hasSums));
  const annotations = { ...site.annotations, ...defined({ [unsummedAnnotation]: unsummed }) };
  const below = `${baseUri}/${artifactsFolder(channel, number)}`;
  const assets = new Map<string, ManifestAsset[]>();
  const add = ({ component, ...name }: AssetName, content: ContentOfAsset) => {
    assets.set(component, [...(assets.get(component) ?? []), { ...name, ...content }]);
  };
  for (const { asset, path, sha256, sha512 } of files) {
    const archive = { uri: `${below}/${path}`, sha256, sha512 };
    if (asset !== undefined) add(asset, { type: 'Archive', archive });
  }
  for (const { asset, uri, imageDigest } of site.images) {
    add(asset, { type: 'Image', image: { uri, ...defined({ imageDigest }) } });
  }
  const components = [...assets].map(([name, list]) => ({
    name,
    ...site.components.get(name),
    assets: list,
  }));
  const name = releaseResourceName(channel, number);
  return writeReleaseManifest({ name, channel, number, date, annotations, components });
}

type ContentOfAsset = Pick<ArchiveAsset, 'type' | 'archive'> | Pick<ImageAsset, 'type' | 'image'>;

/** Paths below `artifacts/` of all files of a site's artifacts, sums too, sorted. */
export function artifactPaths(files: readonly Pick<MadeFile, 'path' | 'hasSums'>[]): readonly string[] {
  const none = { sha256: '', sha512: '' };
  const summed = files.filter(({ hasSums }) => hasSums).map(({ path }) => ({ path, ...none }));
  return [...files.map(({ path }) => path), ...sumFiles(summed).keys()].sort(byCodeUnit);
}
