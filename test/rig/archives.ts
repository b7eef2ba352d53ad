import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Archive } from '../../orchestrator/verdict/archive/archive.ts';
import { compareArchives, pairsOf } from '../../orchestrator/verdict/archive/compare-archives.ts';
import type { ArchiveComparison } from '../../orchestrator/verdict/archive/comparison.ts';
import { readArchiveFile } from '../../orchestrator/verdict/archive/read.ts';

/** A folder as releases pack it: programs, licences, a link, two names of one file. */
export function releaseFolder(parent: string): string {
  const folder = mkdtempSync(join(parent, 'release-'));
  for (const [path, mode] of [
    ['bin/kubelet', 0o755],
    ['bin/kubectl', 0o755],
    ['LICENSES/example.com/LICENSE', 0o644],
    [`LICENSES/${'a-long-name/'.repeat(12)}LICENSE`, 0o644],
    ['ATTRIBUTION.txt', 0o644],
  ] as const) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${path}\n`.repeat(50));
    chmodSync(join(folder, path), mode);
  }
  symlinkSync('kubelet', join(folder, 'bin/hyperkube'));
  linkSync(join(folder, 'bin/kubectl'), join(folder, 'bin/kubectl-again'));
  for (const path of ['bin', 'LICENSES', 'LICENSES/example.com', '.']) chmodSync(join(folder, path), 0o755);
  for (const path of ['bin/kubelet', 'ATTRIBUTION.txt'])
    utimesSync(join(folder, path), 1_700_000_000, 1_700_000_000);
  return folder;
}

/** GNU tar of a folder: the plain archive. */
export function gnuTar(folder: string, ...words: readonly string[]): Buffer {
  const paths = words.some((word) => !word.startsWith('-')) ? [] : ['.'];
  return execFileSync('tar', ['-C', folder, '-cf', '-', ...words, ...paths], { maxBuffer: 2 ** 26 });
}

export function gzip(content: Uint8Array, ...words: readonly string[]): Buffer {
  return execFileSync('gzip', ['-c', ...words], { input: content, maxBuffer: 2 ** 26 });
}

/** Reads an archive; fails where it cannot be read. */
export async function readBytesAsArchive(parent: string, content: Uint8Array, name = 'a'): Promise<Archive> {
  const file = join(mkdtempSync(join(parent, 'archive-')), name);
  writeFileSync(file, content);
  const read = await readArchiveFile(file, { name, signal: new AbortController().signal });
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}

export async function compareBytes(parent: string, a: Uint8Array, b: Uint8Array): Promise<ArchiveComparison> {
  const [inA, inB] = [await readBytesAsArchive(parent, a), await readBytesAsArchive(parent, b)];
  return compareArchives(inA, inB, pairsOf(inA, inB));
}

/** The verdict, `path change aspects`, and what was set aside with its count. */
export function told({ verdict, members, setAside }: ArchiveComparison): readonly string[] {
  return [
    verdict,
    ...members.map(({ path, change, aspects }) => [path, change, ...aspects].join(' ')),
    ...setAside.map(({ name, count }) => `(${name} ${count})`),
  ];
}
