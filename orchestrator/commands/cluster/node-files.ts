import type { ClusterRelease } from '../../cluster/cluster-release.ts';
import { filesOfKops, type NodeFile } from '../../cluster/kops-files.ts';
import { isDigest } from '../../core/digest.ts';
import { type ExitCode, exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { openHttp } from '../../run/wiring/http.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import { lookUp } from '../../tool/http/look-up.ts';

/** Questions at once. */
const questionsAtOnce = 8;

/** The text at a URL, or whether anything is there. */
type Ask = (path: string, method: 'GET' | 'HEAD') => Promise<Result<string | undefined, Failure>>;

/**
 * Asks below the release's URL for every file that kOps takes from there, and says what is missing, or says something else
 * than lock, report and registry. The exit code is that of a difference where something is. Errors: those of `lookUp`.
 */
export async function checkNodeFiles(
  release: ClusterRelease,
  host: Host,
): Promise<Result<ExitCode, Failure>> {
  const { url } = release.artifacts;
  const site = { send: openHttp(host), signal: host.signal };
  const files = filesOfKops(release);
  const ask: Ask = (path, method) => lookUp(`${url}/${path}`, method, site);
  const answers = await inParallel(files, questionsAtOnce, (file) => whatIsWrong(file, ask));
  if (!answers.ok) return answers;
  const wrong = answers.value.filter((line) => line !== undefined);
  const all = `${countOf(files.length, 'file')} that kOps takes`;
  if (wrong.length === 0) {
    host.stderr.write(`✔ ${url} has all ${all}.\n`);
    return ok(exitCode.identical);
  }
  const lines = wrong.map((line) => `  ${line}\n`).join('');
  host.stderr.write(`✖ ${url} has not ${wrong.length} of ${all}, as they are to be:\n${lines}`);
  return ok(exitCode.different);
}

async function whatIsWrong(file: NodeFile, ask: Ask): Promise<Result<string | undefined, Failure>> {
  const { path } = file;
  if (file.kind === 'text') {
    const text = await ask(path, 'GET');
    if (!text.ok) return text;
    if (text.value === undefined) return ok(`${path} is not there`);
    const found = text.value.trim();
    return ok(found === file.text ? undefined : `${path} says ${JSON.stringify(found)}, not ${file.text}`);
  }
  const there = await ask(path, 'HEAD');
  if (!there.ok) return there;
  if (there.value === undefined) return ok(`${path} is not there`);
  const sum = await ask(`${path}.sha256`, 'GET');
  if (!sum.ok) return sum;
  if (sum.value === undefined) return ok(`${path}.sha256 is not there`);
  const [found = ''] = sum.value.trim().split(/\s+/);
  if (!isDigest(found)) return ok(`${path}.sha256 holds no SHA-256`);
  const { sha256 } = file;
  return ok(
    sha256 === undefined || found === sha256 ? undefined : `${path}.sha256 says ${found}, not ${sha256}`,
  );
}
