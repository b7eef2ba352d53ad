import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { reportJson } from '../../orchestrator/report/report-json.ts';
import type { World } from './world.ts';

type Report = ReturnType<typeof reportJson>;

const schema = JSON.parse(
  readFileSync(new URL('../../orchestrator/report/report.schema.json', import.meta.url), 'utf8'),
);
const isReport = new Ajv2020({ strict: false }).compile(schema);

/** The report of the last run of a release. */
export function reportOf(world: World, release: string): Report {
  return reportIn(join(world.root, 'out', release, 'report.json'));
}

/** A report, held against its schema. */
export function reportIn(file: string): Report {
  const report: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isReport(report)) throw new Error(`report.json breaks its schema: ${JSON.stringify(isReport.errors)}`);
  return report as Report;
}

/** `org/tool linux/amd64 tool: identical`, for each file of the report. */
export function verdictsOf(report: Report): readonly string[] {
  return report.projects.flatMap(({ name, files }) =>
    files.map((file) => `${name} ${file.platform} ${file.name}: ${file.verdict}`),
  );
}

/** How each node ended: `source org/tool: cached`. */
export function endsOf(report: Report): readonly string[] {
  return report.nodes.map(({ id, status }) => `${id}: ${status}`);
}
