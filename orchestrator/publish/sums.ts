import { createHash } from 'node:crypto';
import { byCodeUnit } from '../core/canonical-json.ts';

/** A file of a release's site, and what its bytes hash to: lower-case hexadecimal. */
export interface SummedFile {
  /** Below `artifacts/`: `plugins/v1.4.0/cni-plugins-linux-amd64-v1.4.0.tar.gz`. */
  readonly path: string;
  readonly sha256: string;
  readonly sha512: string;
}

const lists = { sha256: 'SHA256SUM', sha512: 'SHA512SUM' } as const;
type Algorithm = keyof typeof lists;

/**
 * The texts of the checksum files that upstream has beside files, by path: `<file>.sha256` and `<file>.sha512`, and in the folder of
 * each version (`plugins/v1.4.0`) a `SHA256SUM` and a `SHA512SUM` of all its files, with sums of their own. A line is what
 * `sha256sum -c` reads in that folder. Lists are sorted, where upstream's have the order of a file system.
 */
export function sumFiles(files: readonly SummedFile[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const listed = new Map<string, Record<Algorithm, string[]>>();
  for (const file of [...files].sort((a, b) => byCodeUnit(a.path, b.path))) {
    const folder = folderOf(file.path);
    const name = file.path.slice(folder.length + 1);
    const lines = listed.get(folder) ?? { sha256: [], sha512: [] };
    listed.set(folder, lines);
    for (const algorithm of ['sha256', 'sha512'] as const) {
      const line = `${file[algorithm]}  ${name}\n`;
      texts.set(`${file.path}.${algorithm}`, line);
      lines[algorithm].push(line);
    }
  }
  for (const [folder, lines] of listed) {
    for (const [algorithm, list] of Object.entries(lists)) {
      const text = lines[algorithm as Algorithm].join('');
      texts.set(`${folder}/${list}`, text);
      for (const own of ['sha256', 'sha512'] as const) {
        const sum = createHash(own).update(text).digest('hex');
        texts.set(`${folder}/${list}.${own}`, `${sum}  ${list}\n`);
      }
    }
  }
  return texts;
}

/** That of a component's version, which its sums count from: `kubernetes/v1.30.0` of `kubernetes/v1.30.0/bin/linux/amd64/kubelet`. */
function folderOf(path: string): string {
  const [component, version, ...names] = path.split('/');
  if (names.length === 0) throw new Error(`${path} is in no version's folder`);
  return `${component}/${version}`;
}
