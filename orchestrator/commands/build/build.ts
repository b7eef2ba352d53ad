import { resolve } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { checkOutput, layOut } from '../../run/deliver/lay-out.ts';
import { type RebuildOptions, type Rebuilt, rebuild } from '../../run/rebuild.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { type PlaceOptions, showClusterPolicy } from '../words/cluster-policy.ts';
import { reportFailure } from '../words/report-failure.ts';

/**
 * `eksd-rebuild build RELEASE --output FOLDER`: what `verify` does, and the files that were built, laid out as upstream's
 * `_output/<branch>/bin/<repo>/<os>-<arch>/<file>`, with a SHA256SUMS that `sha256sum -c` reads.
 */
export async function build(
  release: string,
  options: RebuildOptions & PlaceOptions & { readonly output: string },
  host: Host,
): Promise<number> {
  if (options.policy === true) return showClusterPolicy(options, host);
  const output = resolve(host.cwd, options.output);
  const use = async (rebuilt: Rebuilt): Promise<Result<void, Failure>> => {
    rebuilt.say('laying out files');
    const files = await layOut(rebuilt, output);
    rebuilt.say('');
    if (!files.ok) return files;
    const place = shownPath(output, host.cwd);
    const there =
      files.value.files === 0
        ? 'No file was built: nothing is laid out in'
        : `${countOf(files.value.files, 'file')} and SHA256SUMS in`;
    host.stderr.write(`${there} ${place}\n`);
    const { removed, changed } = files.value;
    if (removed > 0)
      host.stderr.write(`Removed what an earlier build left there: ${countOf(removed, 'file')}.\n`);
    if (changed.length > 0)
      host.stderr.write(`Left as they are, changed since an earlier build: ${changed.join(', ')}.\n`);
    return ok(undefined);
  };
  const isFree = await checkOutput(output);
  const result = isFree.ok ? await rebuild(release, options, host, { use, reads: 'programs' }) : isFree;
  return result.ok ? result.value : reportFailure(result.error, host);
}
