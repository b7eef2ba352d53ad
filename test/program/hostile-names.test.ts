import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import {
  readLock,
  renderLock,
  type UnsealedLock,
  unsealLock,
} from '../../orchestrator/config/lock/lock-file.ts';
import { attack, saidOf, sampleOf } from '../rig/attack.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';
import { patchOf, release } from '../rig/world-content.ts';

/** Names that lead elsewhere, in files that are in order otherwise: a lock is sealed by whoever writes it. */
const test = suite<{ world: World }>('hostile names');

test.before(async (context) => {
  context.world = await newWorld();
});

/** The lock of the world, so that anything can be changed in it. */
type Loose = UnsealedLock & {
  release: string;
  projects: Record<string, UnsealedLock['projects'][string]>;
};

const tool = (pins: Loose) => pins.projects['org/tool'] as UnsealedLock['projects'][string];
const rename = (name: string) => (pins: Loose) => {
  pins.projects = { ...pins.projects, [name]: tool(pins) };
};
const asset = (name: string) => (pins: Loose) => {
  const [first] = tool(pins).checksums?.files ?? [];
  if (first !== undefined) first.name = name;
};

const inLocks: readonly (readonly [what: string, change: (pins: Loose) => void, said: RegExp])[] = [
  ...[
    '../../X',
    'a/b',
    '..',
    '.',
    '-x',
    'v1 30',
    'a\u202eb',
    'a\nb',
    'a\0',
    'nul',
    'x'.repeat(300),
    'v1.',
  ].map(
    (name) =>
      [
        `a release ${JSON.stringify(name).slice(0, 20)}`,
        (pins: Loose) => {
          pins.release = name;
        },
        /: error: release: expected a release/,
      ] as const,
  ),
  ...[
    ...[
      'etcd',
      'a/b/c',
      '../x',
      'a/..',
      '/a/b',
      'a//b',
      'a\\b/c',
      'org/tool.',
      '-a/b',
      'a/-b',
      'a/con',
      'a b/c',
    ],
    ...['a/\u202eb', 'a/b\n', 'a/b\0', 'a/..b', `a/${'b'.repeat(300)}`, ' a/b', 'a/b ', 'é/b'],
  ].map(
    (name) =>
      [
        `a project ${JSON.stringify(name).slice(0, 20)}`,
        rename(name),
        /: error: projects\.[\s\S]*: expected a project, such as etcd-io\/etcd/,
      ] as const,
  ),
  ...[
    ...[
      '../../x',
      'a/b',
      '..',
      '.',
      '-o',
      'tool ',
      'tool.',
      'nul.exe',
      'COM1',
      'a\0b',
      'a\u2066b',
      'a\\b',
      'a:b',
    ],
    ...['a*', '', 'x'.repeat(256)],
  ].map(
    (name) =>
      [
        `a file ${JSON.stringify(name).slice(0, 20)}`,
        asset(name),
        /files\.0\.name: expected the name of a file/,
      ] as const,
  ),
  ...['linux/..', 'linux/amd64/v2', 'Linux/amd64', 'plan10/amd64', '__proto__/x', 'linux', '../amd64'].map(
    (name) =>
      [
        `a platform ${name}`,
        (pins: Loose) => {
          const [first] = tool(pins).checksums?.files ?? [];
          if (first !== undefined) first.platform = name;
        },
        /files\.0\.platform: expected a platform/,
      ] as const,
  ),
  ...[
    '-o',
    '--upload-pack=sh',
    'a..b',
    'v1 x',
    'v1.lock',
    '/v1',
    'v1/',
    'v1\n',
    'v@{1}',
    'v1^',
    'v1:x',
    'a//b',
  ].map(
    (name) =>
      [
        `a tag ${JSON.stringify(name)}`,
        (pins: Loose) => {
          tool(pins).tag = name;
        },
        /tag: expected a git tag's name/,
      ] as const,
  ),
  ...[
    'ext::sh -c id',
    '-oProxyCommand=sh',
    '--upload-pack=sh',
    'https://a b',
    'fd::7',
    'tool',
    '../tool',
  ].map(
    (name) =>
      [
        `a repository ${name}`,
        (pins: Loose) => {
          tool(pins).repository = name;
        },
        /repository: expected a repository/,
      ] as const,
  ),
  ...[
    '../x',
    '/etc/x',
    'a\\b.patch',
    'a\u202eb.patch',
    'a\nb',
    `${'a'.repeat(300)}.patch`,
    'a ',
    'a/./b',
  ].map(
    (name) =>
      [
        `a patch ${JSON.stringify(name).slice(0, 20)}`,
        (pins: Loose) => {
          const [first] = tool(pins).patches;
          if (first !== undefined) first.path = name;
        },
        /patches\.0\.path: the path /,
      ] as const,
  ),
  [
    'a commit that is a name',
    (pins) => {
      tool(pins).commit = 'HEAD';
    },
    /commit: /,
  ],
  [
    'a branch that leads out',
    (pins) => {
      pins.branch = '1-30/..';
    },
    /branch: expected a release branch/,
  ],
  [
    'a number that is none',
    (pins) => {
      pins.number = '1e9';
    },
    /number: expected a whole number/,
  ],
];

/** Its names are in order: it is the file's that is another. */
const anotherRelease: (typeof inLocks)[number] = [
  'another release',
  (pins) => {
    pins.release = 'v1-30-eks-6';
  },
  /:5:1: error: this is the lock of v1-30-eks-6/,
];

const lockOf = (world: World) => join(world.root, `releases/${release}.lock.yaml`);

/** The text of the world's lock with a change, sealed. */
function changed(world: World, change: (pins: Loose) => void): string {
  const file = lockOf(world);
  const lock = readLock(file, readFileSync(file, 'utf8'));
  if (!lock.ok) throw new Error('the world has no lock');
  const pins = unsealLock(lock.value) as Loose;
  change(pins);
  return renderLock(pins);
}

test('names that lead elsewhere are refused in a lock', ({ world }) => {
  for (const [what, change, said] of inLocks) {
    assert.match(saidOf(readLock('x', changed(world, change))), said, what);
  }
});

for (const [what, change, said] of [...sampleOf(inLocks), anotherRelease]) {
  test(`in a lock: ${what}`, ({ world }) => {
    const file = lockOf(world);
    const text = changed(world, change);
    const plant = (path: string) => writeFileSync(path, text);
    return attack(world, { file, planted: { what, plant, said }, argv: ['verify', release] });
  });
}

for (const name of ['a\\b.patch', 'a\u202eb.patch', 'a\nb.patch', 'a\u200bb.patch', ' a.patch']) {
  test(`a patch of the user's own: ${JSON.stringify(name)}`, ({ world }) =>
    attack(world, {
      file: join(world.root, 'patches/org/tool', name),
      planted: {
        what: name,
        plant: (path) => writeFileSync(path, patchOf('cmd/tool/main.go', '// two', '// mine')),
        said: /patches\/org\/tool\/[\s\S]*: error: holds a /,
      },
      argv: ['plan', release],
      named: 'patches/org/tool/',
    }));
}

test.run();
