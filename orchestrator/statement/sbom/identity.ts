import { createHash } from 'node:crypto';

/** RFC 9562, appendix A: names that are URLs, of which this project's is made by version 5 of `urn:eksd-rebuild:sbom`. */
const namespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');
const own = versionFive(namespace, 'urn:eksd-rebuild:sbom');

/** A UUID (RFC 9562, version 5) of a text: the same for the same text, on every machine. */
export function uuidOf(text: string): string {
  const hex = versionFive(own, text).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function versionFive(space: Buffer, name: string): Buffer {
  const bytes = createHash('sha1').update(space).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes;
}
