import { z } from 'zod';
import { commit, count, digest, goVersion, instant, path, platform, releaseBranch } from './fields.ts';

/**
 * How far an expected hash can be trusted: the component was `built` and compared by upstream's CI at that tag; its
 * comparison was off (`unchecked`); its files were `copied` from elsewhere; there is no CHECKSUMS (`absent`).
 */
const authority = z.enum(['built', 'unchecked', 'copied', 'absent']);
export type Authority = z.infer<typeof authority>;

const expectation = z.strictObject({
  platform,
  /** The file's base name as published: `etcdctl`, `livenessprobe.exe`. */
  name: path,
  sha256: digest,
  /** Its line in the CHECKSUMS file, from 1. */
  line: count,
});
export type Expectation = z.infer<typeof expectation>;

const pinnedGo = z.strictObject({
  /** Without `go` in front: `1.21.10`, `1.13`. */
  version: goVersion,
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
  files: z.array(expectation),
});

const lockedProject = z.strictObject({
  repository: z.string().min(1),
  tag: z.string().min(1),
  /** What the tag points at, peeled; `unresolved` until the remote was at hand; `absent` where it had no such tag. */
  commit: z.union([commit, z.literal('unresolved'), z.literal('absent')]),
  /** The Go release that upstream asked for, `1.21`, and where. Its tree names no more than that. */
  golang: z.strictObject({ minor: goVersion, read: z.string() }).optional(),
  /** The exact Go. Absent where no source of upstream's names a version. */
  go: pinnedGo.optional(),
  /** In the order in which they are applied. */
  patches: z.array(
    z.strictObject({
      path,
      /** `unavailable` where the repository that was read lacks the file's content. */
      sha256: z.union([digest, z.literal('unavailable')]),
    }),
  ),
  /** Absent where there is no CHECKSUMS: authority `absent`. */
  checksums: checksums.optional(),
});
export type LockedProject = z.infer<typeof lockedProject>;

/** All pins of a release. */
export const lockSchema = z.strictObject({
  schema: z.literal('1', { error: 'this version reads lock schema 1' }),
  /** SHA-256 of the canonical JSON of everything else: tells a lock that was edited by hand. */
  digest,
  release: z.string().min(1),
  /** `1-30` */
  branch: releaseBranch,
  number: count,
  upstream: z.strictObject({
    repository: z.string().min(1),
    /** Which of the two commits the pins were read from. */
    tree: z.enum(['release', 'tag']),
    /** The commit that writes the release's number; absent for the few tags without one. */
    releaseCommit: z.strictObject({ commit, date: instant }).optional(),
    /** The git tag; absent for the few documented releases without one. */
    tag: z.strictObject({ name: z.string(), commit, date: instant }).optional(),
    /** Build inputs that differ between the two trees. */
    differences: z.array(z.strictObject({ path, change: z.enum(['added', 'changed', 'removed']) })),
  }),
  /** The repository of the builder images: without it, `go` rests on what upstream's own tree says. */
  buildTooling: z
    .strictObject({ repository: z.string().min(1), state: z.enum(['read', 'out-of-reach']) })
    .optional(),
  baseImages: z.array(z.strictObject({ name: z.string().min(1), tag: z.string().min(1), file: path })),
  /** By `<org>/<repo>`. */
  projects: z.record(path, lockedProject),
});
export type Lock = z.infer<typeof lockSchema>;
