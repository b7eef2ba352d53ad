/** What a gzip file says of how it was made, before what is packed (RFC 1952, section 2.3). */
export interface GzipHeader {
  /** Seconds since 1970; 0 where it says none. */
  readonly mtime: number;
  /** The file's name before it was packed. */
  readonly name: string;
  readonly comment: string;
  /** XFL: 2 and 4 tell of the level. */
  readonly flags: number;
  /** The operating system by its number: 3 is Unix, 255 unknown. */
  readonly system: number;
  /** Bytes of an extra field. */
  readonly extra: number;
  /** Bytes of all of it. */
  readonly length: number;
}

/** @param start the first bytes of a file. Undefined where they hold no whole header. */
export function readGzipHeader(start: Buffer): GzipHeader | undefined {
  if (start.length < 10 || start[0] !== 0x1f || start[1] !== 0x8b) return undefined;
  const has = start.readUInt8(3);
  let at = 10;
  let extra = 0;
  if ((has & 4) !== 0) {
    if (start.length < at + 2) return undefined;
    extra = start.readUInt16LE(at);
    at += 2 + extra;
  }
  const text = (): string | undefined => {
    const end = start.indexOf(0, at);
    if (end < 0) return undefined;
    const found = start.toString('latin1', at, end);
    at = end + 1;
    return found;
  };
  const name = (has & 8) === 0 ? '' : text();
  const comment = (has & 16) === 0 ? '' : text();
  if ((has & 2) !== 0) at += 2;
  if (name === undefined || comment === undefined || at > start.length) return undefined;
  const [mtime, flags, system] = [start.readUInt32LE(4), start.readUInt8(8), start.readUInt8(9)];
  return { mtime, name, comment, flags, system, extra, length: at };
}
