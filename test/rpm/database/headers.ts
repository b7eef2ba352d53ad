/** A value of a header: number, list of numbers, or text. */
export type HeaderValue = number | readonly number[] | string;

/** A header as rpm keeps it in its database: number of entries, bytes of values, index, values. */
export function headerBlob(tags: Readonly<Record<number, HeaderValue>>): Buffer {
  const index: Buffer[] = [];
  const values: Buffer[] = [];
  let end = 0;
  for (const [tag, value] of Object.entries(tags)) {
    const numbers = typeof value === 'number' ? [value] : typeof value === 'string' ? [] : value;
    const bytes =
      typeof value === 'string' ? Buffer.from(`${value}\0`) : Buffer.concat(numbers.map(bigEndian));
    const gap = typeof value === 'string' ? 0 : (4 - (end % 4)) % 4;
    values.push(Buffer.alloc(gap), bytes);
    end += gap;
    const [type, count] = typeof value === 'string' ? [6, 1] : [4, numbers.length];
    index.push(Buffer.concat([Number(tag), type, end, count].map(bigEndian)));
    end += bytes.length;
  }
  return Buffer.concat([bigEndian(index.length), bigEndian(end), ...index, ...values]);
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A package: lead, signature header, header; without a payload. */
export function packageFile(
  signature: Readonly<Record<number, HeaderValue>>,
  header: Readonly<Record<number, HeaderValue>>,
): Buffer {
  const lead = Buffer.alloc(96);
  lead.writeUInt32BE(0xedabeedb);
  const intro = Buffer.from('8eade80100000000', 'hex');
  const first = Buffer.concat([intro, headerBlob(signature)]);
  const gap = Buffer.alloc((8 - ((lead.length + first.length) % 8)) % 8);
  return Buffer.concat([lead, first, gap, intro, headerBlob(header)]);
}
