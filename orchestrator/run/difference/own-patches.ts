import {
  fixesOf,
  messageOf,
  subjectInName,
  subjectOf,
  vulnerabilitiesIn,
} from '../../config/lock/patch-message.ts';
import type { Failure } from '../../core/failure.ts';
import { projectsIn } from '../../core/names.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { ComparedPatch } from '../../release/difference/difference.ts';
import { readSource } from '../../tool/file/read-file.ts';
import type { LoadedRelease } from '../../workspace/loaded-release.ts';
import { findStrayPatches, loadUserPatches } from '../../workspace/own-patches.ts';

/** The user's own patches for a release, by project, as a build would apply them. Errors: those of `loadUserPatches` and `findStrayPatches`. */
export async function loadOwnPatches(
  { workspace, lock }: Pick<LoadedRelease, 'workspace' | 'lock'>,
  host: Host,
): Promise<Result<ReadonlyMap<string, readonly ComparedPatch[]>, Failure>> {
  const found = new Map<string, readonly ComparedPatch[]>();
  for (const project of projectsIn(lock.projects)) {
    const pins = await loadUserPatches(workspace.patches, project, host.cwd);
    if (!pins.ok) return pins;
    const patches: ComparedPatch[] = [];
    for (const { path, sha256, from } of pins.value) {
      const message = messageOf(from.kind === 'user' ? await readSource(from.file) : '');
      const subject = subjectOf(message) ?? subjectInName(path);
      const fixes = fixesOf(path, vulnerabilitiesIn(message));
      patches.push({ path, sha256, subject, fixes, own: true });
    }
    if (patches.length > 0) found.set(project, patches);
  }
  const stray = await findStrayPatches(workspace, lock, host);
  return stray.ok ? ok(found) : stray;
}
