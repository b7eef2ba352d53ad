import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readGoPatch } from '../../config/lock/go-patch.ts';
import { canonicalJson, type Json } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { ToolchainNode } from '../../plan/node-go.ts';
import type { GitClones } from '../../tool/git/clones.ts';
import { type LocalGit, runGit } from '../../tool/git/command.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import { succeeded } from '../../tool/process/process.ts';
import { collectPatches, type Patch, whyPatchFailed } from '../source/apply-patches.ts';
import type { Outputs, TaskContext } from '../task.ts';

export interface PatchingOptions {
  readonly clones: GitClones;
  /** Of `hermeticGitEnvironment`. */
  readonly gitEnv: Readonly<Record<string, string>>;
}

/**
 * A GOROOT whose standard library has patches. Of these, only what programs are compiled of is applied (see
 * `go-patch.ts`): tests and other systems' files need not even be there. The compiler and the go command stay the official
 * ones. What was compiled of the official source and comes with a GOROOT before Go 1.20 is left out: go makes it anew.
 * Errors: those of `collectPatches`; `patch-failed` with patch, file and hunk.
 */
export async function patchGoroot(
  node: ToolchainNode,
  official: NodeId,
  context: TaskContext,
  options: PatchingOptions,
): Promise<Result<Outputs, Failure>> {
  const git: LocalGit = { run: context.run, env: options.gitEnv, signal: context.signal };
  const patches = await collectPatches(node.patches, context.scratch, git, options.clones, context);
  if (!patches.ok) return patches;
  const goroot = join(context.output, 'go');
  for (const [program, ...args] of [
    ['cp', '-a', join(context.tree(official), 'go'), goroot],
    ['chmod', '-R', 'u+w', goroot],
  ] as const) {
    const command = {
      ...{ program, args, cwd: context.scratch, network: 'none' as const, signal: context.signal },
      env: { LC_ALL: 'C', PATH: options.gitEnv['PATH'] ?? '' },
    };
    const outcome = await context.run(command);
    if (!succeeded(outcome)) return err(failureOf(command, outcome));
  }
  await dropCompiled(goroot);
  // A repository of its own, so that git looks for none around the cache: it would pass over files outside of that.
  const gitDir = join(context.scratch, 'none.git');
  const made = await runGit(git, ['init', '--quiet', '--bare', '--template=', gitDir], {});
  if (!made.ok) return made;
  for (const [index, patch] of patches.value.entries()) {
    context.progress(`applying patch ${index + 1} of ${patches.value.length}`);
    const applied = await apply(patch, git, { gitDir, workTree: goroot });
    if (!applied.ok) return applied;
  }
  const origin = await readFile(join(context.tree(official), 'toolchain.json'), 'utf8');
  const record = {
    official: JSON.parse(origin) as Json,
    patches: node.patches.map((patch) => patch.sha256),
  };
  await writeFile(join(context.output, 'toolchain.json'), canonicalJson(record));
  return ok({});
}

async function apply(
  patch: Patch,
  git: LocalGit,
  place: { readonly gitDir: string; readonly workTree: string },
): Promise<Result<void, Failure>> {
  const { files } = readGoPatch(patch.pin.path, await readFile(patch.file, 'utf8'));
  // Without a word on what to apply, git applies all of it.
  if (files.length === 0) return ok(undefined);
  // Patterns: `*` and the like would be more than the name.
  const only = files.map((file) => `--include=${file.replace(/[*?[\\]/g, '\\$&')}`);
  const applied = await runGit(git, ['apply', ...only, patch.file], place);
  if (applied.ok) return ok(undefined);
  return err(
    applied.error.reason === 'command-failed' ? whyPatchFailed(patch, applied.error.output) : applied.error,
  );
}

/** `pkg/linux_amd64` and the like; `pkg/tool` and `pkg/include` stay. */
async function dropCompiled(goroot: string): Promise<void> {
  const names = await readdir(join(goroot, 'pkg')).catch(() => []);
  for (const name of names.filter((each) => /^[a-z0-9]+_[a-z0-9]+/.test(each))) {
    await rm(join(goroot, 'pkg', name), { recursive: true });
  }
}
