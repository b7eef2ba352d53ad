import { z } from 'zod';
import { digest, path, releaseName } from '../config/fields.ts';
import { decodeJson } from '../config/json.ts';
import { byCodeUnit, canonicalJson, type Json } from '../core/canonical-json.ts';
import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';

/** Where the list of a folder's statements lies in it. */
export const indexName = 'index.json';

const schema = z.strictObject({
  version: z.literal(1, 'this version reads version 1 of the list'),
  release: releaseName,
  statements: z
    .array(
      z.strictObject({
        subject: z.strictObject({ name: z.string().min(1).max(1024), sha256: digest }),
        predicateType: z.string().min(1).max(1024),
        /** Below the folder of the list. */
        path,
        /** Of the file. */
        sha256: digest,
      }),
    )
    .max(100_000),
});

/** What a rebuilder says of a release: a row for each subject of each statement. */
export type StatementIndex = z.infer<typeof schema>;
export type IndexedStatement = StatementIndex['statements'][number];

/** Errors: `configuration`, every complaint at its line and column. */
export function readStatementIndex(text: string, place: string): Result<StatementIndex, Failure> {
  return decodeJson(text, place, schema, 2 ** 26);
}

/** Canonical JSON, rows by subject and path, a newline at its end: the same text for the same content. */
export function statementIndexText({ version, release, statements }: StatementIndex): string {
  const keyOf = ({ subject, path: at }: IndexedStatement) => `${subject.name}\0${at}\0${subject.sha256}`;
  const sorted = [...statements].sort((a, b) => byCodeUnit(keyOf(a), keyOf(b)));
  return `${canonicalJson({ version, release, statements: sorted } as unknown as Json)}\n`;
}
