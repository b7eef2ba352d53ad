import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { writeGzip } from '../../orchestrator/tool/tar/gzip.ts';
import { packTar } from '../../orchestrator/tool/tar/pack-tar.ts';

export interface Packing {
  /** Seconds of ours, and of `tar | gzip -6`: the better of two, by turns. */
  readonly ours: number;
  readonly theirs: number;
  /** Bytes. */
  readonly tree: number;
  readonly packed: number;
  readonly packedByGzip: number;
}

/** Packs a folder of programs in both ways. */
export async function measurePacking(folder: string): Promise<Packing> {
  const scratch = mkdtempSync(join(tmpdir(), 'packing-'));
  try {
    const [mine, other] = [join(scratch, 'ours.tar.gz'), join(scratch, 'theirs.tar.gz')];
    const ours: number[] = [];
    const theirs: number[] = [];
    for (const _ of [1, 2]) {
      ours.push(await secondsOf(() => pack(folder, mine)));
      theirs.push(
        await secondsOf(() => execFileSync('sh', ['-c', `tar -c -C "$0" . | gzip -6 > "$1"`, folder, other])),
      );
    }
    return {
      ours: Math.min(...ours),
      theirs: Math.min(...theirs),
      tree: filesOf(folder).reduce((sum, { content }) => sum + content.size, 0),
      packed: statSync(mine).size,
      packedByGzip: statSync(other).size,
    };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function filesOf(folder: string) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({
      path: relative(folder, file),
      mode: 0o755,
      content: { file, size: statSync(file).size },
    }));
}

async function pack(folder: string, file: string): Promise<void> {
  const signal = new AbortController().signal;
  const written = await writeGzip(packTar(filesOf(folder), 0), file, { signal });
  if (!written.ok) throw new Error(JSON.stringify(written.error));
}

async function secondsOf(deed: () => unknown): Promise<number> {
  const start = performance.now();
  await deed();
  return (performance.now() - start) / 1000;
}
