import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { RunReport } from '../../report/run-report.ts';
import { checkOutput } from '../../run/deliver/lay-out.ts';
import { equivalenceType } from '../../statement/predicates.ts';
import { mostOfBundle } from '../../statement/sign/bundle-shape.ts';
import { type Statement, statementText } from '../../statement/statement.ts';
import {
  type IndexedStatement,
  indexName,
  readStatementIndex,
  type StatementIndex,
  statementIndexText,
} from '../../statement/statement-index.ts';
import { type Evidence, summaryStatement } from '../../statement/summary.ts';
import { listNames, readText, sizeLimit } from '../../tool/file/read-file.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { writeWholeFile, writing } from '../../workspace/write-file.ts';
import { digestOfSubject, type Placed, placeStatements } from './place-statements.ts';

/** Makes a bundle with its signature of a statement. @param former the bundle that lies in its place. */
export type Sign = (text: string, former: string | undefined) => Promise<Result<string, Failure>>;

/** Whether statements can be laid out there: nothing yet, or those of an earlier time. Errors: those of `checkOutput`; `configuration`. */
export async function lookAtStatements(output: string, host: Host): Promise<Result<void, Failure>> {
  const isFree = await checkOutput(output);
  if (!isFree.ok) return isFree;
  const former = await formerIndex(output, host);
  return former.ok ? ok(undefined) : former;
}

async function formerIndex(output: string, host: Host): Promise<Result<StatementIndex | undefined, Failure>> {
  const place = join(output, indexName);
  const shown = shownPath(place, host.cwd);
  const text = await readText(place, { limit: sizeLimit.report, refuseLink: true }, shown);
  if (!text.ok) return err({ reason: 'configuration', diagnostics: [text.error] });
  return text.value === undefined ? ok(undefined) : readStatementIndex(text.value, shown);
}

/**
 * Lays statements out by the digests of their subjects, with a summary of all, and last the list of them. What an earlier list names
 * and this one does not is taken away. Gives how many there are. Errors: those of `writeWholeFile` and of signing.
 * @param sign absent: they go out as they are.
 */
export async function writeStatements(
  statements: readonly Statement[],
  report: RunReport,
  output: string,
  host: Host,
  sign?: Sign,
): Promise<Result<number, Failure>> {
  const former = await formerIndex(output, host);
  if (!former.ok) return former;
  const rows: IndexedStatement[] = [];
  const evidence: Evidence[] = [];
  const isSigned = sign !== undefined;
  const write = async (placed: Placed): Promise<Result<void, Failure>> => {
    const text = statementText(placed.statement);
    const given = isSigned ? await sign(text, await formerAt(placed, output)) : ok(text);
    if (!given.ok) return given;
    const own = rowsOf(placed, digestOf(given.value));
    rows.push(...own);
    const [first] = own;
    if (placed.statement.predicateType === equivalenceType && first !== undefined) evidence.push(first);
    for (const path of placed.places.values()) {
      const written = await writeWholeFile(join(output, path), given.value, host);
      if (!written.ok) return written;
    }
    return ok(undefined);
  };
  for (const placed of placeStatements(statements, isSigned)) {
    const written = await write(placed);
    if (!written.ok) return written;
  }
  const summary = summaryStatement(report, evidence);
  for (const placed of placeStatements(summary === undefined ? [] : [summary], isSigned)) {
    const written = await write(placed);
    if (!written.ok) return written;
  }
  const text = statementIndexText({ version: 1, release: report.release.name, statements: rows });
  const listed = await writeWholeFile(join(output, indexName), text, host);
  if (!listed.ok) return listed;
  const kept = new Set(rows.map(({ path }) => path));
  const gone = new Set(
    (former.value?.statements ?? []).map(({ path }) => path).filter((each) => !kept.has(each)),
  );
  const removed = await writing(output, async () => {
    for (const path of gone) await takeAway(output, path);
    return ok(undefined);
  });
  return removed.ok ? ok(statements.length + (summary === undefined ? 0 : 1)) : removed;
}

/** What lies where a statement is to lie; undefined where that is nothing, or cannot be read. */
async function formerAt({ places }: Placed, output: string): Promise<string | undefined> {
  const [path = ''] = places.values();
  const text = await readText(join(output, path), { limit: mostOfBundle, refuseLink: true }, path);
  return text.ok ? text.value : undefined;
}

/** A row for each subject; of what lies in one place alone, with that. */
function rowsOf({ statement, places }: Placed, sha256: Digest): readonly IndexedStatement[] {
  const [first] = places.values();
  if (first === undefined) throw new Error('a statement about nothing');
  return statement.subject.map((subject) => {
    const digest = digestOfSubject(subject);
    return {
      subject: { name: subject.name, sha256: digest },
      predicateType: statement.predicateType,
      path: places.get(digest) ?? first,
      sha256,
    };
  });
}

/** A statement of an earlier time, with its folder where it was the last in it. What the list names otherwise is none of ours. */
async function takeAway(output: string, path: string): Promise<void> {
  if (!/^sha256\/[0-9a-f]{64}\/[a-z0-9-]+\.(intoto|sigstore)\.json$/.test(path)) return;
  const file = join(output, path);
  await rm(file, { force: true });
  const left = await listNames(dirname(file));
  if (left.ok && left.value.length === 0) await rm(dirname(file), { recursive: true, force: true });
}
