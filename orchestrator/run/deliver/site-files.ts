import { join } from 'node:path';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { PlannedFile } from '../../plan/archives.ts';
import type { Rebuilt } from '../rebuild.ts';

/** A file of a release's site that was made. */
export interface SiteFile {
  readonly planned: PlannedFile;
  /** In a tree of the store. Absolute. */
  readonly source: string;
  readonly sha256: Digest;
  readonly isExecutable: boolean;
}

/** Those that were made of the files that were planned, in their order. Errors: those of the store; `missing-output`. */
export async function siteFiles({
  prepared,
  report,
  store,
}: Pick<Rebuilt, 'prepared' | 'report' | 'store'>): Promise<Result<readonly SiteFile[], Failure>> {
  const trees = new Map(report.nodes.map(({ id, tree }) => [id, tree]));
  const made: SiteFile[] = [];
  for (const planned of prepared.plan.files) {
    const { node, file, path } = planned;
    const tree = trees.get(node);
    if (tree === undefined) continue;
    const entries = await store.entries(tree);
    if (!entries.ok) return entries;
    const entry = entries.value.find((each) => each.path === file);
    if (entry?.type !== 'file') {
      return err({ reason: 'missing-output', file: path, detail: `${node} has made no file ${file}` });
    }
    const source = join(store.treePath(tree), file);
    made.push({ planned, source, sha256: entry.sha256, isExecutable: entry.executable });
  }
  return ok(made);
}
