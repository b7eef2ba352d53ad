import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { forgetGoCalls, goCalls, onGo } from '../rig/fake-go.ts';
import { suite } from '../rig/suite.ts';
import { copyWorld, newWorld, publish, type World, writeFiles } from '../rig/world.ts';
import { kitPins, patchOf, release, toolPins } from '../rig/world-content.ts';

/**
 * Release 6 has org/tool of another Go; release 7 is release 5 with another expectation of it. So there are two builds of org/tool and one
 * of org/kit; org/bare has no recipe.
 */
const test = suite<{ imported: World; world: World }>('audit');

test.before(async (context) => {
  const world = await newWorld();
  await publish(world, 6, { ...toolPins({ go: '1.20.9' }), ...kitPins() });
  await publish(world, 7, { ...toolPins({ source: 'package main\n\n// three\n' }), ...kitPins() });
  const imported = await world.run(['import', 'v1-30-eks-6', 'v1-30-eks-7']);
  assert.is(imported.code, 0, imported.stderr);
  context.imported = world;
});

test.before.each((context) => {
  context.world = copyWorld(context.imported);
});

const builds = (world: World) => goCalls(world.folder).filter((call) => / build /.test(call));

/** Every file of records, by name. */
function recordsIn(world: World, folder = 'records'): Readonly<Record<string, string>> {
  const place = join(world.root, folder);
  const names = existsSync(place) ? readdirSync(place).sort() : [];
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(place, name), 'utf8')]));
}

const verdictsIn = (text = '') =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
    .map(({ project, platform, name, verdict }) => `${project} ${platform} ${name}: ${verdict}`);

test('what is the same in many releases is built once, and said of all of them', async ({ world }) => {
  const ran = await world.run(['audit', '--all']);
  assert.is(ran.stderr, '');
  assert.is(ran.code, 0);
  const [head, ...lines] = ran.stdout.split('\n');
  assert.is(
    head,
    '3 releases, 21 published files: 6 builds of projects, which are 3 distinct ones: 0 decided before, 3 to do.',
  );
  const told = lines.slice(0, 3).map((line) => line.replace(/^[0-9]/, 'n').replace(/ {2}[^ ]+$/, ''));
  assert.equal(told.sort(), [
    'n of 3  org/kit v2.0.0 of 3 releases: 12 identical',
    'n of 3  org/tool v1.0.0 of 2 releases: 2 different, 2 identical',
    'n of 3  org/tool v1.0.0: 2 identical',
  ]);
  assert.match(
    lines.slice(3).join('\n'),
    /\nDecided in .*: 18 files by 3 distinct builds\n {2}identical: 16 files\n/,
  );
  assert.match(ran.stdout, /Nothing is left\.\n$/);
  assert.is(builds(world).length, 2 + 2 * 2, 'each platform of each');
  const records = recordsIn(world);
  assert.equal(Object.keys(records), ['v1-30-eks-5.jsonl', 'v1-30-eks-6.jsonl', 'v1-30-eks-7.jsonl']);
  assert.equal(verdictsIn(records['v1-30-eks-7.jsonl']), [
    'org/bare linux/amd64 bare: not-built',
    'org/kit linux/amd64 hammer: identical',
    'org/kit linux/amd64 saw: identical',
    'org/kit windows/amd64 hammer.exe: identical',
    'org/kit windows/amd64 saw.exe: identical',
    'org/tool linux/amd64 tool: different',
    'org/tool linux/arm64 tool: different',
  ]);
  forgetGoCalls(world.folder);
  const again = await world.run(['audit', '--all']);
  assert.match(again.stdout, '3 decided before, 0 to do.');
  assert.equal([again.code, builds(world)], [0, []]);
  assert.equal(recordsIn(world), records);
});

test('verify says the same of a release, byte for byte', async ({ world }) => {
  await world.run(['audit', release]);
  const verified = await world.run(['verify', release, '--records', 'verified']);
  assert.is(verified.code, 0, verified.stderr);
  assert.equal(recordsIn(world, 'verified'), recordsIn(world));
  const [line = ''] =
    recordsIn(world)
      [`${release}.jsonl`]?.split('\n')
      .filter((each) => each.includes('hammer"')) ?? [];
  const { build, expected, ...rest } = JSON.parse(line);
  assert.equal(
    [/^[0-9a-f]{64}$/.test(build), /^[0-9a-f]{64}$/.test(expected), rest],
    [
      true,
      true,
      {
        ...{
          schema: 1,
          release,
          date: '2024-05-01',
          project: 'org/kit',
          platform: 'linux/amd64',
          name: 'hammer',
        },
        ...{ verdict: 'identical', comparable: true, authority: 'built', version: 'v2.0.0', go: '1.21.3' },
        by: 'eksd-rebuild 0.0.0',
      },
    ],
  );
  const part = await world.run([
    'verify',
    release,
    '--records',
    'part',
    '--project',
    'tool',
    '--platform',
    'linux/amd64',
  ]);
  assert.is(part.code, 0);
  const whole = recordsIn(world)[`${release}.jsonl`] ?? '';
  const lines = recordsIn(world, 'part')[`${release}.jsonl`]?.split('\n').slice(0, -1) ?? [];
  assert.is(lines.length, 1);
  const { build: _, ...own } = JSON.parse(lines[0] ?? '');
  const same =
    whole.split('\n').find((each) => each.includes('"linux/amd64"') && each.includes('org/tool')) ?? '';
  const { build: __, ...other } = JSON.parse(same);
  assert.equal(own, other);
});

test("of a project with patches of one's own nothing is recorded: what was stays", async ({ world }) => {
  const path = 'patches/org/tool/0001-Own.patch';
  await world.run(['audit', release]);
  const before = recordsIn(world);
  for (const patch of [patchOf('cmd/tool/main.go', '// two', '// mended'), 'no patch']) {
    writeFiles(world.root, { [path]: patch });
    for (const [argv, code] of [
      [['verify', release, '--records', 'records'], patch === 'no patch' ? 3 : 0],
      [['audit', release, '--again', 'identical'], 0],
    ] as const) {
      const ran = await world.run(argv);
      assert.is(ran.code, code, ran.stdout + ran.stderr);
      const told = 'Nothing is recorded of org/tool: patches of your own are applied there.\n';
      assert.is(ran.stderr.split(told).length, 2, ran.stderr);
      assert.equal(recordsIn(world), before);
    }
  }
});

test('it goes on after any end: what was decided is not built again', async ({ world }) => {
  const stop = new AbortController();
  // That of org/kit is under way when it is stopped.
  onGo(world.folder, 'build', 'case $version in *1.21.*) sleep 30 ;; esac');
  const output = {
    ...{ isTerminal: false, columns: 100, rows: 24, hasColours: false, draw: () => undefined },
    write(text: string) {
      if (text.startsWith('2 of 3 ')) setTimeout(() => stop.abort(), 50);
    },
  };
  const { main } = await import('../../orchestrator/main.ts');
  const host = { ...world.host, stdout: output, signal: stop.signal };
  assert.is(await main(['audit', '--all', '--jobs', '4'], host), 130);
  const kept = recordsIn(world);
  assert.equal(
    verdictsIn(kept['v1-30-eks-6.jsonl']).length,
    1 + 2,
    'org/bare, and what was decided of org/tool',
  );
  onGo(world.folder, 'build', ':');
  const ran = await world.run(['audit', '--all']);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, ': 2 decided before, 1 to do.\n');
  const other = await newWorldLike(world);
  await other.run(['audit', '--all']);
  assert.equal(recordsIn(world), recordsIn(other));
});

/** Another machine with the same locks, that reaches the same repositories, and nothing else of it. */
async function newWorldLike(world: World): Promise<World> {
  const other = await newWorld();
  cpSync(join(world.folder, 'git'), join(other.folder, 'git'), { recursive: true });
  for (const name of readdirSync(join(world.root, 'releases')))
    writeFileSync(join(other.root, 'releases', name), readFileSync(join(world.root, 'releases', name)));
  return other;
}

test('shards of several machines make the whole, whoever joins them', async ({ world }) => {
  const whole = await newWorldLike(world);
  await whole.run(['audit', '--all']);
  const shards = await Promise.all(
    [1, 2].map(async (index) => {
      const machine = await newWorldLike(world);
      const ran = await machine.run(['audit', '--all', '--shard', `${index}/2`, '--records', 'mine']);
      assert.is(ran.code, 0, ran.stderr);
      return machine;
    }),
  );
  assert.is(
    shards.reduce((sum, each) => sum + builds(each).length, 0),
    builds(whole).length,
  );
  for (const [index, machine] of shards.entries()) {
    mkdirSync(join(world.root, `shard-${index}`));
    for (const [name, text] of Object.entries(recordsIn(machine, 'mine')))
      writeFileSync(join(world.root, `shard-${index}`, name), text);
  }
  const froms = ['--from', 'shard-0', '--from', 'shard-1'];
  const reported = await world.run(['audit', '--report', ...froms]);
  assert.match(reported.stdout, /identical \/ comparable \/ all: 16 \/ 18 \/ 21\n$/);
  assert.equal(recordsIn(world), {}, 'a report writes nothing');
  const joined = await world.run(['audit', '--all', '--budget', '0', ...froms]);
  assert.match(joined.stdout, '3 decided before, 0 to do.');
  assert.equal([joined.code, joined.stderr, builds(world)], [0, '', []]);
  assert.equal(recordsIn(world), recordsIn(whole));
});

test('the sample is audited on a machine that has none of its sources yet', async ({ world }) => {
  cpSync('examples', join(world.folder, 'package', 'examples'), { recursive: true });
  const ran = await world.run([
    'audit',
    'sample',
    '--project',
    'sample/greeter',
    '--platform',
    'linux/amd64',
  ]);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /\n1 of 1 {2}sample\/greeter v1\.2\.0: /);
  assert.not.match(ran.stdout, /infra-failed/);
  assert.equal(Object.keys(recordsIn(world)), ['v1-0-eks-1.jsonl']);
});

test('--report takes the sample by its word, and by what its records call it', async ({ world }) => {
  const ran = await world.run(['audit', release]);
  assert.is(ran.code, 0, ran.stderr);
  const none = await world.run(['audit', '--report', 'sample']);
  assert.equal([none.stderr, none.code], ['', 0]);
  assert.match(none.stdout, 'identical / comparable / all: 0 / 0 / 0');
  const [own = ''] = Object.values(recordsIn(world));
  writeFileSync(join(world.root, 'records', 'v1-0-eks-1.jsonl'), own.replaceAll(release, 'v1-0-eks-1'));
  const both = await world.run(['audit', '--report', '--json']);
  const sample = await world.run(['audit', '--report', 'sample', '--json']);
  assert.is(sample.stderr, '');
  assert.equal(sample, await world.run(['audit', '--report', 'v1-0-eks-1', '--json']));
  assert.is(JSON.parse(both.stdout).totals.all, 2 * JSON.parse(sample.stdout).totals.all);
  assert.equal(
    await world.run(['audit', '--report', '*', '!sample', '--json']),
    await world.run(['audit', '--report', release, 'v1-30-eks-6', 'v1-30-eks-7', '--json']),
  );
});

test('trouble of the machine is no word on a file: the same command tries again', async ({ world }) => {
  onGo(world.folder, 'toolchain', 'echo "dial tcp: lookup proxy.test.example: no such host" >&2; exit 1');
  const ran = await world.run(['audit', release, '--project', 'tool']);
  assert.is(ran.code, 4);
  assert.match(ran.stderr, 'What this kept from being built is tried again by the same command.');
  assert.match(ran.stdout, '2 infra-failed');
  assert.match(ran.stdout, /\nTo be tried again: 1 distinct build, 2 files\.\nNothing else is left\.\n$/);
  assert.equal(recordsIn(world), {});
  onGo(world.folder, 'toolchain', ':');
  const again = await world.run(['audit', release, '--project', 'tool']);
  assert.equal([again.code, again.stderr], [0, '']);
  assert.is(verdictsIn(recordsIn(world)[`${release}.jsonl`]).length, 2);
});

test('what another machine can have stays, where this one cannot', async ({ world }) => {
  await world.run(['audit', release, '--project', 'kit']);
  const kept = recordsIn(world);
  const gone =
    'go: example.com/m@v1.0.0: reading https://proxy.test.example/example.com/m/@v/v1.0.0.mod: 404 Not Found';
  onGo(world.folder, 'list', `echo '${gone}' >&2; exit 1`);
  rmSync(world.cache, { recursive: true });
  const ran = await world.run(['audit', release, '--project', 'kit', '--again', 'identical']);
  assert.match(ran.stdout, '4 source-unavailable');
  assert.equal(recordsIn(world), kept);
});

test('--max-size: what was built goes between builds, and is not built again for that', async ({ world }) => {
  const whole = await newWorldLike(world);
  await whole.run(['audit', '--all']);
  const ran = await world.run(['audit', '--all', '--max-size', '0']);
  assert.equal([ran.code, ran.stderr], [0, '']);
  assert.equal(recordsIn(world), recordsIn(whole));
  assert.is(builds(world).length, builds(whole).length);
  const size = (cache: string) => readdirSync(join(cache, 'results'), { recursive: true }).length;
  assert.ok(size(world.cache) < size(whole.cache));
});

test('--budget begins nothing after it, and says what is left', async ({ world }) => {
  const ran = await world.run(['audit', '--branch', '1-30', '--budget', '0']);
  assert.match(ran.stdout, /Left: 3 distinct builds, 18 files\.\n$/);
  assert.equal([ran.code, builds(world)], [0, []]);
});

test.run();
