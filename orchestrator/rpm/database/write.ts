import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { BadDatabase, type BerkeleyFile, isBerkeley, readBerkeley } from './berkeley.ts';
import { writeBerkeley } from './berkeley-write.ts';
import { BadHeader, readHeader, rpmTag, textOf, withNumbers } from './header.ts';
import { rewriteSqlite } from './sqlite.ts';

/** A database of rpm: its files by name. */
export type DatabaseFiles = ReadonlyMap<string, Buffer>;

export interface NormalDatabase {
  readonly files: DatabaseFiles;
  /** `name-version-release.arch`, in code-unit order. */
  readonly packages: readonly string[];
}

/**
 * Makes a database that rpm wrote a function of the packages in it: rpm dates what it installs, and its files have marks of
 * the day and the machine. Both of its kinds in Amazon Linux are known: Berkeley DB (rpm 4.11) and sqlite (4.16). What rpm
 * keeps for locking, and logs that are empty, are left out.
 * @param epoch when all of them were installed, as is said then: seconds since 1970.
 * @param scratch an empty folder.
 * Errors: `usage` where it is of another kind, damaged, or was not closed. @throws system errors.
 */
export async function normalDatabase(
  files: DatabaseFiles,
  epoch: number,
  scratch: string,
): Promise<Result<NormalDatabase, Failure>> {
  const [packages, sqlite] = [files.get('Packages'), files.get('rpmdb.sqlite')];
  try {
    if (sqlite !== undefined) {
      if ((files.get('rpmdb.sqlite-wal')?.length ?? 0) > 0)
        return err(unreadable('its log was not taken in'));
      return ok(await normalSqlite(sqlite, epoch, scratch));
    }
    if (packages !== undefined && isBerkeley(packages)) return ok(normalBerkeley(files, epoch));
  } catch (error) {
    if (isOfContent(error)) return err(unreadable(error.message));
    throw error;
  }
  const names = [...files.keys()].join(', ');
  return err(unreadable(names === '' ? 'there is none' : `it consists of ${names}`));
}

function isOfContent(error: unknown): error is Error {
  return (
    error instanceof BadDatabase ||
    error instanceof BadHeader ||
    // A place that lies outside of the file.
    error instanceof RangeError ||
    (error instanceof Error && error.name === 'SQLite3Error')
  );
}

function unreadable(why: string): Failure {
  return {
    reason: 'usage',
    message: `Cannot read the database that rpm wrote: ${why}.`,
    help: 'Berkeley DB and sqlite are known; check which rpm the builder image has.',
  };
}

async function normalSqlite(bytes: Buffer, epoch: number, scratch: string): Promise<NormalDatabase> {
  let packages: readonly string[] = [];
  const written = await rewriteSqlite(bytes, scratch, (headers) => {
    const dated = dateHeaders([...headers.values()], epoch);
    packages = dated.packages;
    const numbers = [...headers.keys()];
    return {
      headers: new Map(numbers.map((number, index) => [number, dated.headers[index] as Buffer])),
      transaction: transactionKey(epoch),
    };
  });
  return { packages, files: new Map([['rpmdb.sqlite', written]]) };
}

/** Where `Packages` has no header but the number that was given out last. */
const lastNumber = 0;

function normalBerkeley(files: DatabaseFiles, epoch: number): NormalDatabase {
  const read = new Map<string, BerkeleyFile>();
  for (const [name, bytes] of files) if (isBerkeley(bytes)) read.set(name, readBerkeley(bytes));
  const records = read.get('Packages')?.records ?? [];
  const isHeader = ({ key }: { readonly key: Buffer }): boolean => key.readUInt32LE(0) !== lastNumber;
  const dated = dateHeaders(
    records.filter(isHeader).map(({ value }) => value),
    epoch,
  );
  let at = 0;
  const packages = records.map((record) =>
    isHeader(record) ? { key: record.key, value: dated.headers[at++] as Buffer } : record,
  );
  read.set('Packages', { kind: 'hash', records: packages });
  const transactions = read.get('Installtid')?.records ?? [];
  if (transactions.length > 0) {
    // A value is a list of pairs of numbers: package, and which of its values.
    const value = Buffer.concat(
      transactions
        .flatMap((each) => chunks(each.value, 8))
        .sort((a, b) => a.readUInt32LE(0) - b.readUInt32LE(0)),
    );
    read.set('Installtid', { kind: 'btree', records: [{ key: transactionKey(epoch), value }] });
  }
  const written = [...read].map(([name, file]) => [name, writeBerkeley(file, name)] as const);
  return { packages: dated.packages, files: new Map(written) };
}

function chunks(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

function transactionKey(epoch: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32LE(epoch);
  return key;
}

/** Says of each package that it was installed at a certain time, and in one transaction with all others. */
function dateHeaders(
  blobs: readonly Buffer[],
  epoch: number,
): { readonly headers: readonly Buffer[]; readonly packages: readonly string[] } {
  const headers = blobs.map(readHeader);
  const numbers = new Map<number, number>([
    [rpmTag.installTime, epoch],
    [rpmTag.installTransaction, epoch],
  ]);
  return {
    headers: headers.map((header) => withNumbers(header, numbers)),
    packages: headers.map(nameOf).sort(),
  };
}

function nameOf(header: ReturnType<typeof readHeader>): string {
  const [name, version, release, arch] = [rpmTag.name, rpmTag.version, rpmTag.release, rpmTag.arch].map(
    (tag) => textOf(header, tag) ?? '',
  );
  return `${name}-${version}-${release}${arch === '' ? '' : `.${arch}`}`;
}
