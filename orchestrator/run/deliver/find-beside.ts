import { basename, join } from 'node:path';
import { type Beside, subjectsOf } from '../../report/beside.ts';
import type { RunReport } from '../../report/run-report.ts';
import { readText, sizeLimit } from '../../tool/file/read-file.ts';
import { sizeInPlace } from '../../workspace/write-file.ts';

/** What `vulns` calls its page. */
export const vulnerabilitiesPage = 'vulnerabilities.html';

/** Where `attest` puts statements, in the folder of the report. */
export const statementsFolder = 'statements';

/** What lies beside a report and belongs to it. What cannot be read is as if it were not there: it is only led to. */
export async function findBeside(folder: string, report: RunReport): Promise<Beside> {
  const page = await sizeInPlace(join(folder, vulnerabilitiesPage));
  const hasPage = page.ok && page.value !== undefined;
  return {
    ...(hasPage ? { vulnerabilities: vulnerabilitiesPage } : {}),
    statements: await statementsIn(join(folder, statementsFolder), report),
  };
}

async function statementsIn(folder: string, report: RunReport): Promise<Beside['statements']> {
  // What reads the list, and knows its name, is loaded where there is one.
  const place = join(folder, 'index.json');
  const text = await readText(place, { limit: sizeLimit.report, refuseLink: true }, place);
  if (!text.ok || text.value === undefined) return [];
  const { readStatementIndex } = await import('../../statement/statement-index.ts');
  const index = readStatementIndex(text.value, place);
  if (!index.ok) return [];
  const subjects = subjectsOf(report);
  return index.value.statements
    .filter(({ subject }) => subjects.has(subject.sha256))
    .map(({ subject, path }) => {
      const [kind = ''] = basename(path).split('.');
      return { subject: subject.sha256, kind, path: `${statementsFolder}/${path}` };
    });
}
