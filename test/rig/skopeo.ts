import { execFileSync } from 'node:child_process';

/** Runs skopeo, an independent client, against registries in plain http. Gives what it writes. */
export function skopeo(...args: readonly string[]): string {
  const plain =
    args[0] === 'copy' ? ['--src-tls-verify=false', '--dest-tls-verify=false'] : ['--tls-verify=false'];
  const [verb = '', ...rest] = args;
  const insecure = rest.some((each) => each.includes('docker://')) ? plain : [];
  // Its default policy is a file that a machine need not have.
  const argv = ['--insecure-policy', verb, ...insecure, ...rest];
  return execFileSync('skopeo', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
