import { createReadStream } from 'node:fs';
import { Header } from 'tar';

/** A member of an archive. */
export interface PackedMember {
  /** As the archive has it; of a folder with a slash at its end. */
  readonly path: string;
  /** Permissions. */
  readonly mode: number;
  /** A file on disk and its bytes, or a text; absent: a folder. */
  readonly content?: { readonly file: string; readonly size: number } | Uint8Array;
}

/**
 * A tar archive without compression: the members in the order given, all of one time and of owner and group 0 without names, each
 * with its own content, whether or not the disk has two of them as one. The same members give the same bytes.
 * @param seconds since 1970, what all are dated with. @throws system errors; Error where a file has another size than is said.
 */
export async function* packTar(
  members: Iterable<PackedMember>,
  seconds: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const { path, mode, content } of members) {
    const size = content === undefined ? 0 : 'file' in content ? content.size : content.length;
    yield headerOf({ path, mode, size, type: content === undefined ? 'Directory' : 'File' }, seconds);
    if (content === undefined) continue;
    if ('file' in content) yield* contentOf(content);
    else yield content;
    yield new Uint8Array(paddingOf(size));
  }
  // Two blocks of zeros end it.
  yield new Uint8Array(1024);
}

/** Large pieces: each goes through the compressor at once. */
const pieceSize = 1024 ** 2;

async function* contentOf({ file, size }: { readonly file: string; readonly size: number }) {
  let read = 0;
  for await (const piece of createReadStream(file, { highWaterMark: pieceSize })) {
    read += (piece as Buffer).length;
    yield piece as Buffer;
  }
  if (read !== size) throw new Error(`${file} has ${read} bytes, and had ${size}`);
}

interface Described {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  readonly type: 'File' | 'Directory' | 'ExtendedHeader';
}

/** A header, with one of pax before it where the path does not fit (POSIX.1-2001). */
function headerOf(described: Described, seconds: number): Uint8Array {
  const { path } = described;
  // A long name in no folder would be put into the folder ".".
  const isSplit = path.slice(0, -1).includes('/');
  const short = isSplit || Buffer.byteLength(path) < 100 ? path : path.slice(0, 99);
  const header = new Header({ ...described, path: short, uid: 0, gid: 0, mtime: new Date(seconds * 1000) });
  const block = Buffer.alloc(512);
  if (!header.encode(block) && short === path) return block;
  const record = recordOf('path', path);
  const size = record.length;
  const before = headerOf({ path: 'PaxHeaders/path', mode: 0o644, size, type: 'ExtendedHeader' }, seconds);
  return Buffer.concat([before, record, Buffer.alloc(paddingOf(size)), block]);
}

/** `<length> <name>=<value>\n`, the length counting all of it. */
function recordOf(name: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${name}=${value}\n`);
  const digits = String(rest + String(rest).length).length;
  return Buffer.from(`${rest + digits} ${name}=${value}\n`);
}

function paddingOf(size: number): number {
  return (512 - (size % 512)) % 512;
}
