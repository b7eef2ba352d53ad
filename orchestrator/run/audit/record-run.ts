import { resolve } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { recordOf } from '../../verdict/record/record-of.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import { checkFolder } from '../../workspace/write-file.ts';
import type { Prepared } from '../prepare/prepare.ts';
import { buildDigests, dateOf } from './distinct-builds.ts';
import { openRecords } from './record-files.ts';

/** Whether records can be kept in a folder. Errors: those of `checkFolder`. */
export function checkRecording(folder: string, host: Host): Promise<Result<void, Failure>> {
  return checkFolder(resolve(host.cwd, folder));
}

/**
 * Keeps what one run says of its files, as an audit would, but of projects with patches of the user's own: that says nothing of what was
 * published, and would take the place of what does. Errors: those of `RecordFolder.renew`. @param folder `--records`.
 */
export async function recordRun(
  { lock, plan }: Pick<Prepared, 'lock' | 'plan'>,
  verdicts: readonly FileVerdict[],
  { folder, by }: { readonly folder: string; readonly by: string },
  host: Host,
): Promise<Result<void, Failure>> {
  const digests = buildDigests(plan);
  const patched = plan.projects.filter(({ hasUserPatches }) => hasUserPatches);
  sayUnrecorded(
    patched.map(({ project }) => project),
    host,
  );
  const pure = plan.projects.filter(({ hasUserPatches }) => !hasUserPatches);
  const lockedOf = new Map(pure.map(({ project, locked }) => [project, locked]));
  const date = dateOf(lock);
  const records = verdicts.flatMap((verdict) => {
    const locked = lockedOf.get(verdict.project);
    const build = digests.get(verdict.project);
    return (locked && recordOf(verdict, { release: lock.release, date, locked, build, by })) ?? [];
  });
  if (records.length === 0) return ok(undefined);
  return openRecords(resolve(host.cwd, folder), host).renew(lock.release, records);
}

/** Says once that nothing is recorded of some projects. */
export function sayUnrecorded(projects: Iterable<string>, host: Pick<Host, 'stderr'>): void {
  const names = [...projects].sort();
  if (names.length === 0) return;
  host.stderr.write(`Nothing is recorded of ${names.join(', ')}: patches of your own are applied there.\n`);
}
