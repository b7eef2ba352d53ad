import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Override } from '../../config/lock/override.ts';
import { type PatchedFile, readPatch, whyUnsafePatch } from '../../config/lock/patch-text.ts';
import { defined } from '../../core/defined.ts';
import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { PatchPin, SourceNode } from '../../plan/node-go.ts';
import { readBytes, sizeLimit } from '../../tool/file/read-file.ts';
import type { CloneContext, GitClones } from '../../tool/git/clones.ts';
import { type LocalGit, runGit } from '../../tool/git/command.ts';
import { lastLines } from '../../tool/process/command-failure.ts';
import { committer } from './inputs.ts';

/** A patch whose bytes are at hand and are the pinned ones. */
export interface Patch {
  readonly pin: PatchPin;
  readonly file: string;
  readonly parts: readonly PatchedFile[];
}

/**
 * Brings the patches' bytes into a folder and checks them against their pins.
 * Errors: `digest-mismatch`, `unsafe-path`, `source-unavailable` and the others of `GitClones.ensure`.
 */
export async function collectPatches(
  pins: readonly PatchPin[],
  folder: string,
  git: LocalGit,
  clones: GitClones,
  context: CloneContext,
): Promise<Result<readonly Patch[], Failure>> {
  const patches: Patch[] = [];
  for (const [index, pin] of pins.entries()) {
    const file = join(folder, `${String(index + 1).padStart(4, '0')}-${basename(pin.path)}`);
    const got = await bytesOf(pin, file, git, clones, context);
    if (!got.ok) return got;
    const found = digestOf(got.value);
    if (found !== pin.sha256) {
      const help = pin.from.kind === 'user' ? 'It was changed since this run began: run again.' : undefined;
      const what = `patch ${pin.path}`;
      return err({ reason: 'digest-mismatch', what, expected: pin.sha256, found, ...defined({ help }) });
    }
    const parts = readPatch(got.value.toString('utf8'));
    const unsafe = whyUnsafePatch(parts);
    if (unsafe !== undefined) {
      return err({
        reason: 'unsafe-path',
        path: unsafe.path,
        where: `patch ${pin.path}`,
        detail: unsafe.why,
      });
    }
    patches.push({ pin, file, parts });
  }
  return ok(patches);
}

async function bytesOf(
  pin: PatchPin,
  file: string,
  git: LocalGit,
  clones: GitClones,
  context: CloneContext,
): Promise<Result<Buffer, Failure>> {
  if (pin.from.kind === 'user') {
    const bytes = await readWhole(pin, pin.from.file);
    if (bytes.ok) await writeFile(file, bytes.value);
    return bytes;
  }
  const { repository, commit } = pin.from;
  const clone = await clones.ensure(repository, { kind: 'commit', commit }, context);
  if (!clone.ok) return clone;
  const args = ['cat-file', 'blob', `${commit}:${pin.path}`];
  const read = await runGit(git, args, { gitDir: clone.value.gitDir, stdoutFile: file });
  if (read.ok) return readWhole(pin, file);
  if (read.error.reason !== 'command-failed') return read;
  const wanted = `patch ${pin.path} at commit ${commit}`;
  return err({ reason: 'source-unavailable', repository, wanted, detail: read.error.output });
}

async function readWhole(pin: PatchPin, file: string): Promise<Result<Buffer, Failure>> {
  const bytes = await readBytes(file, { limit: sizeLimit.source });
  if (bytes.ok && bytes.value !== undefined) return ok(bytes.value);
  const detail = `it cannot be read: it ${bytes.ok ? 'is not there any more' : bytes.error}`;
  return err({ reason: 'patch-failed', patch: pin.path, file: undefined, hunk: undefined, detail });
}

/**
 * Commits a patch onto HEAD of a checkout as upstream did, so that the commit is a function of the parent and the patch.
 * Upstream gave all its patches to one `git am`; one each makes the same commits, and tells which one failed.
 * @param override what is done otherwise: without a commit, or by somebody else at some other time.
 * Errors: `patch-failed` with the file and hunk; `unsafe-path` where git refuses a path, one through a symbolic link say.
 */
export async function applyPatch(
  patch: Patch,
  git: LocalGit,
  place: { readonly gitDir: string; readonly workTree: string },
  override: SourceNode['override'],
): Promise<Result<void, Failure>> {
  const { name, email, date }: NonNullable<Override['committer']> = override?.committer ?? committer;
  const args =
    override?.patching === 'uncommitted'
      ? ['apply', '--index', patch.file]
      : ['am', ...(date === undefined ? ['--committer-date-is-author-date'] : []), patch.file];
  const applied = await runGit(git, args, {
    ...place,
    env: {
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
      ...defined({ GIT_COMMITTER_DATE: date }),
    },
  });
  if (applied.ok) return ok(undefined);
  return err(
    applied.error.reason === 'command-failed' ? whyPatchFailed(patch, applied.error.output) : applied.error,
  );
}

/** What git says of a patch that it does not apply. */
export function whyPatchFailed(patch: Patch, output: string): Failure {
  const where = `patch ${patch.pin.path}`;
  const beyond = /affected file '(.*)' is beyond a symbolic link/.exec(output);
  if (beyond !== null) {
    return { reason: 'unsafe-path', path: beyond[1] ?? '', where, detail: 'goes through a symbolic link' };
  }
  const invalid = /invalid path '(.*)'/.exec(output);
  if (invalid !== null)
    return { reason: 'unsafe-path', path: invalid[1] ?? '', where, detail: 'is refused by git' };

  const failed = /^error: patch failed: (.*):([0-9]+)$/m.exec(output);
  const file = failed?.[1] ?? /^error: (.*): [^:]+$/m.exec(output)?.[1];
  const part = patch.parts.find((each) => file !== undefined && each.names.includes(file));
  const hunk = failed === null ? -1 : (part?.hunks.indexOf(Number(failed[2])) ?? -1);
  return {
    reason: 'patch-failed',
    patch: patch.pin.path,
    file: part === undefined ? undefined : file,
    hunk: hunk < 0 ? undefined : hunk + 1,
    detail: lastLines(
      output.replace(/^(hint|Applying|Patch failed|When you have|If you prefer|To restore).*\n?/gm, ''),
      6,
    ),
  };
}
