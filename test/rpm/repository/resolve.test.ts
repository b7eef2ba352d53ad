import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import type { RepositoryPackage } from '../../../orchestrator/rpm/repository/primary.ts';
import { type Pin, resolve } from '../../../orchestrator/rpm/repository/resolve.ts';

/** `name 1-2 > requirement, requirement < provided`. */
function made(text: string): RepositoryPackage {
  const [, name = '', version = '', release = '', requires = '', provides = ''] =
    /^(\S+) ([^-\s]+)-(\S+)(?: > ([^<]*))?(?: ?< (.*))?$/.exec(text) ?? [];
  const names = (list: string) =>
    list.trim() === '' ? [] : list.split(',').map((each) => ({ name: each.trim() }));
  const all = names(provides);
  return {
    ...{ name, epoch: 0, version, release, arch: 'x86_64', sha256: digestOf(text), size: 1, href: 'x' },
    requires: names(requires),
    provides: [
      { name, relation: 'EQ', epoch: 0, version, release },
      ...all.filter((each) => !each.name.startsWith('/') && !each.name.startsWith('!')),
    ],
    conflicts: all.filter((each) => each.name.startsWith('!')).map((each) => ({ name: each.name.slice(1) })),
    files: all.filter((each) => each.name.startsWith('/')).map((each) => each.name),
  };
}

const listed = (packages: readonly string[], without: readonly string[] = []) => ({
  ...{ packages, dependencies: 'listed' as const },
  without: without.map((name) => ({ name, because: 'of the test' })),
});

function outcome(
  content: Parameters<typeof resolve>[0],
  texts: readonly string[],
  pins?: ReadonlyMap<string, Pin>,
): readonly string[] {
  const { packages, complaints } = resolve(content, texts.map(made), pins);
  return [
    ...packages.map(({ name, version, release }) => `${name} ${version}-${release}`),
    ...complaints.map((each) => {
      if (each.kind === 'unmet') return `unmet ${each.requirement} by ${each.by.join(' ')}`;
      return each.kind === 'conflict' ? `${each.name} conflicts ${each.with}` : `${each.kind} ${each.name}`;
    }),
  ];
}

test('the newest of each name, or the version that it is pinned to', () => {
  const texts = ['a 1-1', 'a 1-10', 'a 1-9', 'b 1-1'];
  assert.equal(outcome(listed(['b', 'a']), texts), ['a 1-10', 'b 1-1']);
  const pins = new Map([['a', { version: '1', release: '9' }]]);
  assert.equal(outcome(listed(['a']), texts, pins), ['a 1-9']);
});

test('a name that there is not, and a version that there is not', () => {
  const pins = new Map([['a', { version: '7', release: '1' }]]);
  assert.equal(outcome(listed(['a', 'c']), ['a 1-1', 'a 1-2'], pins), ['no-version a', 'no-package c']);
  const [complaint] = resolve(listed(['a']), ['a 1-1', 'a 1-2'].map(made), pins).complaints;
  assert.equal(complaint?.kind === 'no-version' && complaint.available.map(({ release }) => release), [
    '2',
    '1',
  ]);
});

test('a requirement that nothing meets, unless only what is done without could', () => {
  const texts = ['a 1-1 > /bin/sh, liba.so', 'd 1-1 > /bin/sh', 'bash 1-1 < /usr/bin/sh', 'e 1-1 < liba.so'];
  assert.equal(outcome(listed(['a', 'd']), texts), [
    ...['a 1-1', 'd 1-1'],
    ...['unmet /bin/sh by a d', 'unmet liba.so by a'],
  ]);
  assert.equal(outcome(listed(['a', 'd', 'e'], ['bash']), texts), ['a 1-1', 'd 1-1', 'e 1-1']);
  assert.equal(outcome(listed(['a', 'd'], ['bash', 'liba.so']), texts), ['a 1-1', 'd 1-1']);
});

test("what rpm itself provides is nobody's business", () => {
  assert.equal(outcome(listed(['a']), ['a 1-1 > rpmlib(PayloadIsZstd)']), ['a 1-1']);
});

test('dependencies: what is there already, then the same name, the shortest, the first', () => {
  const whole = { ...listed(['a']), dependencies: 'resolved' as const };
  const texts = [
    'a 1-1 > x, y, z, q',
    ...['long-name 1-1 < x', 'short 1-1 < x', 'shart 1-1 < x'],
    ...['y 1-1 > w', 'b 1-1 < y', 'w 1-1'],
    ...['z 1-1', 'z 1-2 < q', 'bb 1-1 < q'],
  ];
  assert.equal(outcome(whole, texts), ['a 1-1', 'shart 1-1', 'w 1-1', 'y 1-1', 'z 1-2']);
});

test('a condition that comes to hold later counts', () => {
  const whole = { ...listed(['a']), dependencies: 'resolved' as const };
  const texts = ['a 1-1 > (c if b), d', 'd 1-1 > b', 'b 1-1', 'c 1-1'];
  assert.equal(outcome(whole, texts), ['a 1-1', 'b 1-1', 'c 1-1', 'd 1-1']);
});

test('what is done without does not come as a dependency, and conflicts are seen', () => {
  const whole = { ...listed(['a', 'b'], ['c']), dependencies: 'resolved' as const };
  assert.equal(outcome(whole, ['a 1-1 > c < !b', 'b 1-1', 'c 1-1']), ['a 1-1', 'b 1-1', 'a conflicts b']);
});

test.run();
