import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { byCodeUnit } from '../core/canonical-json.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { guarded } from '../store/errno.ts';
import type { FileVerdict } from '../verify/verdict.ts';
import { type RebuildOptions, type Rebuilt, rebuild } from './rebuild.ts';
import { reportFailure } from './report-failure.ts';
import { shownPath } from './shown-path.ts';

/**
 * `eksd-rebuild build RELEASE --output FOLDER`: what `verify` does, and the files that were built, laid out as upstream's
 * `_output/<branch>/bin/<repo>/<os>-<arch>/<file>`, with a SHA256SUMS that `sha256sum -c` reads.
 */
export async function build(
  release: string,
  options: RebuildOptions & { readonly output: string },
  host: Host,
): Promise<number> {
  const output = resolve(host.cwd, options.output);
  const result = await rebuild(release, options, host, (rebuilt) => layOut(rebuilt, output, host));
  return result.ok ? result.value : reportFailure(result.error, host);
}

async function layOut(rebuilt: Rebuilt, output: string, host: Host): Promise<Result<void, Failure>> {
  const { report, store, lock } = rebuilt;
  const trees = new Map(report.nodes.map((node) => [node.id, node.tree]));
  return guarded(output, async () => {
    const sums: string[] = [];
    for (const verdict of report.verdicts) {
      const tree = verdict.node === undefined ? undefined : trees.get(verdict.node);
      if (verdict.found === undefined || tree === undefined) continue;
      const place = publishedPath(lock.branch, verdict);
      const target = join(output, place);
      await mkdir(dirname(target), { recursive: true });
      // A link that stands there is replaced, not followed.
      await rm(target, { force: true });
      await copyFile(join(store.treePath(tree), verdict.name), target, constants.COPYFILE_EXCL);
      await chmod(target, 0o755);
      sums.push(`${verdict.found}  ${place}`);
    }
    await mkdir(output, { recursive: true });
    const text = sums.sort((a, b) => byCodeUnit(a.slice(66), b.slice(66))).map((line) => `${line}\n`);
    await rm(join(output, 'SHA256SUMS'), { force: true });
    await writeFile(join(output, 'SHA256SUMS'), text.join(''));
    host.stderr.write(`${sums.length} files and SHA256SUMS in ${shownPath(output, host.cwd)}\n`);
    return ok(undefined);
  });
}

/** Where upstream's make rules put a file. */
function publishedPath(branch: string, { project, platform, name }: FileVerdict): string {
  // Upstream cloned kubernetes/release into a folder of another name, because its own `release` was taken.
  const repo = project === 'kubernetes/release' ? 'release-src' : (project.split('/').at(-1) ?? project);
  return `_output/${branch}/bin/${repo}/${platform.replace('/', '-')}/${name}`;
}
