import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { whyUnsafePath } from '../../core/relative-path.ts';
import { textWithin } from '../source/within.ts';
import { takeVendored } from './vendor-folder.ts';

/** Whether a module's folder came with a `vendor` that says which modules it holds. */
export async function hasCommittedVendor(moduleFolder: string): Promise<boolean> {
  return access(join(moduleFolder, 'vendor', 'modules.txt')).then(
    () => true,
    () => false,
  );
}

/**
 * Takes the `vendor` folder that a project committed in the place of modules that can no longer be fetched. Up to Go 1.22
 * what is built from it names the sums of its modules where the module cache has them, and there was one when upstream
 * built: so a module cache is made that has the sums of go.sum, and nothing else.
 * @param moduleFolder as it was checked out.
 * @param output the task's.
 */
export async function takeCommittedVendor(moduleFolder: string, output: string): Promise<void> {
  const [list = '', sums = ''] = await Promise.all(
    [join('vendor', 'modules.txt'), 'go.sum'].map((file) => textWithin(moduleFolder, file)),
  );
  const downloads = join(output, 'gopath', 'pkg', 'mod', 'cache', 'download');
  const known = readSums(sums);
  for (const { path, version } of vendoredModules(list)) {
    const sum = known.get(`${path} ${version}`);
    // It becomes the name of a file, and is whatever upstream wrote there.
    if (sum === undefined || whyUnsafePath(`${path}/${version}`) !== undefined || version.includes('/'))
      continue;
    const file = join(downloads, escaped(path), '@v', `${escaped(version)}.ziphash`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, sum);
  }
  await takeVendored(moduleFolder, output, 'copied');
}

interface ModuleVersion {
  readonly path: string;
  readonly version: string;
}

/**
 * The modules that have a heading in vendor/modules.txt, each as what stands in its place where it is replaced:
 * `# a.b/c v1.2.3`, `# a.b/c v1.2.3 => d.e/f v4.5.6`. One that is replaced by a folder has no sum.
 */
function vendoredModules(list: string): readonly ModuleVersion[] {
  return list.split('\n').flatMap((line) => {
    const match = /^# (\S+) (v\S+)(?: => (\S+)(?: (v\S+))?)?$/.exec(line.trimEnd());
    if (match === null) return [];
    const [, path = '', version = '', otherPath, otherVersion] = match;
    if (otherPath === undefined) return [{ path, version }];
    return otherVersion === undefined ? [] : [{ path: otherPath, version: otherVersion }];
  });
}

/** Sums of module contents by `path version`; go.sum has those of go.mod files besides (https://go.dev/ref/mod#go-sum-files). */
export function readSums(text: string): ReadonlyMap<string, string> {
  const sums = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [path, version, sum] = line.trim().split(/\s+/);
    if (path !== undefined && version !== undefined && sum?.startsWith('h1:'))
      sums.set(`${path} ${version}`, sum);
  }
  return sums;
}

/** As file names of a module cache have it: `!` and the lower-case letter for one in upper case. */
function escaped(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}
