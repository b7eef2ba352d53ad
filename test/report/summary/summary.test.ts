import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Platform } from '../../../orchestrator/core/platform.ts';
import type { RunReport } from '../../../orchestrator/report/run-report.ts';
import { renderSummary } from '../../../orchestrator/report/summary/summary.ts';
import type { FileVerdict } from '../../../orchestrator/verdict/verify/verdict.ts';
import { buildFailure, networkFailure } from '../../rig/events.ts';
import { fileVerdict, runReport, sha } from '../../rig/verdicts.ts';

function summary(verdicts: readonly FileVerdict[], given: Partial<RunReport> = {}, columns = 80): string {
  return renderSummary(runReport(verdicts, given), { columns, colour: false });
}

/** The part of a summary from a line on, to its end. */
function from(text: string, start: string): string {
  assert.ok(text.includes(`\n${start}`), `no line starts with ${start} in\n${text}`);
  return text.slice(text.indexOf(`\n${start}`) + 1);
}

const commands = { needs: [], title: '', notes: [], commands: [] };

test('all identical: the release, a table, and one line that says so', () => {
  const verdicts = [fileVerdict(), fileVerdict({ project: 'org/other-tool' })];
  const nodes = [
    {
      ...commands,
      id: 'a',
      kind: 'go-build',
      projects: ['org/other-tool'],
      seconds: 12.34,
      end: { status: 'ran' },
    },
    {
      ...commands,
      id: 'b',
      kind: 'go-build',
      projects: ['org/tool'],
      seconds: 0.1,
      end: { status: 'cached' },
    },
    {
      ...commands,
      id: 'c',
      kind: 'toolchain',
      projects: ['org/other-tool', 'org/tool'],
      seconds: 50,
      end: { status: 'ran' },
    },
  ] as const;
  assert.is(
    summary(verdicts, { nodes }),
    `v1-30-eks-5  release commit dddddddddddd of 2024-05-01

  project         version  Go       identical  comparable  all    time
✔ org/other-tool  v1.2.3   1.21.10          1           1    1   12.3s
✔ org/tool        v1.2.3   1.21.10          1           1    1  cached
  2 projects                                2           2    2  1m 30s

✔ identical / comparable / all: 2 / 2 / 2. No comparable file differs.
`,
  );
});

test('what is to be known of how files were made stands above the counts', () => {
  const node = {
    ...commands,
    id: 'a',
    kind: 'modules',
    projects: ['org/tool'],
    end: { status: 'ran' },
  } as const;
  const text = summary([fileVerdict()], { nodes: [{ ...node, notes: ['Made by hand.'] }] });
  assert.is(
    from(text, '·'),
    `· org/tool: Made by hand.
✔ identical / comparable / all: 1 / 1 / 1. No comparable file differs.
`,
  );
});

test('what was left out is named, each kind by itself', () => {
  const leftOut = { projects: ['org/a', 'org/b'], platforms: ['windows/amd64'], images: [] };
  assert.is(
    from(summary([fileVerdict()], { leftOut }), '·'),
    `· Left out: projects org/a, org/b; platform windows/amd64.
✔ identical / comparable / all: 1 / 1 / 1. No comparable file differs.
`,
  );
});

test('where the counts have no room for their names they share a column', () => {
  const text = summary([fileVerdict({ project: 'kubernetes-sigs/aws-iam-authenticator' })]);
  assert.match(
    text,
    `
  project                                version  Go           files    time
✔ kubernetes-sigs/aws-iam-authenticator  v1.2.3   1.21.10  1 / 1 / 1       -
  1 project                                                1 / 1 / 1  1m 30s
  files: identical / comparable / all
`,
  );
  assert.ok(text.split('\n').every((line) => line.length <= 80));
});

test('a file that differs is told with both digests, where the first stands, and what to do', () => {
  const where = 'projects/org/tool/1-30/CHECKSUMS:4';
  const why = 'The bytes differ; why is not known yet.';
  const different = fileVerdict({ verdict: 'different', expected: sha('a'), found: sha('b'), where, why });
  assert.is(
    from(summary([different, fileVerdict({ name: 'second' })]), 'Different'),
    `Different: 1 file

  org/tool: The bytes differ; why is not known yet.
    linux/amd64  tool  projects/org/tool/1-30/CHECKSUMS:4
      expected ${sha('a')}
      came     ${sha('b')}

✖ identical / comparable / all: 1 / 2 / 2. 1 comparable is not identical.
✖ Different: 1 file of org/tool.
  To look for the cause: eksd-rebuild explain v1-30-eks-5
`,
  );
});

test('a failure that hits many files is told once, with the list of them', () => {
  const verdicts = ['linux/amd64', 'linux/arm64'].flatMap((platform) =>
    Array.from({ length: 18 }, (_, index) =>
      fileVerdict({
        platform: platform as Platform,
        name: `plugin-${index}`,
        verdict: 'infra-failed',
        expected: sha('a'),
        failure: networkFailure,
        failedNode: 'toolchain go1.21.10',
      }),
    ),
  );
  const text = from(summary(verdicts), 'Infrastructure failed');
  assert.is(text.split('The network failed').length - 1, 2, 'once above, once among the last lines');
  assert.is(text.match(/plugin-\d+/g)?.length, 36);
  assert.match(text, '    org/tool  linux/arm64  plugin-0, plugin-1,');
  assert.ok(text.split('\n').every((line) => line.length <= 80));
});

test('a command that failed is shown as it can be typed, however wide', () => {
  const command = `go build -ldflags "${'-X main.version=1 '.repeat(10)}" .`;
  const failure = { ...buildFailure, command };
  const verdict = fileVerdict({
    verdict: 'build-failed',
    failure,
    failedNode: 'go-build org/tool linux/amd64',
  });
  const text = from(summary([verdict]), 'Build failed');
  assert.match(text, `  go-build org/tool linux/amd64\n    ${command}\n    exited with 1:\n`);
  assert.match(
    text,
    '✖ Build failed: 1 file not built.\n  go-build org/tool linux/amd64: go build exited with 1:',
  );
});

test('the last lines go from what is to be known to what failed', () => {
  const verdicts = [
    fileVerdict({ verdict: 'build-failed', failure: buildFailure, failedNode: 'a' }),
    fileVerdict({ verdict: 'build-failed', failure: buildFailure, failedNode: 'b' }),
    fileVerdict({ verdict: 'infra-failed', failure: networkFailure, failedNode: 'c' }),
    fileVerdict({ verdict: 'infra-failed', failure: { reason: 'aborted' }, failedNode: 'd' }),
    fileVerdict({ verdict: 'explained' }),
    fileVerdict({ verdict: 'not-built', comparable: false, why: 'There is no recipe for it yet.' }),
    fileVerdict({
      verdict: 'toolchain-unavailable',
      comparable: false,
      failure: { reason: 'toolchain-unavailable', version: '1.13', detail: 'refused' },
    }),
    fileVerdict(),
  ];
  const text = summary(verdicts);
  const last = text.slice(text.lastIndexOf('\n\n')).split('\n');
  const marks = last.filter((line) => /^[✔✖!·■] /.test(line));
  assert.equal(marks, [
    '· Not built yet: 1 file of org/tool.',
    '✖ identical / comparable / all: 1 / 6 / 8. 5 comparable are not identical.',
    '! Toolchain not available: 1 file not built.',
    '■ Stopped before it was built: 1 file.',
    '✖ Differs, cause confirmed: 1 file of org/tool.',
    '✖ Infrastructure failed: 1 file not built.',
    '✖ Build failed: 2 files not built, for 2 reasons (above).',
  ]);
});

test('nodes that a stop left undone are one group, not a group each', () => {
  const verdicts = ['a', 'b', 'c'].map((failedNode) =>
    fileVerdict({ name: failedNode, verdict: 'infra-failed', failure: { reason: 'aborted' }, failedNode }),
  );
  const text = from(summary(verdicts), 'Stopped before it was built: 3 files');
  assert.is(text.split('Interrupted.').length - 1, 1);
  assert.match(text, 'org/tool  linux/amd64  a, b, c');
});

test('a moved tag is not excused as something that cannot be had', () => {
  const failure = { reason: 'moved-tag', repository: 'r', tag: 'v1', locked: 'a', found: 'b' } as const;
  const text = summary([fileVerdict({ verdict: 'source-unavailable', comparable: false, failure })]);
  assert.match(text, 'Find out who moved it');
  assert.not.match(text, 'does not count as failed');
});

test('nothing comparable is not called a success', () => {
  const text = summary([fileVerdict({ verdict: 'not-built', comparable: false })]);
  assert.match(text, '\n! identical / comparable / all: 0 / 0 / 1. Nothing could be compared.\n');
});

test('where something failed beside what is as published, no tick says that all is well', () => {
  const failed = fileVerdict({
    project: 'org/patched',
    verdict: 'build-failed',
    comparable: false,
    failure: buildFailure,
  });
  const text = summary([fileVerdict(), failed], {}, 200);
  assert.match(
    text,
    '\n! identical / comparable / all: 1 / 1 / 2. No comparable file differs, but not all was made.\n',
  );
  assert.not.match(text, '✔ identical');
});

test.run();
