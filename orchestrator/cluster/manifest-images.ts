import { parseImageReference } from '../core/image-reference.ts';
import { isOciDigest, type OciDigest } from '../core/oci.ts';
import type { RegistryPlace } from '../core/registry-place.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ReleaseManifest } from '../publish/manifest/release.ts';
import { type ReleaseImage, repositoryBelow } from './image-names.ts';
import { assetsOf, type ManifestTrouble } from './manifest-files.ts';

/** The images of a release by its manifest. */
export interface ManifestImages {
  /** What their names are below; undefined where the manifest has none of them. */
  readonly place: RegistryPlace | undefined;
  /** Under the tags of the manifest; one that it does not have is as it was given. */
  readonly images: readonly ReleaseImage[];
  /** By `<name>:<tag>`. */
  readonly digests: ReadonlyMap<string, OciDigest>;
  /** Names of those that it does not have. */
  readonly lacking: ReadonlySet<string>;
}

/** An image of the release as the manifest has it. */
interface Found {
  readonly uri: string;
  readonly where: readonly PropertyKey[];
  /** Undefined where no registry stands in front, as in one of upstream's. */
  readonly host: string | undefined;
  readonly prefix: string;
  readonly tag: string | undefined;
  readonly digest: OciDigest | undefined;
}

const needsRegistry = '"--registry HOST[:PORT]/PREFIX" says where all of them are.';

/**
 * Finds the images of a release in its manifest, by how their repositories end. Errors: one that is there twice; without a place of the
 * user's, those that are not below the same.
 * @param place where the user has them; their names in the manifest do not count then.
 */
export function imagesOfManifest(
  manifest: ReleaseManifest,
  images: readonly ReleaseImage[],
  place: RegistryPlace | undefined,
): Result<ManifestImages, readonly ManifestTrouble[]> {
  const trouble: ManifestTrouble[] = [];
  const found = new Map<string, Found>();
  for (const { asset, place: there } of assetsOf(manifest)) {
    if (asset.type !== 'Image') continue;
    const where = [...there, 'image', 'uri'];
    const { uri, imageDigest } = asset.image;
    const isBare = uri.startsWith('/');
    const parsed = parseImageReference(isBare ? `registry.invalid${uri}` : uri);
    if ('why' in parsed) throw new Error(`the reader lets an image pass that ${parsed.why}: ${uri}`);
    const { host, repository, tag } = parsed;
    const name = nameIn(repository, images);
    if (name === undefined) continue;
    const other = found.get(name);
    if (other !== undefined)
      trouble.push({ place: where, message: `${name} is there twice, as ${other.uri} too` });
    const digests = [imageDigest, parsed.digest].filter((each) => each !== undefined).filter(isOciDigest);
    if (new Set(digests).size > 1) trouble.push({ place: where, message: 'the image has two digests' });
    const prefix = repository.slice(0, -name.length).replace(/\/$/, '');
    found.set(name, { ...{ uri, where, prefix, tag }, host: isBare ? undefined : host, digest: digests[0] });
  }
  const all = place === undefined ? [...found.values()] : [];
  const one = place === undefined ? (found.get('kubernetes/kube-apiserver') ?? all[0]) : undefined;
  const bare = all.find(({ host }) => host === undefined);
  if (bare !== undefined)
    trouble.push({ place: bare.where, message: 'the image has no registry in front', help: needsRegistry });
  const there = repositoryBelow({ host: one?.host ?? '', prefix: one?.prefix ?? '' }, '');
  for (const { where, host, prefix } of bare === undefined ? all : []) {
    if (host === one?.host && prefix === one?.prefix) continue;
    const message = `the images are not all in one place: others are in ${there}`;
    trouble.push({ place: where, message, help: needsRegistry });
  }
  if (trouble.length > 0) return err(trouble);
  const named = images.map((image) => ({ ...image, tag: found.get(image.name)?.tag ?? image.tag }));
  const digests = new Map<string, OciDigest>();
  for (const { name, tag } of named) {
    const digest = found.get(name)?.digest;
    if (digest !== undefined) digests.set(`${name}:${tag}`, digest);
  }
  return ok({
    place: place ?? (one?.host === undefined ? undefined : { host: one.host, prefix: one.prefix }),
    ...{ images: named, digests },
    lacking: new Set(images.map(({ name }) => name).filter((name) => !found.has(name))),
  });
}

/** Which image a repository is of: the one with the longest name that it ends in. */
function nameIn(repository: string, images: readonly ReleaseImage[]): string | undefined {
  const names = images.map(({ name }) => name);
  const ending = names.filter((name) => `/${repository}`.endsWith(`/${name}`));
  return ending.sort((a, b) => b.length - a.length)[0];
}
