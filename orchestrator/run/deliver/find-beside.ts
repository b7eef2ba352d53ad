import { join } from 'node:path';
import type { Beside } from '../../report/beside.ts';
import type { RunReport } from '../../report/run-report.ts';
import { sizeInPlace } from '../../workspace/write-file.ts';
import { statementsFolder, vexFile, vulnerabilitiesPage } from './beside-names.ts';

/** What lies beside a report and belongs to it. What cannot be read is as if it were not there: it is only led to. */
export async function findBeside(folder: string, report: RunReport): Promise<Beside> {
  const hasPage = await isThere(folder, vulnerabilitiesPage);
  const page = hasPage ? { vulnerabilities: vulnerabilitiesPage } : {};
  const places = [`${statementsFolder}/index.json`, vexFile];
  const there = await Promise.all(places.map((place) => isThere(folder, place)));
  if (!there.includes(true)) return { ...page, statements: [], packages: [], vex: [] };
  // What reads statements, and knows their schemas, is loaded where there is one.
  const { readBeside } = await import('./read-beside.ts');
  return { ...page, ...(await readBeside(folder, report)) };
}

async function isThere(folder: string, name: string): Promise<boolean> {
  const size = await sizeInPlace(join(folder, name));
  return size.ok && size.value !== undefined;
}
