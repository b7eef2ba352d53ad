import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A folder to work in, and the folder of `repodata/` for x86_64, by its URL. */
interface DnfWorld {
  readonly folder: string;
  readonly repository: string;
}

/** Runs Debian's dnf on that repository alone, for a root below the folder. Gives what it writes. */
export function dnf(
  { folder, repository }: DnfWorld,
  root: string,
  ...words: readonly string[]
): Promise<string> {
  const settings = [
    ...['install_weak_deps=0', 'reposdir=/nonexistent', 'pluginpath=/nonexistent', 'gpgcheck=0'],
    ...[`cachedir=${join(folder, 'dnf', root)}`, `logdir=${join(folder, 'dnf')}`, 'tsflags=noscripts'],
    'varsdir=/nonexistent',
  ].flatMap((each) => ['--setopt', each]);
  const place = ['--installroot', join(folder, root), '--repofrompath', `tests,${repository}`];
  const args = [...place, ...settings, '--repo', 'tests', '--releasever', '2', '--forcearch', 'x86_64', '-y'];
  const env = { ...process.env, LC_ALL: 'C' };
  // The repository is served by this very process, which therefore must not wait in a sleep.
  return new Promise((resolve, reject) => {
    execFile('dnf', [...args, ...words], { env }, (error, stdout, stderr) => {
      // 100: check-update found some.
      if (error === null || error.code === 100) resolve(stdout);
      else reject(new Error(`dnf: ${stdout}\n${stderr}`));
    });
  });
}

/** What dnf would install: names of files. */
export async function dnfResolves(
  context: DnfWorld,
  root: string,
  names: readonly string[],
): Promise<readonly string[]> {
  await dnf(context, root, 'install', '--downloadonly', ...names);
  return packagesBelow(join(context.folder, 'dnf', root));
}

/** Names of the packages below a folder, sorted. */
export function packagesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.rpm'))
    .map((name) => basename(name))
    .sort();
}
