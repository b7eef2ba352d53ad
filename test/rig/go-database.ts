import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';

/** A record as https://vuln.go.dev has it. */
export interface RecordFields {
  readonly id: string;
  readonly module: string;
  readonly aliases?: readonly string[];
  /** Of the only range. */
  readonly events?: readonly object[];
  /** What code it is about; none: the record does not say. */
  readonly imports?: readonly object[];
  /** What stands in the place of other members, or beside them. */
  readonly more?: object;
}

export function goRecord({ id, module, aliases = [], events, imports, more }: RecordFields) {
  return {
    ...{ schema_version: '1.3.1', id, modified: '2024-05-01T00:00:00Z', published: '2024-04-01T00:00:00Z' },
    ...{ aliases, summary: `What ${id} is`, details: 'At length.' },
    affected: [
      {
        package: { name: module, ecosystem: 'Go' },
        ranges: [{ type: 'SEMVER', events: events ?? [{ introduced: '0' }, { fixed: '1.1.0' }] }],
        ecosystem_specific: imports === undefined ? {} : { imports },
      },
    ],
    database_specific: { url: `https://pkg.go.dev/vuln/${id}`, review_status: 'REVIEWED' },
    ...more,
  };
}

/** The documents of a Go vulnerability database with an index that is true. By path. */
export function goDatabase(
  records: readonly ReturnType<typeof goRecord>[],
  modified = '2024-05-02T00:00:00Z',
): Record<string, string> {
  const modules = new Map<string, { id: string; modified: string }[]>();
  for (const { id, affected } of records) {
    for (const name of new Set(affected.map((each) => each.package.name)))
      modules.set(name, [...(modules.get(name) ?? []), { id, modified }]);
  }
  return {
    'index/db.json': JSON.stringify({ modified }),
    'index/modules.json': JSON.stringify([...modules].map(([path, vulns]) => ({ path, vulns }))),
    'index/vulns.json': JSON.stringify(records.map(({ id, aliases }) => ({ id, modified, aliases }))),
    ...Object.fromEntries(records.map((each) => [`ID/${each.id}.json`, JSON.stringify(each)])),
  };
}

export function asDocuments(files: Readonly<Record<string, string>>): ReadonlyMap<string, Uint8Array> {
  return new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
}

export function asZip(files: Readonly<Record<string, string>>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
}

/** Writes a database into a folder. */
export function layOutDatabase(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
