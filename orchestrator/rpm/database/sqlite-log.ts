/** Bytes of the log's header, and of what is before each page in it. */
const [headSize, frameHead] = [32, 24];

/**
 * A database of sqlite with what its write-ahead log says, as sqlite itself would read the two: pages up to the last
 * commit, as far as salts and checksums go (fileformat2.html, "The Write-Ahead Log"). The result says of itself that it has
 * no log, so that a sqlite without shared memory reads it.
 */
export function withLog(database: Buffer, log: Buffer): Buffer {
  const pages = committedPages(log);
  const last = Math.max(0, ...[...pages.keys()].map((number) => number * pageSizeOf(log)));
  const whole = Buffer.alloc(Math.max(database.length, last));
  database.copy(whole);
  for (const [number, page] of pages) page.copy(whole, (number - 1) * page.length);
  // Write and read version: 1 is a journal, 2 a log.
  if (whole.length >= 20) whole.fill(1, 18, 20);
  return whole;
}

function pageSizeOf(log: Buffer): number {
  return log.length < headSize ? 0 : log.readUInt32BE(8);
}

function committedPages(log: Buffer): ReadonlyMap<number, Buffer> {
  const committed = new Map<number, Buffer>();
  const size = pageSizeOf(log);
  const magic = log.length < headSize ? 0 : log.readUInt32BE(0);
  if ((magic | 1) !== 0x377f0683 || size < 512) return committed;
  const isBig = magic === 0x377f0683;
  let sum = checksum([0, 0], log.subarray(0, 24), isBig);
  if (!isSum(sum, log, 24)) return committed;
  const pending = new Map<number, Buffer>();
  for (let at = headSize; at + frameHead + size <= log.length; at += frameHead + size) {
    const page = log.subarray(at + frameHead, at + frameHead + size);
    sum = checksum(checksum(sum, log.subarray(at, at + 8), isBig), page, isBig);
    const isOfThisLog = log.compare(log, 16, 24, at + 8, at + 16) === 0;
    // What is left of an earlier log begins here.
    if (!isOfThisLog || !isSum(sum, log, at + 16)) break;
    pending.set(log.readUInt32BE(at), page);
    if (log.readUInt32BE(at + 4) === 0) continue;
    for (const [number, each] of pending) committed.set(number, each);
    pending.clear();
  }
  return committed;
}

type Sum = readonly [number, number];

function checksum([first, second]: Sum, bytes: Buffer, isBig: boolean): Sum {
  let [a, b] = [first, second];
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    a = (a + (isBig ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + b) >>> 0;
    b = (b + (isBig ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + a) >>> 0;
  }
  return [a, b];
}

function isSum([a, b]: Sum, bytes: Buffer, at: number): boolean {
  return bytes.readUInt32BE(at) === a && bytes.readUInt32BE(at + 4) === b;
}
