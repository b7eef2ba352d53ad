import type { Lock } from '../../config/lock/lock.ts';
import type { Override } from '../../config/lock/override.ts';
import type { Failure } from '../../core/failure.ts';
import { isReleaseName } from '../../core/names.ts';
import type { Host } from '../../host.ts';
import { readText, sizeLimit } from '../../tool/file/read-file.ts';
import { loadOverlay, overlayFileOf, overridesOf } from '../../workspace/overlay.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** What was accepted for releases, beside their locks. */
interface Overlays {
  /** Of a release's projects; undefined where what was accepted cannot be read: then nobody knows how they are built. */
  of(release: string): ReadonlyMap<string, Override> | undefined;
  /** What stands for it: the file's text. */
  textOf(release: string): string;
  readonly troubles: readonly Failure[];
}

export async function overlaysFor(
  releases: readonly string[],
  lockOf: (release: string) => Promise<Lock | undefined>,
  workspace: Workspace,
  host: Host,
): Promise<Overlays> {
  const texts = new Map<string, string>();
  const overrides = new Map<string, ReadonlyMap<string, Override> | undefined>();
  const troubles: Failure[] = [];
  for (const release of releases.filter(isReleaseName)) {
    const file = overlayFileOf(workspace, release);
    const text = await readText(file, { limit: sizeLimit.lock, refuseLink: true }, shownPath(file, host.cwd));
    if (text.ok && text.value === undefined) continue;
    const lock = await lockOf(release);
    if (lock === undefined) continue;
    const overlay = await loadOverlay(workspace, lock, host.cwd);
    texts.set(release, text.ok ? (text.value ?? '') : 'not read');
    overrides.set(release, overlay.ok ? overridesOf(overlay.value) : undefined);
    if (!overlay.ok) troubles.push(overlay.error);
  }
  return {
    of: (release) => (overrides.has(release) ? overrides.get(release) : none),
    textOf: (release) => texts.get(release) ?? '',
    troubles,
  };
}

const none: ReadonlyMap<string, Override> = new Map();
