import type { Json } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import type { ImageReport } from '../report/image-report.ts';
import type { ProjectReport, RunReport } from '../report/run-report.ts';
import type { MadeBy, NamedDigest } from './made-by.ts';

/** The commit of EKS Distro's own repository that the pins were read from, and which of the two that is. */
export function distroOf({ release }: RunReport): readonly Json[] {
  const { repository, tree, tag, releaseCommit } = release;
  const read = tree === 'release' ? releaseCommit : tag;
  if (read === undefined) return [];
  return [
    {
      uri: `git+${repository}@${read.commit}`,
      name: 'eks-distro',
      digest: { gitCommit: read.commit },
      annotations: { tree, ...defined({ tag: tag?.name }) },
    },
  ];
}

/** What a project's files are built from: source, patches, Go with what it is made of, recipe. */
export function projectDependencies(
  project: ProjectReport,
  { report, prepared, materials }: MadeBy,
): readonly Json[] {
  const { repository, tag, commit, go, patches, userPatches, overlay, name } = project;
  const { release } = report;
  const upstream = (release.tree === 'release' ? release.releaseCommit : release.tag)?.commit ?? '';
  return [
    {
      uri: `git+${repository}@refs/tags/${tag}`,
      digest: { gitCommit: commit },
      // What follows is the lock's, which it then was not built by alone.
      ...defined({ annotations: overlay && { builtOtherwise: overlay.because } }),
    },
    ...patches.map(({ path, sha256 }) => {
      return { uri: `git+${release.repository}@${upstream}#${path}`, digest: { sha256 } };
    }),
    ...userPatches.map(({ path, sha256 }) => ({
      uri: `urn:eksd-rebuild:user:${path}`,
      digest: { sha256 },
    })),
    ...(go === undefined ? [] : [goOf(go), ...archivesOf(go, prepared), ...goPatchesOf(go)]),
    ...(materials.recipes.get(name) ?? []).map((file) => namedAs(`recipe:${name}`, file)),
  ];
}

/** Lists of modules in patched sources, by which all bytes of these are known. */
export function sumsOf(project: string, files: readonly NamedDigest[]): readonly Json[] {
  return files.map((file) => namedAs(`source:${project}`, file));
}

function namedAs(what: string, { path, sha256 }: NamedDigest): Json {
  return { uri: `urn:eksd-rebuild:${what}#${path}`, digest: { sha256 } };
}

type Go = NonNullable<ProjectReport['go']>;

function goOf({ version, flavour, build }: Go): Json {
  const uri = `pkg:generic/go@${version}`;
  const name = `go${version}`;
  if (build === undefined) return { uri, name, annotations: { flavour } };
  const { repository, commit, release = 0 } = build;
  return { uri, name, annotations: { flavour, repository, commit, release } };
}

/** Go's own archives for all platforms that one can compile on, as far as the lock knows them. */
function archivesOf({ version }: Go, { lock }: MadeBy['prepared']): readonly Json[] {
  return Object.entries(lock.goDownloads?.[version] ?? {}).map(([platform, sha256]) => {
    const name = `go${version}.${platform.replace('/', '-')}.tar.gz`;
    return { uri: `https://go.dev/dl/${name}`, name, digest: { sha256 } };
  });
}

/** The patches of a Go that is not the official one, as far as they are compiled into programs: the others change nothing. */
function goPatchesOf({ build }: Go): readonly Json[] {
  if (build === undefined) return [];
  return build.patches
    .filter(({ changes }) => changes !== undefined)
    .map(({ path, sha256 }) => {
      return { uri: `git+${build.repository}@${build.commit}#${path}`, digest: { sha256 } };
    });
}

/** What compiled an image's programs in C. */
export function compilersOf({ programs }: ImageReport): readonly Json[] {
  const references = new Set(
    programs.flatMap(({ compiled }) => (compiled === undefined ? [] : [compiled.by])),
  );
  return [...references].map(imageAt);
}

/** What an image stands on at its bottom. @param name of that base image. */
export function baseOf({ base }: ImageReport, name: string, { materials }: MadeBy): readonly Json[] {
  if (base === undefined) return [];
  if ('reference' in base) return [imageAt(base.reference)];
  const made = (materials.bases.get(name) ?? []).map((file) => namedAs(`base:${base.from}`, file));
  return [{ uri: `urn:eksd-rebuild:base:${base.from}`, name }, ...made];
}

/** An image by its reference, with a digest. */
function imageAt(reference: string): Json {
  const [name = '', digest = ''] = reference.split('@');
  return { uri: `oci://${name}`, digest: { sha256: digest.replace(/^sha256:/, '') } };
}
