import { z } from 'zod';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { isTag } from '../../core/image-reference.ts';
import { isAssetPath } from '../../core/names.ts';
import type { RelativePath } from '../../core/relative-path.ts';
import {
  assetName,
  commit,
  count,
  digest,
  goVersion,
  instant,
  ociDigest,
  path,
  platform,
  projectName,
  releaseBranch,
  releaseName,
  repositoryUrl,
  tagName,
} from '../fields.ts';
import { lockedKubernetes } from '../project/kubernetes.ts';
import { isSubject, isVulnerability } from './patch-message.ts';
import { countPaths, expandPatterns, mostPaths } from './path-patterns.ts';

/**
 * How far an expected hash can be trusted: the component was `built` and compared by upstream's CI at that tag; its
 * comparison was off (`unchecked`); its files were `copied` from elsewhere; there is no CHECKSUMS (`absent`).
 */
const authority = z.enum(['built', 'unchecked', 'copied', 'absent']);
export type Authority = z.infer<typeof authority>;

const expectation = z.strictObject({
  platform,
  /** The file's base name as published: `etcdctl`, `livenessprobe.exe`. */
  name: assetName,
  sha256: digest,
  /** Its line in the CHECKSUMS file, from 1. */
  line: count,
});
export type Expectation = z.infer<typeof expectation>;

/**
 * Where upstream's builder image had a Go from: go.dev (`official`); EKS Distro's own RPMs, which are the official source
 * with patches (`eks-go`); Amazon Linux 2's RPMs, of whose patches only one is known to show in programs (`al2-rpm`).
 */
const goFlavour = z.enum(['official', 'eks-go', 'al2-rpm']);
export type GoFlavour = z.infer<typeof goFlavour>;

const goPatch = z.strictObject({
  path,
  /** `unavailable` where the repository that was read lacks the file's content. */
  sha256: z.union([digest, z.literal('unavailable')]),
  /** The packages of the standard library that it changes in a plain build (see `go-patch.ts`); absent: none. */
  changes: z.array(z.string().min(1)).optional(),
  /** CVE numbers that its name or message gives, or else issues of Go: `CVE-2023-24539`, `golang/go#57008`. */
  fixes: z.array(z.string().min(1)).optional(),
});
export type GoPatch = z.infer<typeof goPatch>;

const goBuild = z.strictObject({
  version: goVersion,
  /** The number of the RPM, as upstream's file RELEASE has it; absent: built before there was such a file. */
  release: count.optional(),
  repository: repositoryUrl,
  /** The commit that released it, or that has the patches. */
  commit,
  /** Those of its folder `patches` that its spec file applies, in the order of application. */
  patches: z.array(goPatch),
});
export type GoBuild = z.infer<typeof goBuild>;

/** `1.18.10-8@d31146fd`, of `goBuilds`: what every object has by that name would be taken for a build. */
const goBuildName = z
  .string()
  .regex(
    /^[0-9A-Za-z][0-9A-Za-z.@-]{0,63}$/,
    'expected the name of a build of Go, such as 1.18.10-8@d31146fd',
  )
  .refine((name) => !(name in {}), 'no build of Go is called so');

const pinnedGo = z.strictObject({
  /** Without `go` in front: `1.21.10`, `1.13`. */
  version: goVersion,
  flavour: goFlavour,
  /** For `eks-go` and `al2-rpm`: its name in `goBuilds`. Absent where the repository that says so was out of reach. */
  build: goBuildName.optional(),
  /** Where it stands that this Go came from there, or by which rule. Absent where nothing was at hand that says so. */
  origin: z.string().min(1).optional(),
  /** Where it was read: file and line in upstream's tree, or `<repository> <file>:<line>@<commit>`. */
  read: z.string(),
  /** What each other source of upstream's says, and where, whether it agrees or not. */
  others: z.array(z.strictObject({ version: z.string(), read: z.string() })),
});

const checksums = z.strictObject({
  file: path,
  authority,
  /** Why the authority is what it is, where it is not `built`: file and line. */
  because: z.string().optional(),
  /** Committer date, and id, of the last commit that changed the file, as seen from the commit that was read. */
  changed: instant,
  changedBy: commit,
  /** What the build is made of and changed after that: the tag's file, patches, the Go release. Absent where nothing did. */
  newer: z.array(z.strictObject({ path, changed: instant, changedBy: commit })).optional(),
  files: z.array(expectation),
});

/** Patterns in the file (see `path-patterns.ts`); read, all paths that they stand for, in code-unit order. */
const publishedPaths = z.array(z.string()).transform((patterns, context): readonly RelativePath[] => {
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (countPaths(patterns) > mostPaths) return refuse(`expected at most ${mostPaths} paths`);
  const paths = [...new Set(expandPatterns(patterns))].sort(byCodeUnit);
  const strange = paths.find((path) => !isAssetPath(path));
  if (strange !== undefined)
    return refuse(`expected paths of published files, not ${JSON.stringify(strange)}`);
  return paths.filter(isAssetPath);
});

const expectedList = z.strictObject({
  /** Upstream's file. */
  file: path,
  /** Its lines with their placeholders resolved, below the folder of a release's site that it speaks of (`release/expected-site.ts`). */
  paths: publishedPaths,
});

const lockedPatch = z.strictObject({
  path,
  /** `unavailable` where the repository that was read lacks the file's content. */
  sha256: z.union([digest, z.literal('unavailable')]),
  /** That of its message, where it has one that can be shown on a line. */
  subject: z.string().refine(isSubject, 'expected a subject on one line').optional(),
  /** What its name or message gives of CVE and GHSA numbers. */
  fixes: z.array(z.string().refine(isVulnerability, 'expected a name such as CVE-2024-24786')).optional(),
});
export type LockedPatch = z.infer<typeof lockedPatch>;

const lockedProject = z.strictObject({
  repository: repositoryUrl,
  tag: tagName,
  /** What the tag points at, peeled; `unresolved` until the remote was at hand; `absent` where it had no such tag. */
  commit: z.union([commit, z.literal('unresolved'), z.literal('absent')]),
  /** The Go release that upstream asked for, `1.21`, and where. Its tree names no more than that. */
  golang: z.strictObject({ minor: goVersion, read: z.string() }).optional(),
  /** The exact Go. Absent where no source of upstream's names a version. */
  go: pinnedGo.optional(),
  /** In the order in which they are applied. */
  patches: z.array(lockedPatch),
  /** Of kubernetes/kubernetes only. */
  kubernetes: lockedKubernetes.optional(),
  /** Absent where there is no CHECKSUMS: authority `absent`. */
  checksums: checksums.optional(),
  /** The files that upstream held what it published against: archives and programs, and those of images. Absent where it had no list. */
  expectedFiles: z
    .strictObject({ artifacts: expectedList.optional(), images: expectedList.optional() })
    .optional(),
});
export type LockedProject = z.infer<typeof lockedProject>;
export type LockedGo = NonNullable<LockedProject['go']>;

const baseImage = z.strictObject({
  name: z
    .string()
    .regex(/^(?=.{1,128}$)[a-z0-9]+(-[a-z0-9]+)*$/, 'expected a base image, such as eks-distro-base'),
  tag: z.string().refine(isTag, "expected an image's tag"),
  /** Upstream's file with the tag. */
  file: path,
  /** What the tag pointed at when it was resolved: an index. Absent where the registry was out of reach. */
  digest: ociDigest.optional(),
});
export type LockedBaseImage = z.infer<typeof baseImage>;

/** All pins of a release. */
export const lockSchema = z.strictObject({
  schema: z.literal('1', { error: 'this version reads lock schema 1' }),
  /** SHA-256 of the canonical JSON of everything else: tells a lock that was edited by hand. */
  digest,
  release: releaseName,
  /** `1-30` */
  branch: releaseBranch,
  number: count,
  upstream: z.strictObject({
    repository: repositoryUrl,
    /** Which of the two commits the pins were read from. */
    tree: z.enum(['release', 'tag']),
    /** The commit that writes the release's number; absent for the few tags without one. */
    releaseCommit: z.strictObject({ commit, date: instant }).optional(),
    /** The git tag; absent for the few documented releases without one. */
    tag: z.strictObject({ name: tagName, commit, date: instant }).optional(),
    /** Build inputs that differ between the two trees. */
    differences: z.array(z.strictObject({ path, change: z.enum(['added', 'changed', 'removed']) })),
  }),
  /** The repository of the builder images: without it, `go` rests on what upstream's own tree says. */
  buildTooling: z
    .strictObject({ repository: repositoryUrl, state: z.enum(['read', 'out-of-reach']) })
    .optional(),
  /** Gos with patches that projects refer to: EKS Distro's own by version, release and commit (`1.18.10-8@d31146fd`), Amazon Linux 2's as `1.16.15-al2@b961533f`. */
  goBuilds: z.record(goBuildName, goBuild).optional(),
  /** SHA-256 of the official archives of Go, by version and the platform that they run on; absent where nothing said them. */
  goDownloads: z.record(goVersion, z.record(platform, digest)).optional(),
  baseImages: z.array(baseImage),
  /** By `<org>/<repo>`. */
  projects: z.record(projectName, lockedProject),
});
export type Lock = z.infer<typeof lockSchema>;
