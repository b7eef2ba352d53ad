import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../rig/suite.ts';
import { publish, type World, warmWorld } from '../rig/world.ts';
import { kitPins, release, toolPins } from '../rig/world-content.ts';

/** Release 7 expects another org/tool than comes out. */
const test = suite<{ world: World }>('audit: records');

const other = 'v1-30-eks-7';

test.before(async (context) => {
  const world = await warmWorld();
  await publish(world, 7, { ...toolPins({ source: 'package main\n\n// three\n' }), ...kitPins() });
  await world.run(['import', other]);
  const ran = await world.run(['audit', '--all']);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, '12 files by');
  context.world = world;
});

test('--report sums up by branch, project, year, Go and cause, and ends as what was found', async ({
  world,
}) => {
  const ran = await world.run(['audit', '--report']);
  assert.is(
    ran.stdout,
    `branch  identical  comparable  all
1-30           10          12   14

project   identical  comparable  all
org/bare          0           0    2
org/kit           8           8    8
org/tool          2           4    4

year  identical  comparable  all
2024         10          12   14

Go    identical  comparable  all
1.20          2           4    4
1.21          8           8   10

not identical  cause    files  builds  projects
different      unknown      2       1  org/tool
not-built      unknown      2       0  org/bare

2 releases, 2 distinct builds
identical / comparable / all: 10 / 12 / 14
`,
  );
  assert.equal([ran.code, ran.stderr], [1, '']);
  const one = await world.run(['audit', '--report', release, '--project', '!bare']);
  assert.match(one.stdout, /identical \/ comparable \/ all: 6 \/ 6 \/ 6\n$/);
  assert.is(one.code, 0);
  const json = await world.run(['audit', '--report', '--json']);
  const { schema, totals, unknown, by } = JSON.parse(json.stdout);
  assert.equal([schema, totals, unknown], [1, { identical: 10, comparable: 12, all: 14 }, 0]);
  assert.equal(by.project['org/tool'], { identical: 2, comparable: 4, all: 4 });
});

test('what nothing is recorded of is not known yet, and not failed', async ({ world }) => {
  const ran = await world.run(['audit', '--report', '--records', 'none', release]);
  assert.match(ran.stdout, 'Not known yet: 7 published files.\n');
  assert.equal([ran.code, ran.stderr], [0, '']);
});

/** The records of release 5, changed, in a folder of their own. */
function forged(world: World, folder: string, change: (text: string) => string): string {
  const text = readFileSync(join(world.root, 'records', `${release}.jsonl`), 'utf8');
  mkdirSync(join(world.root, folder), { recursive: true });
  writeFileSync(join(world.root, folder, `${release}.jsonl`), change(text));
  return folder;
}

test('who says something else of the same build is named, and ours is kept', async ({ world }) => {
  const before = readFileSync(join(world.root, 'records', `${release}.jsonl`), 'utf8');
  const found = `"found":"${'0'.repeat(64)}"`;
  const folder = forged(world, 'theirs', (text) =>
    text
      .split('\n')
      .map((line) =>
        line.includes('linux/arm64')
          ? line.replace('"identical"', '"different"').replace('"version"', `${found},"version"`)
          : line,
      )
      .join('\n'),
  );
  for (const argv of [
    ['audit', '--report', release],
    ['audit', release],
  ]) {
    const ran = await world.run([...argv, '--from', folder]);
    assert.is(
      ran.stderr,
      `${release} org/tool linux/arm64 tool: theirs says different, and ours identical, of the same build. Ours is kept.\n`,
    );
  }
  assert.is(readFileSync(join(world.root, 'records', `${release}.jsonl`), 'utf8'), before);
});

test('what is no record is refused at its place, and nothing is written', async ({ world }) => {
  const cases: readonly (readonly [name: string, change: (text: string) => string, told: RegExp])[] = [
    ['verdict', (text) => text.replace('"not-built"', '"fine"'), /verdict\/v1-30-eks-5\.jsonl:1:[0-9]+/],
    ['twice', (text) => text.replace('{"schema":1,', '{"schema":1,"schema":1,'), /line 1 .*same name twice/],
    ['more', (text) => text.replace(/"by":[^}]*\}\n$/, '"by":"x","more":1}\n'), /:7:[0-9]+/],
    ['cut', (text) => text.slice(0, -20), /line 7 holds no JSON/],
    ['release', (text) => text.replace(release, other), /line 1 is of another release than v1-30-eks-5/],
    [
      'both',
      (text) =>
        `${text}${text.split('\n').find((line) => line.includes('identical'))}\n`.replace(
          '"identical"',
          '"build-failed"',
        ),
      /is said to be build-failed and identical: one of these lines has to go/,
    ],
    ['hash', (text) => text.replace(/"expected":"[0-9a-f]{2}/, '"expected":"xx'), /SHA-256/],
  ];
  for (const [name, change, told] of cases) {
    const folder = forged(world, name, change);
    for (const argv of [
      ['audit', '--report', '--records', folder],
      ['audit', release, '--from', folder],
      ['audit', release, '--records', folder],
      ['verify', release, '--records', folder],
    ]) {
      const ran = await world.run(argv);
      assert.is(ran.code, 2, `${name}: ${argv.join(' ')}`);
      assert.match(ran.stderr, told, name);
    }
    const after = readFileSync(join(world.root, folder, `${release}.jsonl`), 'utf8');
    const original = readFileSync(join(world.root, 'records', `${release}.jsonl`), 'utf8');
    assert.is(after, change(original), name);
  }
});

test('an empty line between records is nothing', async ({ world }) => {
  const folder = forged(world, 'blank', (text) => text);
  appendFileSync(join(world.root, folder, `${release}.jsonl`), '\n\n');
  assert.is((await world.run(['audit', '--report', '--records', folder])).code, 0);
});

test('words that do not fit', async ({ world }) => {
  const cases: readonly (readonly [argv: readonly string[], told: string])[] = [
    [[], 'No release was named.'],
    [[release, '--all'], 'Releases by name, --branch and --all do not go together.'],
    [['v1-30-eks-9'], 'v1-30-eks-9'],
    [['--branch', '1-31'], '1-31'],
    [['--all', '--shard', '3/2'], '--shard takes the number of a part and of all parts'],
    [['--all', '--shard', '0/2'], '--shard takes the number of a part and of all parts'],
    [['--all', '--budget', 'x'], '--budget takes hours'],
    [['--all', '--max-size', '-1'], '--max-size takes a size in GiB'],
    [['--all', '--again', 'identicle'], 'identical'],
    [['--all', '--json'], '--json does nothing without --report'],
    [['--report', '--shard', '1/2'], '--shard does nothing with --report'],
    [['--all', '--project', 'nothing'], 'nothing'],
  ];
  for (const [argv, told] of cases) {
    const ran = await world.run(['audit', ...argv]);
    assert.is(ran.code, 2, argv.join(' '));
    assert.match(ran.stderr, told);
  }
});

test.run();
