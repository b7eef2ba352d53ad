/** A member of a tar archive: a file with content, a link with its target, or, with neither, a folder. */
export interface TarEntry {
  readonly path: string;
  readonly content?: string | Uint8Array;
  readonly symbolicLink?: string;
  readonly hardLink?: string;
}

/** An archive in the format of POSIX.1-1988 (ustar), whatever its paths are. */
export function tarFile(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? '');
    return [headerOf(entry, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function headerOf({ path, content, symbolicLink, hardLink }: TarEntry, size: number): Buffer {
  const header = Buffer.alloc(512);
  const type =
    symbolicLink !== undefined ? '2' : hardLink !== undefined ? '1' : content !== undefined ? '0' : '5';
  header.write(path, 0);
  header.write('0000755\0', 100);
  header.write('0000000\0'.repeat(2), 108);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write(`        ${type}`, 148);
  header.write(symbolicLink ?? hardLink ?? '', 157);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
