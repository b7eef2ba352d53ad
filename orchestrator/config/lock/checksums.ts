import { type Diagnostic, locate } from '../../core/diagnostic.ts';
import { isDigest } from '../../core/digest.ts';
import { isAssetName } from '../../core/names.ts';
import { isPlatform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Expectation } from './lock.ts';

/**
 * `<sha256>  _output/<branch>/bin/<repo>/<os>-<arch>/<file>`, Kubernetes' `.../bin/<os>/<arch>/<file>`; releases of 2021
 * leave out the branch.
 */
const shape =
  /^([0-9a-f]{64}) {2}_output\/(?:(1-[0-9]+)\/)?bin\/(?:[A-Za-z0-9._-]+\/([a-z]+)-([a-z0-9]+)|([a-z]+)\/([a-z0-9]+))\/([A-Za-z0-9][A-Za-z0-9._-]*)$/;

const help = 'Each line is a SHA-256, two spaces, and _output/<branch>/bin/<repo>/<os>-<arch>/<file>.';

/**
 * Reads a CHECKSUMS file of aws/eks-distro. Blank lines, white space around a line and a missing last newline occur there
 * and are let pass.
 * Errors: every other line of another shape, of another release branch, or of a file that has one already.
 */
export function parseChecksums(
  file: string,
  text: string,
  branch: string,
): Result<readonly Expectation[], readonly Diagnostic[]> {
  const expectations: Expectation[] = [];
  const complaints: Diagnostic[] = [];
  const seen = new Map<string, number>();
  let offset = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const start = offset + line.length - line.trimStart().length;
    const end = offset + line.trimEnd().length;
    offset += line.length + 1;
    if (end <= start) continue;
    const complain = (message: string): void => {
      complaints.push({ severity: 'error', message, location: locate(file, text, start, end), help });
    };
    const [, sha256 = '', lineBranch, os, arch, kubernetesOs, kubernetesArch, name = ''] =
      shape.exec(line.trim()) ?? [];
    const platform = `${os ?? kubernetesOs}/${arch ?? kubernetesArch}`;
    if (!isDigest(sha256) || !isPlatform(platform) || !isAssetName(name)) {
      complain('this line is no checksum of a built file');
      continue;
    }
    const key = `${platform} ${name.toLowerCase()}`;
    const earlier = seen.get(key);
    if (lineBranch !== undefined && lineBranch !== branch) {
      complain(`this line is of release branch ${lineBranch}, not ${branch}`);
    } else if (earlier !== undefined) {
      complain(`${name} for ${platform} has a checksum in line ${earlier} already`);
    } else {
      seen.set(key, index + 1);
      expectations.push({ platform, name, sha256, line: index + 1 });
    }
  }
  return complaints.length > 0 ? err(complaints) : ok(expectations);
}
