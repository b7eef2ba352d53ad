import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Of a site: its folder of Kubernetes' files. */
export function filesIn(root: string, channel: string, number: number): string {
  return join(root, 'site', `kubernetes-${channel}`, 'releases', `${number}`, 'artifacts/kubernetes/v1.30.1');
}

/** What an archive holds, without folders; of licences, whether there are any. */
export function membersOf(file: string): readonly string[] {
  const names = execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }).trimEnd().split('\n');
  const files = names.filter((name) => !name.endsWith('/'));
  return [...new Set(files.map((name) => name.replace(/\/LICENSES\/.*/, '/LICENSES')))].sort();
}

/** What is below `kubernetes/` in every archive of upstream's with programs in a folder. */
export function archived(folder: string, programs: readonly string[]): readonly string[] {
  const within = ['ATTRIBUTION.txt', 'LICENSES', ...programs.map((name) => `${folder}/bin/${name}`)];
  return within.map((name) => `kubernetes/${name}`).sort();
}
