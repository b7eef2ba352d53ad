import type { LockedKubernetes } from '../config/project/kubernetes.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import { instantOf } from './history.ts';
import { fileIn, readText, type Tree } from './upstream.ts';

const folder = 'projects/kubernetes/kubernetes';

/** The script that called Kubernetes' own ones. */
const script = `${folder}/build/lib/binaries.sh`;

/**
 * The rule by which a tree's scripts have versions stamped, and the line that tells it from the others:
 *
 * - E6 names a version file; all before it set the values themselves.
 * - E3 takes the date from the history of the patches, E4 and E5 from the patched checkout.
 * - E4 still has Kubernetes' vendor folder made anew after patching.
 * - E0 knows nothing of the date, and leaves paths of the build as they are.
 *
 * Undefined where there is no such script. Errors: `source-unavailable` where the repository lacks its content.
 */
export async function stampingIn(
  tree: Tree,
  branch: string,
): Promise<Result<LockedKubernetes['stamping'] | undefined, Failure>> {
  const file = fileIn(tree, script);
  if (file === undefined) return ok(undefined);
  const text = await readText(tree, file);
  if (!text.ok) return text;
  const found = ruleIn(text.value);
  const { rule } = found;
  return ok({
    rule,
    read: `${script}:${found.line}`,
    ...(rule === 'E3' ? { patched: instantOf(lastPatched(tree, branch)) } : {}),
  });
}

/** @param text of the script. Comments in it count for nothing. */
export function ruleIn(text: string): {
  readonly rule: LockedKubernetes['stamping']['rule'];
  readonly line: number;
} {
  const lines = text.split('\n');
  const lineOf = (pattern: RegExp): number | undefined => {
    const at = lines.findIndex((line) => pattern.test(line) && !/^\s*#/.test(line));
    return at === -1 ? undefined : at + 1;
  };
  const versionFile = lineOf(/\bKUBE_GIT_VERSION_FILE=/);
  if (versionFile !== undefined) return { rule: 'E6', line: versionFile };
  const version = lineOf(/\bKUBE_GIT_VERSION=/);
  if (version === undefined) return { rule: 'E0', line: lineOf(/hack\/make-rules\/build\.sh/) ?? 1 };
  const ofPatches = lineOf(/\bSOURCE_DATE_EPOCH=.*\/patches\b/);
  if (ofPatches !== undefined) return { rule: 'E3', line: ofPatches };
  const vendoring = lineOf(/hack\/update-vendor\.sh/);
  return vendoring === undefined ? { rule: 'E5', line: version } : { rule: 'E4', line: vendoring };
}

/** The committer's time of the last commit that touched a branch's patches, added or removed: seconds since 1970. */
function lastPatched({ history, place }: Tree, branch: string): number {
  const below = `${folder}/${branch}/patches/`;
  const places = history
    .matches(anyPatch)
    .filter(([path]) => path.startsWith(below))
    .flatMap(([path]) => history.changes(path).map(({ since }) => since))
    .filter((since) => since <= place);
  return history.commits[Math.max(...places)]?.time ?? 0;
}

const anyPatch = /^projects\/kubernetes\/kubernetes\/1-[0-9]+\/patches\/.+$/;
