import * as assert from 'uvu/assert';
import type { GoBuild, GoPatch, LockedGo } from '../../orchestrator/config/lock/lock.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { asRelativePath } from '../../orchestrator/core/relative-path.ts';
import type { GoHistories } from '../../orchestrator/release/attribute-go.ts';
import type { EksGoState } from '../../orchestrator/release/eks-go.ts';
import { goCandidates } from '../../orchestrator/release/go-candidates.ts';
import { suite } from '../rig/suite.ts';

const test = suite('go candidates');

const patch = (name: string, isCompiledIn = true): GoPatch => ({
  path: asRelativePath(`patches/${name}`),
  sha256: digestOf(name),
  ...(isCompiledIn ? { changes: ['time'] } : {}),
});

const state = (version: string, release: string, date: string, patches: readonly GoPatch[]): EksGoState => ({
  name: `${version}-${release}`,
  version,
  release,
  commit: `${release.repeat(8).slice(0, 8)}${'0'.repeat(32)}`,
  time: Date.parse(date) / 1000,
  isReleased: true,
  patches,
});

const states = [
  state('1.18.9', '1', '2022-12-14', [patch('tz')]),
  state('1.18.10', '1', '2023-01-17', [patch('tz')]),
  state('1.18.10', '2', '2023-02-07', [patch('tz'), patch('cmd', false)]),
  state('1.18.10', '3', '2023-02-22', [patch('a'), patch('tz')]),
  state('1.18.10', '4', '2023-04-14', [patch('a'), patch('b'), patch('tz')]),
];
const histories = {
  builder: undefined,
  eksGo: {
    repository: 'https://git.example/tooling.git',
    of: (minor: string) => (minor === '1.18' ? states : []),
    named: () => undefined,
  },
};

const none = { builder: undefined, eksGo: undefined };

const locked = (go: Partial<LockedGo>): LockedGo => ({
  version: '1.18.10',
  flavour: 'official',
  read: 'A:1',
  others: [],
  ...go,
});
const labels = (
  go: LockedGo,
  goBuilds?: Record<string, GoBuild>,
  given: GoHistories = histories,
): readonly string[] =>
  goCandidates({ go, goBuilds, changed: '2023-02-24T00:00:00Z' }, given).map(({ label }) => label);

test('for the official Go: its builds by EKS Distro first, the nearest to the day first, each effect once', () => {
  assert.equal(labels(locked({})).slice(0, 5), [
    'EKS Go 1.18.10-3 (33333333)',
    'EKS Go 1.18.10-2 (22222222)',
    'EKS Go 1.18.10-4 (44444444)',
    'go 1.18.9',
    'EKS Go 1.18.9-1 (11111111)',
  ]);
});

test('for a build of EKS Distro: the official one first, and never the locked one', () => {
  const build: GoBuild = {
    version: '1.18.10',
    release: 3,
    repository: 'https://git.example/tooling.git',
    commit: '3'.repeat(40),
    patches: [patch('a'), patch('tz')],
  };
  const all = labels(locked({ flavour: 'eks-go', build: '1.18.10-3@33333333' }), {
    '1.18.10-3@33333333': build,
  });
  assert.equal(all.slice(0, 5), [
    'go 1.18.10',
    'EKS Go 1.18.10-2 (22222222)',
    'EKS Go 1.18.10-4 (44444444)',
    'EKS Go 1.18.9-1 (11111111)',
    'go 1.18.9',
  ]);
  assert.not.ok(all.some((label) => label.includes('1.18.10-3')));
});

test('what other witnesses say comes before the neighbours', () => {
  const others = [
    { version: '1.18.7', read: 'B:1' },
    { version: '1.18.10-4', read: 'C:1' },
  ];
  const all = labels(locked({ others }), undefined, none);
  assert.equal(all, [
    ...['go 1.18.7', 'go 1.18.9', 'go 1.18.11', 'go 1.18.8', 'go 1.18.12'],
    ...['go 1.18.13', 'go 1.18.6', 'go 1.18.14'],
  ]);
});

test('the first version of a release has its name', () => {
  const nextTo = (version: string) => labels(locked({ version }), undefined, none);
  assert.ok(nextTo('1.20.1').includes('go 1.20'));
  assert.ok(nextTo('1.21.1').includes('go 1.21.0'));
  assert.equal(nextTo('1.20').slice(0, 2), ['go 1.20.1', 'go 1.20.2']);
});

test('only patches that are compiled in are pinned, with where their bytes are', () => {
  const [first, second] = goCandidates(
    { go: locked({}), goBuilds: undefined, changed: '2023-02-08T00:00:00Z' },
    histories,
  );
  assert.is(second?.label, 'EKS Go 1.18.10-3 (33333333)');
  assert.equal(first?.patches, [
    {
      path: asRelativePath('patches/tz'),
      sha256: digestOf('tz'),
      from: {
        kind: 'upstream',
        repository: 'https://git.example/tooling.git',
        commit: `22222222${'0'.repeat(32)}`,
      },
    },
  ]);
});

test.run();
