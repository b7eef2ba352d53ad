import * as assert from 'uvu/assert';
import { describeImport } from '../../../orchestrator/commands/import/summary.ts';
import type { UnsealedLock } from '../../../orchestrator/config/lock/lock-file.ts';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { samplePins } from '../../rig/pins.ts';
import { suite } from '../../rig/suite.ts';

const test = suite('import summary');

type Pins = UnsealedLock['projects'][string];

/** The lines between the first and the last. */
function lines(pins: UnsealedLock, failures: ReadonlyMap<string, Failure> = new Map()): readonly string[] {
  const text = describeImport({ pins, file: 'releases/x.lock.yaml', notes: [], failures });
  const all = text.split('\n');
  assert.equal(all.slice(-2), ['  wrote releases/x.lock.yaml', '']);
  return all.slice(1, -2);
}

function withProject(change: Partial<Pins>, name = 'org/tool'): UnsealedLock {
  const sample = samplePins();
  const project = sample.projects['org/tool'];
  if (project === undefined) throw new Error('no project');
  return { ...sample, projects: { [name]: { ...project, ...change } } };
}

test('an ordinary release takes three lines', () => {
  const text = describeImport({ pins: samplePins(), file: 'f', notes: [], failures: new Map() });
  assert.equal(text.split('\n'), [
    `v1-30-eks-5: read from the release commit ${'d'.repeat(12)} of 2024-05-01`,
    '  1 project, 1 file: 1 built',
    '  wrote f',
    '',
  ]);
});

test("upstream's lists of what it published are counted with what they name", () => {
  const artifacts = { file: 'projects/org/tool/expected_artifacts', paths: ['SHA256SUM', 'tool.tar.gz'] };
  const images = { file: 'projects/org/tool/expected_images', paths: ['tool.tar'] };
  const [, told] = lines(withProject({ expectedFiles: { artifacts, images } }));
  assert.is(told, '  2 lists of what is published, with 3 files');
});

test('what the tag has otherwise is counted, and the first four are shown', () => {
  const pins = samplePins();
  const differences = ['a', 'b', 'c', 'd', 'e', 'f'].map((path) => ({ path, change: 'changed' as const }));
  assert.equal(lines({ ...pins, upstream: { ...pins.upstream, differences } }).slice(0, 6), [
    "  the tag's tree differs from the release commit's in 6 build inputs:",
    '    changed a',
    '    changed b',
    '    changed c',
    '    changed d',
    '    and 2 more, in the lock',
  ]);
});

test('a Go of which two sources say different things is shown, where it matters', () => {
  const go = {
    version: '1.20.5',
    flavour: 'official' as const,
    read: 'A:1',
    others: [{ version: '1.20.6', read: 'B:2' }],
  };
  assert.equal(lines(withProject({ go })).slice(1), ['  org/tool: Go 1.20.5 (A:1), but 1.20.6 by B:2']);
  const agreeing = { ...go, others: [{ version: '1.20.5', read: 'B:2' }] };
  assert.equal(lines(withProject({ go: agreeing })).slice(1), []);
  const { checksums } = withProject({}).projects['org/tool'] ?? {};
  if (checksums === undefined) throw new Error('no checksums');
  assert.equal(lines(withProject({ go, checksums: { ...checksums, authority: 'copied' } })).slice(1), []);
});

test('source tags that are not public, or not known yet, are named, with why', () => {
  const repository = 'https://example.com/org/tool.git';
  assert.equal(lines(withProject({ commit: 'absent' })).slice(1), [
    `  org/tool: ${repository} has no tag v1.2.3`,
  ]);
  const failure = { reason: 'network', what: `reading ${repository}`, detail: 'no route' } as const;
  assert.equal(lines(withProject({ commit: 'unresolved' }), new Map([[repository, failure]])).slice(1), [
    '  unresolved source tags, asked for again when they are needed: org/tool v1.2.3',
    `    The network failed while reading ${repository}: no route. Try again; what was finished is kept.`,
  ]);
});

test('patches without content are named', () => {
  const patches = [{ path: 'patches/0001-a.patch', sha256: 'unavailable' }];
  assert.equal(lines(withProject({ patches })).slice(1), [
    '  org/tool: the repository lacks the content of patches/0001-a.patch',
  ]);
});

test.run();
