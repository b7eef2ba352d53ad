import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { ImageView } from '../../oci/image/image-view.ts';
import { readLayer } from '../../oci/image/read-layer.ts';

/** A Go program of an image, taken out of it. */
interface GoProgram {
  /** In the image. */
  readonly path: string;
  readonly sha256: string;
  /** Absolute. */
  readonly file: string;
}

export interface FoundPrograms {
  readonly programs: readonly GoProgram[];
  /** Programs of other languages that may be run, by path. */
  readonly others: readonly string[];
}

/** What begins the build information that the go command leaves in a program (debug/buildinfo in Go's own library). */
const mark = Buffer.from('\xff Go buildinf:', 'latin1');

/** Takes the Go programs out of an image, each of the same bytes once, reading each layer once. Errors: those of `readLayer`. */
export async function takeGoPrograms(
  { image, entries }: ImageView,
  { name, signal, folder }: { readonly name: string; readonly signal: AbortSignal; readonly folder: string },
): Promise<Result<FoundPrograms, Failure>> {
  const wanted = new Map<string, { readonly path: string; readonly sha256: string }>();
  for (const [path, { kind, machine, mode, sha256, layer, member }] of entries) {
    if (kind !== 'file' || machine === undefined || sha256 === undefined || (mode & 0o111) === 0) continue;
    wanted.set(`${layer} ${member}`, { path, sha256 });
  }
  const programs = new Map<string, GoProgram>();
  const others: string[] = [];
  for (const [layer, archive] of image.layers.entries()) {
    if (![...wanted.keys()].some((key) => key.startsWith(`${layer} `))) continue;
    let member = -1;
    const read = await readLayer(archive, { name: `${layer + 1} of ${name}`, signal }, async (_, content) => {
      member += 1;
      const found = wanted.get(`${layer} ${member}`);
      if (found === undefined || programs.has(found.sha256)) return;
      const file = join(folder, found.sha256);
      if (await keep(content, file, signal)) programs.set(found.sha256, { ...found, file });
      else if (!/\.so[.0-9]*$/.test(found.path)) others.push(found.path);
    });
    if (!read.ok) return read;
  }
  return ok({ programs: [...programs.values()], others: others.sort() });
}

/** Whether a file has the mark, and was kept. */
async function keep(content: AsyncIterable<Buffer>, file: string, signal: AbortSignal): Promise<boolean> {
  let isGo = false;
  let end: Buffer = Buffer.alloc(0);
  const looking = async function* () {
    for await (const piece of content) {
      if (!isGo) {
        const both = Buffer.concat([end, piece]);
        isGo = both.includes(mark);
        end = both.subarray(-mark.length);
      }
      yield piece;
    }
  };
  await pipeline(Readable.from(looking()), createWriteStream(file, { mode: 0o600 }), { signal });
  if (!isGo) await rm(file, { force: true });
  return isGo;
}
