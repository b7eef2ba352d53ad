import type { Decoded } from '../../config/yaml.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { releaseSchema, type WrittenAsset, type WrittenRelease } from './release-schema.ts';
import { findTrouble, type WantedOfManifest } from './release-trouble.ts';
import { apiVersion, decodeResource, resourceText } from './resource.ts';

/** A `Release` of `distro.eks.amazonaws.com/v1alpha1`: what a release is made of, and where that is. */
export interface ReleaseManifest {
  /** `kubernetes-1-30-eks-5` */
  readonly name: string;
  /** `1-30`, or a name of one's own. */
  readonly channel: string;
  readonly number: number;
  /** In upstream's first release alone. */
  readonly buildRepoCommit?: string;
  /** RFC 3339, UTC, seconds. */
  readonly date: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly components: readonly ManifestComponent[];
}

export interface ManifestComponent {
  readonly name: string;
  readonly gitTag?: string;
  readonly gitCommit?: string;
  readonly assets: readonly ManifestAsset[];
}

export type ManifestAsset = ArchiveAsset | ImageAsset;

interface AnyAsset {
  /** Within its component. */
  readonly name: string;
  readonly description?: string;
  /** `linux`, `darwin`, `windows`. */
  readonly os?: string;
  /** `amd64`, `arm64`: one for archives, both for images. */
  readonly arch?: readonly string[];
}

/** Any file: programs and image tars too. Hashes are lower-case hexadecimal. */
export interface ArchiveAsset extends AnyAsset {
  readonly type: 'Archive';
  readonly archive: { readonly uri: string; readonly sha256: string; readonly sha512: string };
}

export interface ImageAsset extends AnyAsset {
  readonly type: 'Image';
  /** The digest, `sha256:<hex>`, is the index's. */
  readonly image: { readonly uri: string; readonly imageDigest?: string };
}

/** A manifest that was read; components and assets are in the file's order. */
export interface DecodedManifest extends Pick<Decoded<unknown>, 'complain'> {
  readonly manifest: ReleaseManifest;
  /** What is odd, and does no harm. */
  readonly notes: readonly Diagnostic[];
}

/** Reads upstream's and ours, strictly. Errors: `configuration`, every complaint at its line and column; `usage` for a web page. */
export function readReleaseManifest(text: string, file: string): Result<ReleaseManifest, Failure> {
  const decoded = decodeReleaseManifest(text, file);
  return decoded.ok ? ok(decoded.value.manifest) : decoded;
}

/** The same, with what else there is to say of it. */
export function decodeReleaseManifest(
  text: string,
  file: string,
  wanted: WantedOfManifest = {},
): Result<DecodedManifest, Failure> {
  if (text.trimStart().startsWith('<')) return err(webPage(file));
  const decoded = decodeResource(text, file, releaseSchema);
  if (!decoded.ok) return decoded;
  const { value, complain } = decoded.value;
  const { errors, notes } = findTrouble(value, complain, wanted);
  if (errors.length > 0) return err({ reason: 'configuration', diagnostics: errors });
  return ok({ manifest: manifestOf(value), notes, complain });
}

/** What servers give for a folder. */
function webPage(file: string): Failure {
  const message = `${file} is a web page, and no manifest of a release.`;
  const help = 'A site has them as kubernetes-<channel>/kubernetes-<channel>-eks-<number>.yaml: name one.';
  return { reason: 'usage', message, help };
}

function manifestOf({ metadata, spec, status }: WrittenRelease): ReleaseManifest {
  return {
    name: metadata.name,
    channel: spec.channel,
    number: spec.number,
    date: status.date,
    annotations: metadata.annotations ?? {},
    components: status.components.map(({ name, gitTag, gitCommit, assets }) => ({
      name,
      ...defined({ gitTag, gitCommit }),
      assets: assets.map(assetOf),
    })),
    ...defined({ buildRepoCommit: spec.buildRepoCommit }),
  };
}

function assetOf({ name, type, description, os, arch, archive, image }: WrittenAsset): ManifestAsset {
  const any = { name, ...defined({ description, os, arch }) };
  if (type === 'Archive' && archive !== undefined) return { ...any, type, archive };
  if (type === 'Image' && image !== undefined) {
    const { uri, imageDigest } = image;
    return { ...any, type, image: { uri, ...defined({ imageDigest }) } };
  }
  throw new Error(`the schema lets an asset pass that is neither: ${name}`);
}

/** As YAML: sorted, the same text for the same content. */
export function writeReleaseManifest(manifest: ReleaseManifest): string {
  const { name, channel, number, buildRepoCommit, date, annotations, components } = manifest;
  return resourceText({
    apiVersion,
    kind: 'Release',
    metadata: { name, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: { channel, number, ...defined({ buildRepoCommit }) },
    status: {
      date,
      components: byName(components).map((component) => ({
        ...component,
        assets: byName(component.assets).map((asset) =>
          asset.arch === undefined ? asset : { ...asset, arch: [...asset.arch].sort(byCodeUnit) },
        ),
      })),
    },
  });
}

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => byCodeUnit(a.name, b.name));
}
