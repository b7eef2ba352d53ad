import { z } from 'zod';
import { commit, digest, goVersion, instant, path, repositoryUrl } from '../fields.ts';
import { absolutePath } from '../project/build-layout.ts';
import { goBuildFlags, goLinkerFlags, stamps, stampVariable } from '../project/flags.ts';
import { whyNoGoVariable } from '../project/go-flags.ts';

const patchedGo = z.strictObject({
  version: goVersion,
  /** Patches of a Go distribution, in order, that change what a program contains; none: the official Go. */
  patches: z.array(z.strictObject({ path, sha256: digest, repository: repositoryUrl, commit })),
});

const goVariables = z
  .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'expected the name of a variable'), z.string())
  .superRefine((variables, context) => {
    for (const [name, value] of Object.entries(variables)) {
      const why = whyNoGoVariable(name, value);
      if (why !== undefined) context.addIssue({ code: 'custom', message: why, path: [name] });
    }
  });

/** Whom git writes down: on one line, and without what it ends a name with. */
const person = z.string().regex(/^[^<>\p{Cc}]{1,256}$/u, 'expected a name on one line, without < and >');

/**
 * What is done otherwise for a project than its lock and its recipe say: one thing where a cause is tried, and what a
 * user has accepted as the way a file was really built. Every member that is absent leaves things as they are.
 */
export const overrideSchema = z.strictObject({
  /** Another Go. */
  go: patchedGo.optional(),
  /** The release's patches that are applied, in this order, by path. */
  patches: z.array(path).optional(),
  /** Whether patches become commits (the default), or only change the files. */
  patching: z.enum(['committed', 'uncommitted']).optional(),
  /** Who commits patches, and when, where it is not the patch's own date. */
  committer: z.strictObject({ name: person, email: person, date: instant.optional() }).optional(),
  /** Go's version-control stamp: of a modified checkout (the default), of one without untracked files, or none. */
  stamp: z.enum(['modified', 'clean', 'absent']).optional(),
  /** Which of the tags that lead to the source's commit are in its git folder: all, those of its own minor version, none. */
  tags: z.enum(['all', 'minor', 'none']).optional(),
  /** Values of `-X`, by name: in the place of the recipe's. */
  stamps: stamps.optional(),
  /** Names whose `-X` is left out. */
  withoutStamps: z.array(stampVariable).optional(),
  /** The words of `-ldflags` before the stamps. */
  ldflags: goLinkerFlags.optional(),
  /** Flags of `go build` in the place of the recipe's. */
  flags: goBuildFlags.optional(),
  /** Whether `-trimpath` is given; it is. */
  trimpath: z.enum(['yes', 'no']).optional(),
  /** Where upstream had the checkout, for a recipe whose programs hold that path. */
  at: absolutePath.optional(),
  /** Whether modules come from the module cache, with their sums, or from a `vendor` folder, without. */
  modules: z.enum(['cache', 'vendor']).optional(),
  /** Environment of the go command: `GOAMD64`, `CGO_ENABLED`. */
  environment: goVariables.optional(),
});
export type Override = z.infer<typeof overrideSchema>;
