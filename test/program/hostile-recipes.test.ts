import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { decodeProject } from '../../orchestrator/workspace/decode-project.ts';
import { attack, saidOf, sampleOf } from '../rig/attack.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** Recipes that ask for more than to be built. */
const test = suite<{ world: World }>('hostile recipes');

test.before(async (context) => {
  context.world = await newWorld();
});

const recipe = (world: World) => join(world.root, 'projects/org/tool/project.yaml');
const own = (world: World) => readFileSync(recipe(world), 'utf8');

/** YAML in one line. */
const flow = (value: unknown) => JSON.stringify(value);

const flags: readonly (readonly string[])[] = [
  ...[
    ['-o=/usr/bin/tool'],
    ['-o', '../x'],
    ['--o', 'x'],
    ['-toolexec=sh -c id'],
    ['-toolexec', 'id'],
    ['--toolexec=x'],
  ],
  ...[
    ['-overlay=/tmp/o.json'],
    ['-overlay', 'o'],
    ['-modfile=/tmp/go.mod'],
    ['-modfile', 'x'],
    ['-C', '/'],
    ['-C=/'],
  ],
  ...[
    ['-exec=sh'],
    ['-pkgdir=/tmp'],
    ['-mod=/x'],
    ['-compiler=gccgo'],
    ['-gccgoflags=-B/x'],
    ['-linkshared'],
    ['-n'],
  ],
  ...[
    ['-work'],
    ['-json'],
    ['-i'],
    ['-cover'],
    ['-pgo=/etc/passwd'],
    ['-ldflags=-extld=sh'],
    ['-ldflags', '-s'],
  ],
  ...[
    ['-gcflags=-o=/x'],
    ['-gcflags=all=-asmhdr /x'],
    ['-gcflags', '-cpuprofile=/x'],
    ['-gcflags=-importcfg=/x'],
  ],
  ...[
    ['-asmflags=-I/etc'],
    ['-asmflags=all=-o x'],
    ['-tags=a b'],
    ['-tags=$(id)'],
    ['./cmd/other'],
    ['/etc/passwd'],
  ],
  ...[
    ['@file'],
    ['-installsuffix=../x'],
    ['-installsuffix'],
    ['-buildmode=plugin'],
    ['-p=0'],
    ['-trimpath=/x'],
    ['-\0'],
  ],
];
const linkerFlags: readonly (readonly string[])[] = [
  ...[
    ['-extld=sh'],
    ['-extld', '/bin/sh'],
    ['-extar=x'],
    ['-o=x'],
    ['-o', '/x'],
    ['-L', '/lib'],
    ['-I', '/lib/ld.so'],
  ],
  ...[
    ['-r', '/x'],
    ['-tmpdir=/tmp'],
    ['-cpuprofile=/x'],
    ['-importcfg=/x'],
    ['-k', 'x'],
    ['-s -extld=sh'],
    ['-s\t-o=x'],
  ],
  ...[
    ['-extldflags=-fplugin=/x'],
    ['-extldflags', '-B/x'],
    ['-extldflags', '@/x'],
    ['-extldflags=-Wl,-T,/x'],
  ],
  ...[
    ["-extldflags='-static -o x'"],
    ['-X', 'main.v=a b'],
    ['-X=main.v=a -o=x'],
    ['-X', '-o'],
    ["'-extld=sh'"],
    ['-s', 'x'],
  ],
];
const stamps: readonly Readonly<Record<string, string>>[] = [
  ...[{ 'main.version': '{tag} -extld=sh' }, { 'main.version': 'a\tb' }, { 'main.version': 'a\nb' }],
  ...[{ '-o': 'x' }, { 'main.version -o': 'x' }, { main: 'x' }, { '': 'x' }, { 'main.v=w -X main.u': 'x' }],
];
const packages = ['./...', 'example.com/x@latest', '-x', '../x', './a b', './$(id)', 'a\\b'];
const compilerFlags = [
  '-fplugin=x',
  '-B/x',
  '-specs=x',
  '-wrapper',
  '-Wl,-T,x',
  '-Wa,x',
  '-o',
  '-include',
  '@x',
  '-dumpdir',
];

/** A recipe's archive, with something otherwise. */
const archived = (given: object) => {
  const plain = { kind: 'archive', folder: 'tools', file: 't.tar.gz', platforms: ['linux/amd64'] };
  return `archives: [${flow({ ...plain, members: [{ programs: ['tool'] }], ...given })}]\n`;
};

const cases: readonly (readonly [what: string, change: (text: string) => string, said: RegExp])[] = [
  ...flags.map(
    (words) =>
      [
        `flags ${flow(words)}`,
        (text: string) => `${text}    flags: ${flow(words)}\n`,
        /flags\.[0-9]+: /,
      ] as const,
  ),
  ...linkerFlags.map(
    (words) =>
      [
        `ldflags ${flow(words)}`,
        (text: string) => `${text}    ldflags: ${flow(words)}\n`,
        /ldflags\.[0-9]+: /,
      ] as const,
  ),
  ...stamps.map(
    (values) =>
      [
        `stamps ${flow(values)}`,
        (text: string) => text.replace(/ {4}stamps:[\s\S]*$/, `    stamps: ${flow(values)}\n`),
        /stamps.*: (a value of -X|expected a variable)/,
      ] as const,
  ),
  ...packages.map(
    (name) =>
      [
        `the package ${name}`,
        (text: string) => text.replace('./cmd/tool', flow(name)),
        /package: the package /,
      ] as const,
  ),
  ...compilerFlags.map(
    (name) =>
      [
        `the flag ${name} of a compiler`,
        (text: string) => `${text}cBuilds: [${flow({ program: 'c', source: 'c.c', flags: [name] })}]\n`,
        /cBuilds\.0\.flags\.0: /,
      ] as const,
  ),
  ...['../x', '/x', 'a/../../x', '.', 'a\\b', 'a\0'].map(
    (at) =>
      [
        `a member of an archive at ${at}`,
        (text: string) => text + archived({ members: [{ at, programs: ['tool'] }] }),
        /archives\.0\.members\.0.*: /,
      ] as const,
  ),
  ...['../x', '/x', 'a b', 'x{system}', '{file', 'x%2f..', 'x?y#z', ''].map(
    (file) =>
      [
        `an archive called ${file}`,
        (text: string) => text + archived({ file }),
        /archives\.0\.file: /,
      ] as const,
  ),
  ...['..', '../tools', '/', 'a/b'].map(
    (folder) =>
      [
        `an archive in the folder ${folder}`,
        (text: string) => text + archived({ folder, root: folder }),
        /archives\.0\.(folder|root): expected the name of a file/,
      ] as const,
  ),
  ...['0', '-1', '1.5', '99999999'].map(
    (text) =>
      [
        `memory ${text}`,
        (before: string) => `${before}    memory: ${text}\n`,
        /memory: expected a whole number from 1 to /,
      ] as const,
  ),
];

test('what would reach beyond the build is refused', ({ world }) => {
  for (const [what, change, said] of cases) {
    const text = change(own(world));
    assert.is.not(text, own(world), what);
    assert.match(saidOf(decodeProject('project.yaml', text)), said, what);
  }
});

for (const [what, change, said] of sampleOf(cases)) {
  test(`by the program: ${what}`, ({ world }) => {
    const text = change(own(world));
    const planted = { what, plant: (path: string) => writeFileSync(path, text), said };
    return attack(world, { file: recipe(world), planted, argv: ['plan', release] });
  });
}

test.run();
