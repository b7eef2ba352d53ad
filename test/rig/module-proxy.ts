import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** Puts a module into a folder that is a GOPROXY (`file://<folder>`), and gives what its go.mod says (https://go.dev/ref/mod#goproxy-protocol). */
export function addModule(
  folder: string,
  { path, version, files }: { path: string; version: string; files: Readonly<Record<string, string>> },
): void {
  const place = join(folder, path, '@v');
  mkdirSync(place, { recursive: true });
  const mod = `module ${path}\n`;
  const all = Object.entries({ 'go.mod': mod, ...files }).map(([name, text]) => {
    return { name: `${path}@${version}/${name}`, content: Buffer.from(text) };
  });
  writeFileSync(join(place, `${version}.mod`), mod);
  writeFileSync(
    join(place, `${version}.info`),
    JSON.stringify({ Version: version, Time: '2022-01-01T00:00:00Z' }),
  );
  writeFileSync(join(place, `${version}.zip`), zipOf(all));
  writeFileSync(join(place, 'list'), `${version}\n`);
}

/** A ZIP archive whose files are stored (PKWARE APPNOTE 4.3.7, 4.3.12, 4.3.16). */
function zipOf(files: readonly { readonly name: string; readonly content: Buffer }[]): Buffer {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const { name, content } of files) {
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(content.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), content]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const version = Buffer.from([20, 0]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), version, shared, place, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listed, end]);
}
