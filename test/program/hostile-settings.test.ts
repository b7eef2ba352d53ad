import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { settingsSchema } from '../../orchestrator/config/settings/settings.ts';
import { decodeYaml } from '../../orchestrator/config/yaml.ts';
import { attack, saidOf, sampleOf } from '../rig/attack.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** Overlays that ask for more than to be built otherwise, and settings whose numbers and names are none. */
const test = suite<{ world: World }>('hostile settings');

test.before(async (context) => {
  context.world = await newWorld();
});

/** YAML in one line. */
const flow = (value: unknown) => JSON.stringify(value);

const overrides: readonly (readonly [override: unknown, said: RegExp])[] = [
  [{ flags: ['-toolexec=sh'] }, /override\.flags\.0: /],
  [{ ldflags: ['-extld=sh'] }, /override\.ldflags\.0: /],
  [{ environment: { GOFLAGS: '-toolexec=sh' } }, /override\.environment\.GOFLAGS: GOFLAGS reaches beyond/],
  [{ environment: { CC: '/bin/sh' } }, /override\.environment\.CC: /],
  [{ environment: { GOAMD64: 'v9' } }, /override\.environment\.GOAMD64: /],
  [{ stamps: { 'main.v': 'a b' } }, /override\.stamps\.main\.v: /],
  [{ committer: { name: 'a\nb', email: 'x' } }, /override\.committer\.name: /],
  [{ at: '/' }, /override\.at: /],
];

for (const [override, said] of overrides) {
  test(`an overlay: ${flow(override)}`, ({ world }) => {
    const text = `schema: 1\nrelease: ${release}\nprojects:\n  org/tool:\n    because: x\n    files: []\n    override: ${flow(override)}\n`;
    const planted = { what: flow(override), plant: (path: string) => writeFileSync(path, text), said };
    const file = join(world.root, `releases/${release}.overlay.yaml`);
    return attack(world, { file, planted, argv: ['plan', release] });
  });
}

const settings: readonly (readonly [text: string, said: RegExp])[] = [
  ...[
    '0',
    '-1',
    '1.5',
    '1e3',
    '010',
    '0x10',
    '1000000000',
    '99999999999999999999',
    'many',
    "''",
    'NaN',
    '" 5"',
  ].flatMap((value) =>
    ['network', 'builds', 'memory'].map(
      (name) =>
        [
          `limits: { ${name}: ${value} }\n`,
          new RegExp(`limits\\.${name}: expected a whole number from (1|64) to [0-9]+: `),
        ] as const,
    ),
  ),
  [
    'builders: { linux/amd64: { address: "unix:///x", slots: 0 } }\n',
    /expected a whole number from 1 to 999/,
  ],
  ['builders: { linux/z80: "unix:///x" }\n', /expected a platform/],
  ['cache: "a\\0b"\n', /cache: a control character is in no path/],
  ['registries: { "a/b": {} }\n', /expected a host/],
  ['images: { bases: { x: "registry.example.com:99999/x@sha256:1" } }\n', /images\.bases\.x: the image /],
  ['distributions: { al3: {} }\n', /unknown field "al3"|distributions\.al3/],
];

test('settings whose numbers and names are none', () => {
  for (const [text, said] of settings) {
    assert.match(saidOf(decodeYaml('x', text, settingsSchema)), said, text);
  }
});

for (const [text, said] of sampleOf(settings)) {
  test(`settings: ${text.trim()}`, ({ world }) =>
    attack(world, {
      file: join(world.root, 'more.yaml'),
      planted: { what: text, plant: (path) => writeFileSync(path, text), said },
      argv: ['plan', release, '--settings', 'more.yaml'],
    }));
}

test.run();
