import { byCodeUnit, canonicalJson, type Json } from '../../core/canonical-json.ts';
import { releaseAnnotation } from '../../publish/former-site.ts';
import type { Allowance } from '../../statement/allowance.ts';
import type { VerdictName } from '../../verdict/verify/verdict.ts';
import type { Rebuilt } from '../rebuild.ts';
import type { Judged } from './refusal.ts';

/** The same, and the worst of what is said of what it holds. */
export interface Annotated extends Judged {
  readonly verdict?: VerdictName;
}

/**
 * What a manifest says of how its files came to be, each an annotation of its own: `release`, `lock`; `verdicts`, which names files and
 * images by what is said of the programs in them (`none`: they hold none); and where there is any, `unverified`, `allowed`,
 * `own-patches`, `left-out` (projects), `left-out-files` (of images, by path). All but the first two are canonical JSON.
 */
export function annotationsOf(
  { prepared, lock, report }: Pick<Rebuilt, 'prepared' | 'lock' | 'report'>,
  all: readonly Annotated[],
  leftOutFiles: readonly string[],
  allowances: readonly Allowance[],
): Readonly<Record<string, string>> {
  const verdicts: Record<string, string[]> = {};
  const unverified: Record<string, string[]> = {};
  for (const each of [...all].sort((a, b) => byCodeUnit(a.name, b.name))) {
    const verdict = each.verdict ?? 'none';
    verdicts[verdict] = [...(verdicts[verdict] ?? []), each.name];
    if (each.unverified.length === 0) continue;
    unverified[each.name] = each.unverified
      .map(({ file, verdict: said }) => `${file} (${said})`)
      .sort(byCodeUnit);
  }
  const patches: Record<string, string> = {};
  for (const pins of prepared.userPatches.values()) {
    for (const { path, sha256 } of pins) patches[path] = sha256;
  }
  const { projects } = prepared.plan;
  const there = new Set(
    projects.flatMap(({ project, state }) => (state.kind === 'no-recipe' ? [] : [project])),
  );
  const leftOut = Object.keys(lock.projects).filter((name) => !there.has(name));
  const parts: Readonly<Record<string, Json>> = {
    verdicts,
    unverified,
    // What was allowed and was not there changes nothing.
    allowed: allowances.filter(({ verdict }) => isIn(all, verdict)) as unknown as Json,
    'own-patches': patches,
    'left-out': leftOut.sort(byCodeUnit),
    'left-out-files': leftOutFiles,
  };
  const texts = Object.entries(parts).flatMap(([name, value]) =>
    Object.keys(value as object).length === 0
      ? []
      : [[`eksd-rebuild/${name}`, canonicalJson(value)] as const],
  );
  return {
    [releaseAnnotation]: report.release.name,
    'eksd-rebuild/lock': report.release.lock,
    ...Object.fromEntries(texts),
  };
}

function isIn(all: readonly Annotated[], verdict: VerdictName): boolean {
  return all.some(({ unverified }) => unverified.some((each) => each.verdict === verdict));
}
