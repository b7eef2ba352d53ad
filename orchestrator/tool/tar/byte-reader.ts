/** Takes a stream of bytes apart into pieces of asked-for lengths. */
export interface ByteReader {
  /** So many bytes, or fewer where the stream ends before. */
  take(length: number): Promise<Buffer>;
  /** So many bytes in pieces as they come. Shorter where the stream ends before. */
  pieces(length: number): AsyncGenerator<Buffer, void, undefined>;
  /** Reads to the end, and says how much was there, and whether it was anything but zeros. */
  drain(): Promise<{ readonly size: number; readonly isZero: boolean }>;
}

export function byteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async (): Promise<boolean> => {
    const next = await iterator.next();
    if (next.done === true) return false;
    rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    return true;
  };
  async function* pieces(length: number): AsyncGenerator<Buffer, void, undefined> {
    let wanted = length;
    while (wanted > 0 && (rest.length > 0 || (await more()))) {
      const piece = rest.subarray(0, wanted);
      rest = rest.subarray(piece.length);
      wanted -= piece.length;
      if (piece.length > 0) yield piece;
    }
  }
  return {
    pieces,
    async take(length) {
      if (rest.length >= length) {
        const piece = rest.subarray(0, length);
        rest = rest.subarray(length);
        return piece;
      }
      const parts: Buffer[] = [];
      for await (const piece of pieces(length)) parts.push(piece);
      return Buffer.concat(parts);
    },
    async drain() {
      let size = 0;
      let isZero = true;
      do {
        size += rest.length;
        // Each byte is the one before it, and the first is zero.
        isZero &&= rest.length === 0 || (rest[0] === 0 && rest.subarray(1).equals(rest.subarray(0, -1)));
        rest = Buffer.alloc(0);
      } while (await more());
      return { size, isZero };
    },
  };
}
