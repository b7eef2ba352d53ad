import type { OciDigest } from '../../core/oci.ts';
import type { Platform } from '../../core/platform.ts';
import type { RunProcess } from '../process/process.ts';

/** A daemon that builds images, and what it takes to be let in. Either an address or a name of buildx. */
export interface Builder {
  /** `unix:///run/buildkit/buildkitd.sock`, `tcp://builder.example.com:1234`. */
  readonly address?: string | undefined;
  /** The name of a builder of docker buildx. */
  readonly buildx?: string | undefined;
  /** For tcp: absolute paths of files in PEM. */
  readonly tls?: BuilderTls | undefined;
  /** Images at once. */
  readonly slots?: number | undefined;
}

export interface BuilderTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
}

/** An image of one platform to be built. Folders are absolute paths. */
export interface ImageBuild {
  /** For people and caches: `etcd-io/etcd`. */
  readonly name: string;
  readonly platform: Platform;
  /** A folder with the file `Dockerfile`. */
  readonly dockerfile: string;
  /** What COPY reads. */
  readonly context: string;
  /** Images that FROM and `COPY --from` may name: each an OCI layout, and the digest in it. */
  readonly layouts: Readonly<Record<string, { readonly folder: string; readonly digest: OciDigest }>>;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970: what files and history are dated with. */
  readonly epoch: number;
  /** The folder that becomes an OCI layout. */
  readonly output: string;
  /** An empty folder for what the build needs beside. */
  readonly work: string;
}

/** What a build may use of the task that wants it. */
export interface BuildCircumstances {
  /** Runs the build itself, and keeps a record of it. */
  readonly run: RunProcess;
  readonly signal: AbortSignal;
  progress(text: string): void;
}

/** Caches as BuildKit's own options have them; `{name}` is replaced by the image's name and platform. */
export interface BuildCaches {
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Whether nothing that was built before is used. */
  readonly isOff?: boolean;
}

/** What a daemon says of itself. */
export interface BuilderFacts {
  /** `v0.25.1`; undefined where it was built without one. */
  readonly version: string | undefined;
}

/**
 * Options of BuildKit's OCI exporter that fix what its versions do differently when nothing is said (docs/build-repro.md
 * of v0.34, "compatibility-version": media types; compression). `compatibility-version` itself is a member of the daemon's
 * solve request since v0.30; no released buildctl or buildx can set it. Measured: with these, v0.25.1 and v0.32.0 (whose
 * compatibility versions are 20 and 30) give the same digests.
 */
const reproducible = 'rewrite-timestamp=true,oci-mediatypes=true,compression=gzip';

/** The value of `--output` for an OCI layout in a folder. */
export function outputOption(folder: string): string {
  return `type=oci,tar=false,${csvField(`dest=${folder}`)},${reproducible}`;
}

/** A field of the CSV that BuildKit's options are. */
function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Where the rules for sources are, below `ImageBuild.work`. */
export const policyFile = 'source-policy.json';

/**
 * BuildKit's source policy: no image out of a registry, nothing off the network. What an image stands on comes as an OCI
 * layout, by its digest.
 */
export const sourcePolicy = {
  rules: ['docker-image', 'http', 'https', 'git'].map((scheme) => {
    return { action: 'DENY', selector: { identifier: `${scheme}://*` } };
  }),
};

/** Cache options of one build. */
export function cacheOptions(
  { name, platform }: Pick<ImageBuild, 'name' | 'platform'>,
  options: readonly string[],
): readonly string[] {
  const word = `${name}-${platform}`.replaceAll('/', '-');
  return options.map((option) => option.replaceAll('{name}', word));
}

/** The build arguments, in code-unit order of their names, the date among them. */
export function buildArguments({ buildArgs, epoch }: ImageBuild): readonly (readonly [string, string])[] {
  const all = { ...buildArgs, SOURCE_DATE_EPOCH: String(epoch) };
  return Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));
}
