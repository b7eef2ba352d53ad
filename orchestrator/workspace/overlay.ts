import { join } from 'node:path';
import type { Lock } from '../config/lock/lock.ts';
import type { Accepted, Overlay } from '../config/lock/overlay.ts';
import type { Override } from '../config/lock/override.ts';
import type { Failure } from '../core/failure.ts';
import type { ReleaseName } from '../core/names.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { unknownPatches } from '../plan/override.ts';
import { readText, sizeLimit } from '../tool/file/read-file.ts';
import { shownPath } from './shown-path.ts';
import type { Workspace } from './workspace.ts';
import { writeWholeFile } from './write-file.ts';

/** Where a release's overlay is, in the root of the workspace. */
export function overlayFileOf(workspace: Workspace, release: ReleaseName): string {
  return join(workspace.root, 'releases', `${release}.overlay.yaml`);
}

/**
 * Reads the overlay of a release; none where there is no file. Errors: `configuration` for a malformed one, or one that speaks of
 * a project or a patch that the lock does not have.
 */
export async function loadOverlay(
  workspace: Workspace,
  lock: Lock,
  cwd: string,
): Promise<Result<Overlay['projects'], Failure>> {
  const file = overlayFileOf(workspace, lock.release);
  const shown = shownPath(file, cwd);
  // What was accepted is written there again: through a link it would go anywhere.
  const text = await readText(file, { limit: sizeLimit.lock, refuseLink: true }, shown);
  if (!text.ok) return err({ reason: 'configuration', diagnostics: [text.error] });
  if (text.value === undefined) return ok({});
  const { decodeOverlay } = await import('../config/lock/overlay.ts');
  const decoded = decodeOverlay(shown, text.value);
  if (!decoded.ok) return err({ reason: 'configuration', diagnostics: decoded.error });
  const { value, complain } = decoded.value;
  if (value.release !== lock.release) {
    const other = complain(['release'], `this is the overlay of ${value.release}, whose file has that name`);
    return err({ reason: 'configuration', diagnostics: [other] });
  }
  const diagnostics = Object.entries(value.projects).flatMap(([project, { override }]) => {
    const place = ['projects', project];
    const locked = lock.projects[project];
    if (locked === undefined) return [complain(place, `${project} is not a project of ${lock.release}`)];
    const unknown = unknownPatches(locked, override);
    const where = [...place, 'override', 'patches'];
    return unknown.map((path) => complain(where, `the lock has no patch ${path}`));
  });
  return diagnostics.length === 0 ? ok(value.projects) : err({ reason: 'configuration', diagnostics });
}

/** Writes what was accepted for projects into the overlay, beside what stands there of others. Errors: those of `writeWholeFile`. */
export async function writeOverlay(
  workspace: Workspace,
  lock: Lock,
  accepted: ReadonlyMap<string, Accepted>,
  host: Host,
): Promise<Result<string, Failure>> {
  const before = await loadOverlay(workspace, lock, host.cwd);
  if (!before.ok) return before;
  const projects = { ...before.value, ...Object.fromEntries(accepted) };
  const file = overlayFileOf(workspace, lock.release);
  const { renderOverlay } = await import('../config/lock/overlay.ts');
  const text = renderOverlay({ schema: '1', release: lock.release, projects });
  const written = await writeWholeFile(file, text, host);
  return written.ok ? ok(file) : written;
}

/** The overrides of an overlay, by project. */
export function overridesOf(projects: Overlay['projects']): ReadonlyMap<string, Override> {
  return new Map(Object.entries(projects).map(([project, { override }]) => [project, override]));
}
