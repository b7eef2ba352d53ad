import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { newBudget, releaseLimits } from '../../tool/tar/limits.ts';

/** Bytes: as much as a download may have. */
const limits = { ...releaseLimits, unpacked: 2 * 1024 ** 3 };

/**
 * Unpacks what a server packed on its way though it was asked for the file as it is, beside it. Some only say so of a file that is
 * packed by itself: whoever calls looks first whether it is what it should be. Undefined where it cannot be unpacked.
 * @param path of a copy of ours. Gives the path of the unpacked one.
 */
export async function withoutEncoding(
  path: string,
  encoding: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (encoding.trim().toLowerCase() !== 'gzip') return undefined;
  const plain = `${path}.unpacked`;
  const budget = newBudget(limits);
  async function* counted(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      budget.read(chunk.length);
      yield chunk;
    }
  }
  async function* limited(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      budget.unpacked(chunk.length);
      yield chunk;
    }
  }
  try {
    const out = createWriteStream(plain);
    await pipeline(createReadStream(path), counted, createGunzip(), limited, out, { signal });
    return plain;
  } catch {
    return undefined;
  }
}
