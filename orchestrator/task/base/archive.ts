import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import { asDigest } from '../../core/digest.ts';
import type { OnTarEntry } from '../../tool/tar/tar-stream.ts';
import type { RootEntries, RootEntry } from './entry.ts';

/** Takes in the members of image layers, the lowest first: their files' bytes go one after the other to one file. */
export interface LayerIntake {
  readonly onEntry: OnTarEntry;
  /** What is there in the end. */
  readonly entries: RootEntries;
  close(): Promise<void>;
}

/** @param file absolute; is written. */
export async function openIntake(file: string): Promise<LayerIntake> {
  const entries: RootEntries = new Map();
  const handle = await open(file, 'w');
  let end = 0;
  let inodes = 0;
  return {
    entries,
    close: () => handle.close(),
    onEntry: async (entry, content) => {
      const path = plainPath(entry.path);
      if (path === '') return;
      const { kind, mode, uid, gid, mtime, target, device, xattrs } = entry;
      if (kind === 'hard-link') {
        const other = plainPath(target ?? '');
        const named = entries.get(other);
        if (named === undefined) throw new Error(`${path} is another name of ${other}, which is not there`);
        const inode = named.inode ?? ++inodes;
        entries.set(other, { ...named, inode }).set(path, { ...named, inode });
        return;
      }
      const offset = end;
      const hash = createHash('sha256');
      for await (const piece of content) {
        hash.update(piece);
        await writeAll(handle, piece);
        end += piece.length;
      }
      const ofFile = {
        bytes: { file, offset },
        size: end - offset,
        sha256: asDigest(hash.digest('hex')),
      };
      entries.set(path, {
        ...{ kind, mode, uid, gid, mtime, xattrs },
        ...defined({ target, device }),
        ...(kind === 'file' ? { content: ofFile } : {}),
      });
    },
  };
}

/** Without `./` before it and slashes at its ends. */
function plainPath(path: string): string {
  return path.replace(/^(\.?\/+)+|^\.$/, '').replace(/\/+$/, '');
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await handle.write(bytes, written)).bytesWritten;
  }
}

/** The bytes of an entry's content. */
export async function contentOf(entry: RootEntry): Promise<Buffer> {
  if (entry.content === undefined) return Buffer.alloc(0);
  const { bytes, size } = entry.content;
  if (Buffer.isBuffer(bytes)) return bytes;
  const handle = await open(bytes.file);
  try {
    const buffer = Buffer.alloc(size);
    await handle.read(buffer, 0, size, bytes.offset);
    return buffer;
  } finally {
    await handle.close();
  }
}

/**
 * Writes entries as a tar archive in the format of POSIX.1-2001 (pax), in code-unit order of their paths: the same entries
 * give the same bytes. Of a file with several names the first has the content.
 */
export async function writeArchive(entries: RootEntries, file: string): Promise<void> {
  const handle = await open(file, 'w');
  const firsts = new Map<number, string>();
  try {
    for (const path of [...entries.keys()].sort(byCodeUnit)) {
      const entry = entries.get(path) as RootEntry;
      const first = entry.inode === undefined ? undefined : firsts.get(entry.inode);
      if (entry.inode !== undefined && first === undefined) firsts.set(entry.inode, path);
      await writeAll(handle, headerBlocks(path, entry, first));
      if (first !== undefined) continue;
      await writeAll(handle, padded(await contentOf(entry)));
    }
    await writeAll(handle, Buffer.alloc(1024));
  } finally {
    await handle.close();
  }
}

const typeFlags: Readonly<Record<RootEntry['kind'], string>> = {
  file: '0',
  'symbolic-link': '2',
  'character-device': '3',
  'block-device': '4',
  folder: '5',
  fifo: '6',
};

function headerBlocks(path: string, entry: RootEntry, sameAs: string | undefined): Buffer {
  const name = entry.kind === 'folder' ? `${path}/` : path;
  const target = sameAs ?? entry.target ?? '';
  const size = sameAs === undefined ? (entry.content?.size ?? 0) : 0;
  const records: (readonly [string, Buffer])[] = [
    ...(fits(name) ? [] : [['path', Buffer.from(name)] as const]),
    ...(fits(target) ? [] : [['linkpath', Buffer.from(target)] as const]),
    ...(size < 8 ** 11 ? [] : [['size', Buffer.from(String(size))] as const]),
    ...(entry.uid < 8 ** 7 ? [] : [['uid', Buffer.from(String(entry.uid))] as const]),
    ...(entry.gid < 8 ** 7 ? [] : [['gid', Buffer.from(String(entry.gid))] as const]),
    ...Object.entries(sameAs === undefined ? entry.xattrs : {})
      .sort(([a], [b]) => byCodeUnit(a, b))
      .map(([key, value]) => [`SCHILY.xattr.${key}`, Buffer.from(value, 'hex')] as const),
  ];
  const own = header({
    ...entry,
    name,
    target,
    size,
    flag: sameAs === undefined ? typeFlags[entry.kind] : '1',
  });
  if (records.length === 0) return own;
  const body = Buffer.concat(records.map(([key, value]) => recordOf(key, value)));
  const { mode, uid, gid, mtime } = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };
  const before = header({ mode, uid, gid, mtime, name: 'pax', target: '', size: body.length, flag: 'x' });
  return Buffer.concat([before, padded(body), own]);
}

/** Bytes of a name that the header itself has room for. */
function fits(text: string): boolean {
  return Buffer.byteLength(text) <= 100;
}

function header(of: {
  readonly name: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly flag: string;
  readonly target: string;
  readonly device?: string;
}): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, digits: number): void => {
    const fitting = value < 8 ** digits ? Math.max(0, Math.floor(value)) : 0;
    block.write(fitting.toString(8).padStart(digits, '0'), at, 'latin1');
  };
  Buffer.from(of.name).copy(block, 0, 0, 100);
  octal(of.mode, 100, 7);
  octal(of.uid, 108, 7);
  octal(of.gid, 116, 7);
  octal(of.size, 124, 11);
  octal(of.mtime, 136, 11);
  block.write(`        ${of.flag}`, 148, 'latin1');
  Buffer.from(of.target).copy(block, 157, 0, 100);
  block.write('ustar\x0000', 257, 'latin1');
  const [major = '0', minor = '0'] = (of.device ?? '').split(':');
  if (of.device !== undefined) {
    octal(Number(major), 329, 7);
    octal(Number(minor), 337, 7);
  }
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** `<length> <name>=<value>\n`, the length counting all of it, its own digits included. */
function recordOf(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
