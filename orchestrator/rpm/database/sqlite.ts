import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { BadDatabase } from './berkeley.ts';

const magic = Buffer.from('SQLite format 3\0');

/** What becomes of the database's packages: their headers by number, in the order of the numbers. */
export type SqliteChange = (headers: ReadonlyMap<number, Buffer>) => {
  readonly headers: ReadonlyMap<number, Buffer>;
  /** The one transaction that all of them were installed in. */
  readonly transaction: Buffer;
};

/**
 * Writes a database of rpm anew, as a function of its tables alone: of sqlite's file the order of pages, the counter of
 * changes and the statistics of the planner depend on how it came to be. It is one file, without a log beside it, so that
 * it can be read where nothing can be written.
 * @param bytes `rpmdb.sqlite`, whose log was taken in. @param scratch an empty folder.
 * @throws BadDatabase; sqlite's errors where it is damaged; system errors.
 */
export async function rewriteSqlite(bytes: Buffer, scratch: string, change: SqliteChange): Promise<Buffer> {
  if (!bytes.subarray(0, magic.length).equals(magic)) throw new BadDatabase('it is no file of sqlite');
  const [from, to] = [join(scratch, 'from.sqlite'), join(scratch, 'to.sqlite')];
  const readable = Buffer.from(bytes);
  // 18 and 19 of the file format: a log is written ahead. There is none, and this sqlite has no shared memory for it.
  readable.fill(1, 18, 20);
  await writeFile(from, readable);
  const database = new sqlite.Database(to);
  try {
    database.exec('PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
    database.run('ATTACH DATABASE ? AS source', [from]);
    copyTables(database, change);
    database.exec('DETACH DATABASE source');
  } finally {
    database.close();
  }
  const written = await readFile(to);
  await Promise.all([from, to].map((file) => rm(file)));
  return written;
}

interface SchemaEntry {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/** Nothing is updated once it was written: what a value was before would stay in the free room of its page. */
function copyTables(database: sqlite.Database, change: SqliteChange): void {
  const schema = database.all(
    "SELECT type, name, sql FROM source.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
  ) as unknown as readonly SchemaEntry[];
  const rows = database.all('SELECT hnum, blob FROM source.Packages ORDER BY hnum') as unknown as readonly {
    readonly hnum: number;
    readonly blob: Uint8Array;
  }[];
  const changed = change(new Map(rows.map(({ hnum, blob }) => [hnum, Buffer.from(blob)])));
  database.exec('BEGIN');
  for (const { name, sql } of schema.filter((each) => each.type === 'table')) {
    database.exec(sql);
    if (name === 'Packages') {
      for (const row of changed.headers) database.run('INSERT INTO main.Packages VALUES (?, ?)', [...row]);
    } else if (name === 'Installtid') {
      const all = 'SELECT ?, hnum, idx FROM source.Installtid ORDER BY hnum, idx';
      database.run(`INSERT INTO main.Installtid ${all}`, [changed.transaction]);
    } else {
      // In the order in which a package has its values; rpm asks by key.
      const table = `"${name.replaceAll('"', '""')}"`;
      const all = `SELECT * FROM source.${table} ORDER BY hnum, idx, key`;
      database.exec(`INSERT INTO main.${table} ${all}`);
    }
  }
  for (const { sql } of schema.filter((each) => each.type === 'index')) database.exec(sql);
  database.exec('COMMIT');
}
