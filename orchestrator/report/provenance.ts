import { canonicalJson, type Json } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import type { VerdictName } from '../verdict/verify/verdict.ts';
import type { ImageReport } from './image-report.ts';
import type { ProjectReport, RunReport } from './run-report.ts';

/** A verdict that whoever pushed an image let pass, and why. */
export interface Allowance {
  readonly verdict: VerdictName;
  readonly reason: string;
}

/** The media type of an in-toto statement that is not signed: whoever trusts it signs it. */
export const statementType = 'application/vnd.in-toto+json';

/**
 * How an image was made, as an in-toto statement (v1) with a SLSA provenance predicate (v1): its sources with their
 * commits, the patches, the Go, the base, and of each program in it what was expected and what came. Canonical JSON;
 * without a clock or anything of this machine, so that whoever repeats the build gets the same text.
 * @throws Error on an image that was not made.
 */
export function provenanceOf(
  image: ImageReport,
  report: RunReport,
  allowances: readonly Allowance[],
): string {
  if (image.digest === undefined) throw new Error(`${image.image} was not made`);
  const { release, tool } = report;
  const names = new Set(image.programs.map(({ project }) => project));
  const projects = report.projects.filter(({ name }) => names.has(name));
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: image.image, digest: sha256(image.digest) }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'urn:eksd-rebuild:image:1',
        externalParameters: {
          release: release.name,
          lock: release.lock,
          image: image.image,
          tag: image.tag,
          platforms: image.platforms.map(({ platform }) => platform),
          base: image.base?.from ?? 'scratch',
        },
        resolvedDependencies: [
          ...projects.flatMap((project) => materialsOf(project, report)),
          ...compilersOf(image),
          ...baseOf(image),
        ],
      },
      runDetails: {
        builder: { id: 'urn:eksd-rebuild', version: { [tool.name]: tool.version } },
        byproducts: programsOf(image, report),
      },
      ...(allowances.length === 0 ? {} : { 'urn:eksd-rebuild:allowed': allowances }),
    },
  };
  return canonicalJson(statement as unknown as Json);
}

function sha256(digest: string): Json {
  return { sha256: digest.replace(/^sha256:/, '') };
}

function materialsOf(project: ProjectReport, { release }: RunReport): readonly Json[] {
  const { repository, tag, commit, go, patches, userPatches, overlay } = project;
  const upstream = (release.tree === 'release' ? release.releaseCommit : release.tag)?.commit ?? '';
  return [
    {
      uri: `git+${repository}@refs/tags/${tag}`,
      digest: { gitCommit: commit },
      // What follows is the lock's, which it then was not built by alone.
      ...defined({ annotations: overlay && { builtOtherwise: overlay.because } }),
    },
    ...patches.map(({ path, sha256: digest }) => {
      return { uri: `git+${release.repository}@${upstream}#${path}`, digest: { sha256: digest } };
    }),
    ...userPatches.map(({ path, sha256: digest }) => ({
      uri: `urn:eksd-rebuild:user:${path}`,
      digest: { sha256: digest },
    })),
    ...(go === undefined ? [] : [goOf(go), ...goPatchesOf(go)]),
  ];
}

function goOf({ version, flavour, build }: NonNullable<ProjectReport['go']>): Json {
  const name = `go${version}`;
  if (build === undefined) return { uri: `pkg:generic/go@${version}`, name, annotations: { flavour } };
  return {
    uri: `pkg:generic/go@${version}`,
    name,
    annotations: { flavour, repository: build.repository, commit: build.commit, release: build.release ?? 0 },
  };
}

/** The patches of a Go that is not the official one, as far as they are compiled into programs: the others change nothing. */
function goPatchesOf({ build }: NonNullable<ProjectReport['go']>): readonly Json[] {
  if (build === undefined) return [];
  return build.patches
    .filter(({ changes }) => changes !== undefined)
    .map(({ path, sha256: digest }) => {
      return { uri: `git+${build.repository}@${build.commit}#${path}`, digest: { sha256: digest } };
    });
}

/** What compiled the programs in C. */
function compilersOf({ programs }: ImageReport): readonly Json[] {
  const references = new Set(
    programs.flatMap(({ compiled }) => (compiled === undefined ? [] : [compiled.by])),
  );
  return [...references].map(imageAt);
}

/** An image by its reference, with a digest. */
function imageAt(reference: string): Json {
  const [name = '', digest = ''] = reference.split('@');
  return { uri: `oci://${name}`, digest: sha256(digest) };
}

function baseOf({ base, standsOn }: ImageReport): readonly Json[] {
  if (base === undefined) return [];
  if (!('reference' in base)) return [{ uri: `urn:eksd-rebuild:base:${base.from}`, name: standsOn }];
  return [imageAt(base.reference)];
}

/** What was expected of each program, where that stands, and what came. */
function programsOf({ programs }: ImageReport, { verdicts }: RunReport): readonly Json[] {
  return programs.flatMap(({ project, platform, file, compiled }): readonly Json[] => {
    if (compiled?.sha256 !== undefined) {
      const annotations = { verdict: 'no-expectation', compiledBy: compiled.by };
      return [{ name: `${project} ${platform} ${file}`, digest: { sha256: compiled.sha256 }, annotations }];
    }
    const found = verdicts.find(
      (each) => each.project === project && each.platform === platform && each.name === file,
    );
    if (found?.found === undefined) return [];
    const { verdict, expected, authority, where } = found;
    return [
      {
        name: `${project} ${platform} ${file}`,
        digest: { sha256: found.found },
        annotations: {
          verdict,
          authority,
          ...defined({ expected, where }),
        },
      },
    ];
  });
}
