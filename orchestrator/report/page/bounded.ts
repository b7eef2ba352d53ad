import type { ReportJson } from '../report-json.ts';
import { reproduceScript } from '../reproduce/script.ts';
import { costOf, cutText } from './cut.ts';
import { isOpen } from './failure-causes.ts';

/**
 * What the page is made of: a report whose texts have an end, and of which files and tasks there is room for all that is known. What is
 * left out is in report.json. So the page grows by about a kilobyte a file and a task, whatever they are called and say.
 */
export interface PageData {
  readonly report: ReportJson;
  /** Of each file, in the order of projects: the script that builds it; undefined where there is none, or no room. */
  readonly scripts: readonly (string | undefined)[];
  /** Whether there is room for more than a line, in the same order. */
  readonly wholeFiles: readonly boolean[];
  /** The same of each node. */
  readonly wholeNodes: readonly boolean[];
}

/** Bytes that scripts and files have together, and those that tasks have: some ten times what a whole release takes. */
const room = 2_000_000;

export function boundedPage(given: ReportJson): PageData {
  const report = cut(withoutInputs(given), 'report') as ReportJson;
  const files = given.projects.flatMap((project) => project.files.map((file) => ({ project, file })));
  const told = report.projects.flatMap((project) => project.files);
  const scripts = files.map(({ project, file }) => reproduceScript(given, project, file));
  const wholeFiles = allotted(
    files.map(({ file }, at) => ({
      cost: sizeOf(told[at]) + costOf(scripts[at] ?? ''),
      isFirst: isOpen(file),
    })),
  );
  const wholeNodes = allotted(
    report.nodes.map((node) => ({ cost: sizeOf(node), isFirst: node.status === 'failed' })),
  );
  const nodes = report.nodes.map((node, at) =>
    wholeNodes[at] === true ? node : { ...node, commands: [], notes: undefined },
  );
  return {
    report: { ...report, nodes },
    scripts: scripts.map((script, at) => (wholeFiles[at] === true ? script : undefined)),
    wholeFiles,
    wholeNodes,
  };
}

/** The page shows what a key is made of by no more than the key. */
function withoutInputs({ nodes, ...report }: ReportJson): ReportJson {
  return { ...report, nodes: nodes.map(({ inputs: _, ...node }) => ({ ...node, inputs: undefined })) };
}

function sizeOf(data: unknown): number {
  return costOf(JSON.stringify(data) ?? '');
}

/** Which of them have room: what comes first before all others, in their order. */
function allotted(
  items: readonly { readonly cost: number; readonly isFirst: boolean }[],
): readonly boolean[] {
  const has = items.map(() => false);
  let left = room;
  for (const first of [true, false]) {
    items.forEach(({ cost, isFirst }, at) => {
      if (isFirst !== first || cost > left) return;
      left -= cost;
      has[at] = true;
    });
  }
  return has;
}

/** Bytes of a text, as it is shown, by the member that it is in, or below: names have the least. */
const most: Readonly<Record<string, number>> = {
  description: 6000,
  changes: 100_000,
  argv: 6000,
  env: 2000,
  differences: 4000,
  evidence: 2000,
  why: 2000,
  cause: 2000,
  fix: 2000,
  notes: 2000,
  reasons: 1000,
  what: 1000,
  line: 4000,
  unprotected: 1000,
};
const mostOfName = 240;

function cut(data: unknown, member: string): unknown {
  if (typeof data === 'string') return cutText(data, most[member] ?? mostOfName);
  if (Array.isArray(data)) return data.map((each) => cut(each, member));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([name, each]) => [
      cutText(name, mostOfName),
      cut(each, name in most || !(member in most) ? name : member),
    ]),
  );
}
