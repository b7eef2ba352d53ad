import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import type { OciDigest } from '../../core/oci.ts';
import type { Platform } from '../../core/platform.ts';
import { ok, type Result } from '../../core/result.ts';
import type { PackageFacts } from '../../oci/image/compare-packages.ts';
import type { ImageView, ViewOptions } from '../../oci/image/image-view.ts';
import { readInstalledRpms } from '../database/installed.ts';
import { readSystem, type SystemFacts, unreadDatabases } from './system.ts';

/** What an image of one platform holds, as far as bills of materials tell. All of it follows from the image's bytes. */
export interface ImageContents {
  /** The lowest first. */
  readonly layers: readonly LayerFacts[];
  /** Programs, libraries and objects, and what else may be executed; each once. */
  readonly programs: readonly FoundProgram[];
  /** Of `/etc/os-release`; undefined where there is none. */
  readonly system?: SystemFacts | undefined;
  readonly rpms: readonly PackageFacts[];
  /** Databases of packages that are not read: `/var/lib/dpkg/status`. */
  readonly unread: readonly string[];
}

interface LayerFacts {
  /** As it lies in the registry. */
  readonly digest: OciDigest;
  /** Of its content, unpacked. */
  readonly plain: OciDigest;
}

export interface FoundProgram {
  readonly sha256: Digest;
  /** Absolute, in the image; several where it lies there several times. */
  readonly paths: readonly string[];
  /** The layer that it comes with; the lowest is 0. */
  readonly layer: number;
  /** As its header says; undefined where that is not known. */
  readonly platform?: Platform | undefined;
  /** See `ViewEntry.isGo`. */
  readonly isGo: boolean;
}

/** @param scratch a folder to make others in. Absolute. Errors: those of `readEntries` and `readInstalledRpms`. */
export async function readContents(
  view: ImageView,
  options: ViewOptions & { readonly scratch: string },
): Promise<Result<ImageContents, Failure>> {
  const system = await readSystem(view, options);
  if (!system.ok) return system;
  const rpms = await readInstalledRpms(view, options);
  if (!rpms.ok) return rpms;
  return ok({
    layers: view.layers.map(({ sha256, plain }) => {
      return { digest: `sha256:${sha256}`, plain: `sha256:${plain}` };
    }),
    programs: programsIn(view),
    system: system.value,
    rpms: (rpms.value?.packages ?? []).map(({ tags: _, ...each }) => each),
    unread: unreadDatabases(view),
  });
}

function programsIn({ entries }: ImageView): readonly FoundProgram[] {
  const found = new Map<Digest, FoundProgram>();
  for (const [path, { sha256, machine, mode, layer, isGo }] of entries) {
    if (sha256 === undefined || (machine === undefined && (mode & 0o111) === 0)) continue;
    const platform = machine?.platform;
    const { paths, ...program } = found.get(sha256) ?? { sha256, paths: [], layer, platform, isGo };
    found.set(sha256, { ...program, paths: [...paths, path] });
  }
  return [...found.values()];
}

/** A shape of `ImageContents` that is not today's has another. */
const version = 1;

/** Where an image tree keeps it: text of JSON, below its folder. */
export function contentsPath(platform: Platform): string {
  return `contents/${platform.replace('/', '-')}.json`;
}

export function contentsText(contents: ImageContents): string {
  return `${JSON.stringify({ version, ...contents })}\n`;
}

/** Of a file of the store, which is looked at as all files there are; undefined where another version of this program wrote it. */
export function parseContents(text: string): ImageContents | undefined {
  try {
    const { version: written, ...contents } = JSON.parse(text);
    return written === version ? contents : undefined;
  } catch {
    return undefined;
  }
}
