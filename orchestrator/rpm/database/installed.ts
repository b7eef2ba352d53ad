import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { InstalledPackage, InstalledPackages } from '../../oci/image/compare-packages.ts';
import { readEntry, resolveInView } from '../../oci/image/image-file.ts';
import type { ImageView, ViewOptions } from '../../oci/image/image-view.ts';
import { BadDatabase, readBerkeley } from './berkeley.ts';
import { BadHeader, numberOf, type RpmHeader, readHeader, rpmTag, textOf } from './header.ts';
import { BadNdb, readNdb } from './ndb.ts';
import { withLog } from './sqlite-log.ts';

/** Where rpm keeps its database: since ever, and where distributions that keep /var for data put it. */
const folders = ['/var/lib/rpm', '/usr/lib/sysimage/rpm'];

/** The files that are a database, those with packages first; the rest are indexes, locks and logs. */
const [sqliteFile, ndbFile, berkeleyFile] = ['rpmdb.sqlite', 'Packages.db', 'Packages'];
const databaseFiles =
  /^(rpmdb\.sqlite(-shm|-wal)?|(Packages|Index)\.db|Packages|Name|Basenames|Group|Dirnames|Installtid|Sigmd5|Sha1header|(Require|Provide|Conflict|Obsolete|Trigger|Filetrigger|Transfiletrigger|Recommend|Suggest|Supplement|Enhance)name|__db\.[0-9]+|\.(dbenv|rpm)\.lock|\.migratedb)$/;

/** Bytes: the largest of Amazon Linux' base images has less than a tenth of that. */
const largest = 512 * 1024 ** 2;

/**
 * What an image's rpm database says is installed; undefined where it has none.
 * @param scratch a folder to make others in. Errors: `usage` where it cannot be read; those of `readImageView`.
 */
export async function readInstalledRpms(
  view: ImageView,
  options: ViewOptions & { readonly scratch: string },
): Promise<Result<InstalledPackages | undefined, Failure>> {
  for (const named of folders) {
    const folder = resolveInView(view, named);
    if (folder === undefined) continue;
    const names = [...view.entries.keys()]
      .filter((path) => posix.dirname(path) === folder)
      .map((path) => posix.basename(path));
    const main = [sqliteFile, ndbFile, berkeleyFile].find((name) => names.includes(name));
    if (main === undefined) continue;
    const headers = await readHeaders(view, posix.join(folder, main), options);
    if (!headers.ok) return headers;
    const files = names.filter((name) => databaseFiles.test(name)).map((name) => posix.join(folder, name));
    return ok({ files: new Set(files), packages: headers.value.map(packageOf) });
  }
  return ok(undefined);
}

async function readHeaders(
  view: ImageView,
  path: string,
  options: ViewOptions & { readonly scratch: string },
): Promise<Result<readonly RpmHeader[], Failure>> {
  const content = await contentOf(view, path, options);
  const log = path.endsWith(sqliteFile) ? await contentOf(view, `${path}-wal`, options) : ok(Buffer.alloc(0));
  if (!content.ok) return content;
  if (!log.ok) return log;
  try {
    const blobs = path.endsWith(sqliteFile)
      ? await readSqlite(withLog(content.value, log.value), options.scratch)
      : path.endsWith(ndbFile)
        ? readNdb(content.value)
        : readPackagesFile(content.value);
    return ok(blobs.map(readHeader));
  } catch (error) {
    const isOfContent =
      error instanceof BadDatabase ||
      error instanceof BadNdb ||
      error instanceof BadHeader ||
      // A place that lies outside of the file.
      error instanceof RangeError ||
      (error instanceof Error && error.name === 'SQLite3Error');
    if (!isOfContent) throw error;
    return err(unreadable(path, options.name, error.message));
  }
}

async function contentOf(
  view: ImageView,
  path: string,
  options: ViewOptions,
): Promise<Result<Buffer, Failure>> {
  const entry = view.entries.get(path);
  if (entry?.kind !== 'file') return ok(Buffer.alloc(0));
  if (entry.size > largest)
    return err(unreadable(path, options.name, `it has ${countOf(entry.size, 'byte')}`));
  const pieces: Buffer[] = [];
  const read = await readEntry(view, entry, options, async (content) => {
    for await (const piece of content) pieces.push(Buffer.from(piece));
  });
  return read.ok ? ok(Buffer.concat(pieces)) : read;
}

async function readSqlite(bytes: Buffer, scratch: string): Promise<readonly Buffer[]> {
  const folder = await mkdtemp(join(scratch, 'rpmdb-'));
  try {
    const file = join(folder, sqliteFile);
    await writeFile(file, bytes);
    const database = new sqlite.Database(file, { readOnly: true });
    try {
      const rows = database.all('SELECT blob FROM Packages ORDER BY hnum') as unknown as readonly {
        readonly blob: Uint8Array;
      }[];
      return rows.map(({ blob }) => Buffer.from(blob));
    } finally {
      database.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Under number 0 is no header but the number that was given out last. */
function readPackagesFile(bytes: Buffer): readonly Buffer[] {
  // rpm 4.16 and later leave an empty file where they only looked for a database.
  if (bytes.length === 0) return [];
  const { records } = readBerkeley(bytes);
  return records.filter(({ key }) => key.some((byte) => byte !== 0)).map(({ value }) => value);
}

function packageOf(header: RpmHeader): InstalledPackage {
  const text = (tag: number) => textOf(header, tag) ?? '';
  return {
    name: text(rpmTag.name),
    epoch: numberOf(header, epochTag),
    version: text(rpmTag.version),
    release: text(rpmTag.release),
    arch: text(rpmTag.arch),
    vendor: textOf(header, vendorTag),
    license: textOf(header, licenseTag),
    sourceRpm: textOf(header, sourceRpmTag),
    tags: new Map(
      [...header.entries.keys()]
        .filter((tag) => !ofInstallation.has(tag))
        .map((tag) => [tagName(tag), digestOf(bytesOf(header, tag))]),
    ),
  };
}

/** Tags of rpmtag.h. */
const [epochTag, vendorTag, licenseTag, sourceRpmTag] = [1003, 1011, 1014, 1044];

/** What rpm adds when it installs: time, colour and transaction; and where the signed parts of a header begin and end. */
const ofInstallation: ReadonlySet<number> = new Set([
  rpmTag.installTime,
  1127,
  rpmTag.installTransaction,
  61,
  62,
  63,
]);

/** The names of tags that are likely to differ where the version does not; others are told by number. */
const tagNames: Readonly<Record<number, string>> = {
  257: 'SIGSIZE',
  259: 'SIGPGP',
  261: 'SIGMD5',
  267: 'DSAHEADER',
  268: 'RSAHEADER',
  269: 'SHA1HEADER',
  273: 'SHA256HEADER',
  1004: 'SUMMARY',
  1005: 'DESCRIPTION',
  1006: 'BUILDTIME',
  1007: 'BUILDHOST',
  1009: 'SIZE',
  1028: 'FILESIZES',
  1029: 'FILESTATES',
  1030: 'FILEMODES',
  1034: 'FILEMTIMES',
  1035: 'FILEDIGESTS',
  1037: 'FILEFLAGS',
  1044: 'SOURCERPM',
  1047: 'PROVIDENAME',
  1049: 'REQUIRENAME',
  1064: 'RPMVERSION',
  1117: 'BASENAMES',
  1118: 'DIRNAMES',
  5092: 'PAYLOADDIGEST',
};

function tagName(tag: number): string {
  return tagNames[tag] ?? `tag ${tag}`;
}

/** Bytes of a value by its type (rpmtag.h): no value, three kinds of 1, 2, 4, 8. */
const widths: Readonly<Record<number, number>> = { 0: 0, 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1 };

function bytesOf({ bytes, entries }: RpmHeader, tag: number): Buffer {
  const entry = entries.get(tag);
  if (entry === undefined) return Buffer.alloc(0);
  const { type, offset, count } = entry;
  const width = widths[type];
  if (width !== undefined) return bytes.subarray(offset, offset + width * count);
  let end = offset;
  for (let left = count; left > 0; left -= 1) {
    const zero = bytes.indexOf(0, end);
    if (zero < 0) throw new BadHeader('a text of it does not end');
    end = zero + 1;
  }
  return bytes.subarray(offset, end);
}

function unreadable(path: string, name: string, why: string): Failure {
  return { reason: 'usage', message: `Cannot read the rpm database ${path} of ${name}.`, help: why };
}
