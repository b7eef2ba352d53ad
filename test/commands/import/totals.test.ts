import * as assert from 'uvu/assert';
import { createTotals } from '../../../orchestrator/commands/import/totals.ts';
import type { UnsealedLock } from '../../../orchestrator/config/lock/lock-file.ts';
import { samplePins } from '../../rig/pins.ts';
import { suite } from '../../rig/suite.ts';

const test = suite('import totals');

/** Pins of a release whose Kubernetes has an authority, or no CHECKSUMS at all. */
function pins(branch: string, number: number, authority?: 'built' | 'copied'): UnsealedLock {
  const sample = samplePins();
  const project = sample.projects['org/tool'];
  if (project?.checksums === undefined) throw new Error('no project');
  const { checksums, ...rest } = project;
  const kubernetes = authority === undefined ? rest : { ...rest, checksums: { ...checksums, authority } };
  return { ...sample, branch, number: String(number), projects: { 'kubernetes/kubernetes': kubernetes } };
}

const scenarios: readonly (readonly [built: readonly number[], expected: string])[] = [
  [[], 'never'],
  [[4], '4'],
  [[3, 1, 2], '1-3'],
  [[9, 10, 11, 3, 1], '1, 3, 9-11'],
];
for (const [built, expected] of scenarios) {
  test(`Kubernetes built in ${built.join(' and ') || 'none'}: ${expected}`, () => {
    const totals = createTotals();
    for (const number of built) totals.add(pins('1-30', number, 'built'));
    totals.add(pins('1-30', 20, 'copied'));
    assert.is(/^1-30 .* {2}(\S.*)$/m.exec(totals.describe(new Map()))?.[1], expected);
  });
}

test('branches stand in the order of their numbers, with what is remarkable under them', () => {
  const totals = createTotals();
  totals.add(pins('1-31', 1, 'built'));
  totals.add(pins('1-9', 2));
  const odd = pins('1-31', 2, 'copied');
  const [name, project] = Object.entries(odd.projects)[0] ?? [];
  if (name === undefined || project === undefined) throw new Error('no project');
  const { tag: _, releaseCommit: __, ...upstream } = odd.upstream;
  totals.add({
    ...odd,
    upstream: { ...upstream, differences: [{ path: 'Common.mk', change: 'changed' }] },
    projects: {
      [name]: { ...project, commit: 'absent', patches: [{ path: 'p', sha256: 'unavailable' }] },
      open: { ...project, commit: 'unresolved' },
    },
  });
  const failure = { reason: 'network', what: 'reading it', detail: 'no route' } as const;
  assert.equal(totals.describe(new Map([['https://git.example/x.git', failure]])).split('\n'), [
    'branch  releases  with CHECKSUMS  files  built  unchecked  copied  kubernetes built',
    '1-9            1               0      0      0          0       0  never',
    '1-31           2               2      3      1          0       2  1',
    'all            3               2      3      1          0       2',
    '',
    '1 without a tag',
    '1 without a release commit: read from the tag',
    '1 whose tag has other build inputs than the release commit',
    '1 patch whose content the repository lacks',
    '1 pin of source tags that are not public',
    '1 pin of source tags that are unresolved',
    '3 pins of base images by tag alone',
    '  https://git.example/x.git: The network failed while reading it: no route. Try again; what was finished is kept.',
    '',
  ]);
});

test.run();
