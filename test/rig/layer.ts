/** A member of a layer; what is left out is as most builders write it: root's, 0644 or 0755, no time. */
export interface LayerMember {
  readonly path: string;
  readonly content?: string | Uint8Array;
  readonly symbolicLink?: string;
  readonly hardLink?: string;
  /** `[major, minor]` of a character device. */
  readonly device?: readonly [number, number];
  readonly isFifo?: boolean;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
  /** Other records of its pax header. */
  readonly pax?: Readonly<Record<string, string>>;
}

/** A tar archive in the format of POSIX.1-2001 (pax), with all that image layers can hold. */
export function layerFile(members: readonly LayerMember[]): Buffer {
  return Buffer.concat([...members.flatMap(blocksOf), Buffer.alloc(1024)]);
}

function blocksOf(member: LayerMember): readonly Buffer[] {
  const { xattrs = {}, pax = {} } = member;
  const records = [
    ...Object.entries(pax).map(([name, value]) => record(name, Buffer.from(value))),
    ...Object.entries(xattrs).map(([name, value]) => record(`SCHILY.xattr.${name}`, Buffer.from(value))),
    ...(Buffer.byteLength(member.path) > 100 ? [record('path', Buffer.from(member.path))] : []),
  ];
  const content = Buffer.from(member.content ?? '');
  const own = [header(member, typeOf(member), content.length), padded(content)];
  if (records.length === 0) return own;
  const body = Buffer.concat(records);
  return [header({ path: 'PaxHeaders/0' }, 'x', body.length), padded(body), ...own];
}

function typeOf({ content, symbolicLink, hardLink, device, isFifo }: LayerMember): string {
  if (symbolicLink !== undefined) return '2';
  if (hardLink !== undefined) return '1';
  if (device !== undefined) return '3';
  if (isFifo === true) return '6';
  return content === undefined ? '5' : '0';
}

function header(member: LayerMember, type: string, size: number): Buffer {
  const { path, mode = type === '5' ? 0o755 : 0o644, uid = 0, gid = 0, mtime = 0 } = member;
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  block.write(path.slice(0, 100), 0);
  octal(mode, 100, 8);
  octal(uid, 108, 8);
  octal(gid, 116, 8);
  octal(size, 124, 12);
  octal(Math.floor(mtime), 136, 12);
  block.write(`        ${type}`, 148);
  block.write(member.symbolicLink ?? member.hardLink ?? '', 157);
  block.write('ustar\x0000', 257);
  octal(member.device?.[0] ?? 0, 329, 8);
  octal(member.device?.[1] ?? 0, 337, 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** `<length> <name>=<value>\n`: the length counts its own digits too. */
function record(name: string, value: Buffer): Buffer {
  const rest = Buffer.byteLength(` ${name}=\n`) + value.length;
  let length = rest;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return Buffer.concat([Buffer.from(`${length} ${name}=`), value, Buffer.from('\n')]);
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
