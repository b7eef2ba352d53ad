import { basename, join } from 'node:path';
import { decodeJson } from '../../config/json.ts';
import type { Json } from '../../core/canonical-json.ts';
import { asDigest, digestOf } from '../../core/digest.ts';
import { type Beside, subjectsOf } from '../../report/beside.ts';
import type { RunReport } from '../../report/run-report.ts';
import { claimsOf, openVexSchema } from '../../statement/openvex.ts';
import { packagesIn } from '../../statement/packages-in.ts';
import { cyclonedxType, vexType } from '../../statement/predicates.ts';
import { mostOfBundle } from '../../statement/sign/bundle-shape.ts';
import { mostOfStatement } from '../../statement/statement.ts';
import {
  type IndexedStatement,
  indexName,
  readStatementIndex,
  type StatementIndex,
} from '../../statement/statement-index.ts';
import { uncheckedStatement } from '../../statement/trust/statement-in.ts';
import { readText, sizeLimit } from '../../tool/file/read-file.ts';
import { statementsFolder, vexFile } from './beside-names.ts';

type Read = Pick<Beside, 'statements' | 'packages' | 'vex'>;

/**
 * What statements and documents beside a report say of what its run made. Nobody asks who signed them: the reader of a report is led to
 * them. What cannot be read, or is not what the list of statements says, is as if it were not there.
 */
export async function readBeside(folder: string, report: RunReport): Promise<Read> {
  const subjects = subjectsOf(report);
  const listed = await listedIn(join(folder, statementsFolder));
  const rows = listed.filter(({ subject }) => subjects.has(subject.sha256));
  const platforms = new Set((report.images ?? []).flatMap((image) => image.platforms.map(plainDigest)));
  const packages: Beside['packages'][number][] = [];
  for (const row of rows) {
    if (row.predicateType !== cyclonedxType || !platforms.has(row.subject.sha256)) continue;
    const found = packagesIn((await predicateOf(row, folder)) ?? null);
    if (found !== undefined) packages.push({ subject: row.subject.sha256, path: pathOf(row), ...found });
  }
  return {
    statements: rows.map((row) => {
      const [kind = ''] = basename(row.path).split('.');
      return { subject: row.subject.sha256, kind, path: pathOf(row) };
    }),
    packages,
    vex: await vexIn(folder, rows, subjects),
  };
}

async function listedIn(folder: string): Promise<StatementIndex['statements']> {
  const place = join(folder, indexName);
  const text = await readText(place, { limit: sizeLimit.report, refuseLink: true }, place);
  const index = text.ok && text.value !== undefined ? readStatementIndex(text.value, place) : undefined;
  return index?.ok === true ? index.value.statements : [];
}

/** What is stated, and what was found last where that is something else: a document lies under each of its subjects. */
async function vexIn(
  folder: string,
  rows: readonly IndexedStatement[],
  subjects: ReadonlySet<string>,
): Promise<Beside['vex']> {
  const stated = new Map(
    rows.filter(({ predicateType }) => predicateType === vexType).map((row) => [row.sha256, row]),
  );
  const documents = new Map<string, { readonly path: string; readonly document: Json }>();
  const add = (path: string, document: Json | undefined) => {
    if (document === undefined) return;
    const key = digestOf(JSON.stringify(document));
    if (!documents.has(key)) documents.set(key, { path, document });
  };
  for (const row of stated.values()) add(pathOf(row), await predicateOf(row, folder));
  const found = await readText(join(folder, vexFile), { limit: mostOfStatement, refuseLink: true }, vexFile);
  const text = found.ok ? found.value : undefined;
  const read = text === undefined ? undefined : decodeJson(text, vexFile, openVexSchema, mostOfStatement);
  if (read?.ok === true) add(vexFile, read.value as Json);
  return [...documents.values()].flatMap(({ path, document }) => {
    const checked = openVexSchema.safeParse(document);
    const claims = checked.success ? claimsOf(checked.data) : [];
    const own = claims.flatMap(({ products, ...claim }) => {
      const of = products.filter((each) => subjects.has(each)).map(asDigest);
      return of.length === 0 ? [] : [{ ...claim, subjects: of }];
    });
    return own.length === 0 ? [] : [{ path, claims: own }];
  });
}

/** What a statement says; undefined where its file is gone, or another than the list says. */
async function predicateOf(row: IndexedStatement, folder: string): Promise<Json | undefined> {
  const place = join(folder, pathOf(row));
  const text = await readText(place, { limit: mostOfBundle, refuseLink: true }, place);
  if (!text.ok || text.value === undefined || digestOf(text.value) !== row.sha256) return undefined;
  const isSigned = row.path.endsWith('.sigstore.json');
  const statement = uncheckedStatement({ place, text: text.value, isSigned });
  if (!statement.ok || statement.value.predicateType !== row.predicateType) return undefined;
  const isOfIt = statement.value.subject.some(({ digest }) => digest['sha256'] === row.subject.sha256);
  return isOfIt ? statement.value.predicate : undefined;
}

function pathOf({ path }: IndexedStatement): string {
  return `${statementsFolder}/${path}`;
}

function plainDigest({ digest }: { readonly digest: string }): string {
  return digest.replace('sha256:', '');
}
