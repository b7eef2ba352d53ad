import { appendFileSync, chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { main } from '../../orchestrator/main.ts';
import { forgetGoCalls, goCalls } from '../rig/fake-go.ts';
import { endsOf, reportIn, reportOf, verdictsOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { firstRuns, type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World }>('verify');

test.before(async (context) => {
  context.world = await warmWorld();
});

/** What of a run's output does not change with the time that it takes. */
function timeless(text: string): string {
  return text.replace(/ *\b[0-9.]+(ms|s)\b/g, '').replace(/ +$/gm, '');
}

test('a release from nothing, by two runs at once: all is built once, and identical for both', async () => {
  const { runs, world } = await firstRuns();
  assert.equal(
    runs.map((ran) => ran.code),
    [0, 0],
  );
  assert.match(
    runs[0]?.stdout ?? '',
    '✔ identical / comparable / all: 6 / 6 / 7. No comparable file differs.\n',
  );
  const deeds = goCalls(world.folder).filter((call) => !call.startsWith('machine env'));
  assert.is(new Set(deeds.map((call) => call.replace(/ -o \S+/, ''))).size, deeds.length, deeds.join('\n'));
  for (const report of [reportOf(world, release), reportIn(join(world.root, 'second.json'))]) {
    assert.equal(verdictsOf(report), [
      'org/bare linux/amd64 bare: not-built',
      'org/kit linux/amd64 hammer: identical',
      'org/kit linux/amd64 saw: identical',
      'org/kit windows/amd64 hammer.exe: identical',
      'org/kit windows/amd64 saw.exe: identical',
      'org/tool linux/amd64 tool: identical',
      'org/tool linux/arm64 tool: identical',
    ]);
  }
  assert.equal(readdirSync(join(world.cache, 'tmp')), []);
});

test('the second run executes nothing, and says the same', async ({ world }) => {
  forgetGoCalls(world.folder);
  const ran = await world.run(['verify', release]);
  assert.is(ran.code, 0);
  assert.equal(goCalls(world.folder), []);
  const told = ran.stdout.slice(0, ran.stdout.indexOf('\nv1-30-eks-5'));
  assert.match(told, /^ +\+[0-9.]+s {2}finished in [0-9.]+m?s: [0-9]+ cached\n$/);
  const summary = timeless(ran.stdout.slice(ran.stdout.indexOf('\nv1-30-eks-5')));
  assert.is(
    summary,
    `
v1-30-eks-5  release commit 36b267b97bc5 of 2024-05-01

  project     version  Go             identical  comparable  all    time
· org/bare    v3.0.0   1.21.3 eks-go          0           0    1       -
✔ org/kit     v2.0.0   1.21.3 eks-go          4           4    4  cached
✔ org/tool    v1.0.0   1.20.5 eks-go          2           2    2  cached
  3 projects                                  6           6    7

Not built yet: 1 file

  org/bare: There is no recipe for it yet.
    linux/amd64  bare

· Not built yet: 1 file of org/bare.
· org/kit: EKS Go 1.21.3, whose patches are not known: the official one stands for it.
· org/tool: EKS Go 1.20.5, whose patches are not known: the official one stands for it.
✔ identical / comparable / all: 6 / 6 / 7. No comparable file differs.
`.replace('36b267b97bc5', /commit (\w+)/.exec(summary)?.[1] ?? ''),
  );
  assert.is(ran.stderr, `Report: out/${release}/report.json, out/${release}/report.html\n`);
});

test('a terminal without a width, or with hardly any, gets lines and not words', async ({ world }) => {
  const saidOn = async (columns: number, ...words: readonly string[]): Promise<string> => {
    let text = '';
    const write = (more: string): void => {
      text += more;
    };
    const stdout = { write, draw: write, isTerminal: true, columns, rows: 24, hasColours: false };
    const code = await main(['verify', release, ...words], { ...world.host, stdout });
    assert.is(code, 0);
    return timeless(text);
  };
  const [usual, least] = [await saidOn(80, '--log', 'line'), await saidOn(40, '--log', 'line')];
  assert.is(await saidOn(0, '--log', 'line'), usual);
  assert.is.not(usual, least);
  for (const columns of [1, 5, 20]) assert.is(await saidOn(columns, '--log', 'line'), least);
  assert.match(await saidOn(20), /finished in/, 'a list would be drawn over at the wrong places');
});

test('--log line: what was cached, once each', async ({ world }) => {
  const ran = await world.run(['verify', release, '--log', 'line', '--project', 'tool']);
  const told = timeless(ran.stdout.slice(0, ran.stdout.indexOf('\nv1-30-eks-5')))
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^ *\+ */, '').replace(/ +/g, ' '));
  assert.equal(told.slice(0, -1).sort(), [
    'org/tool go-build linux/amd64 cached',
    'org/tool go-build linux/arm64 cached',
    'org/tool modules modules cached',
    'org/tool source v1.0.0 and 1 patch cached',
    'org/tool toolchain go 1.20.5 cached',
  ]);
  assert.is(told.at(-1), 'finished in: 5 cached');
});

test('the report says what produced each file, and how it was kept from the network', async ({ world }) => {
  await world.run(['verify', release]);
  const report = reportOf(world, release);
  assert.equal([report.exitCode, report.interrupted, report.release.name], [0, false, release]);
  assert.equal(report.totals, { identical: 6, comparable: 6, all: 7 });
  const build = report.nodes.find((node) => node.id === 'go-build org/tool linux/arm64');
  assert.is(build?.status, 'cached');
  const command = build?.commands.at(-1);
  assert.equal(command?.argv.slice(1), [
    ...['build', '-trimpath', '-mod=mod', '-ldflags'],
    '-s -w -buildid= -extldflags -static -X main.version=v1.0.0',
    ...['-o', '$OUTPUT/tool', './cmd/tool'],
  ]);
  assert.is(command?.argv[0], '$TREE(toolchain go1.20.5)/go/bin/go');
  assert.is(command?.cwd, '$SCRATCH/source');
  assert.is(command?.isolation, 'none');
  const { PATH: _, ...env } = command?.env ?? {};
  const names = Object.keys(env).filter((name) => !name.startsWith('GIT_'));
  assert.equal(names.sort(), [
    ...[
      'CGO_ENABLED',
      'GO111MODULE',
      'GOARCH',
      'GOCACHE',
      'GOENV',
      'GOFLAGS',
      'GOGC',
      'GOMEMLIMIT',
      'GOMODCACHE',
      'GOOS',
      'GOPATH',
    ],
    ...['GOPROXY', 'GOROOT', 'GOSUMDB', 'GOTMPDIR', 'GOTOOLCHAIN', 'HOME', 'LC_ALL', 'TMPDIR', 'TZ'],
  ]);
  assert.equal([env['GOPROXY'], env['GOCACHE'], env['GOOS']], ['off', '$STORE/go-build', 'linux']);
  const text = JSON.stringify(report);
  assert.not.match(text, world.cache);
});

test('--fresh compiles everything again with an empty build cache, and nothing else', async ({ world }) => {
  forgetGoCalls(world.folder);
  const ran = await world.run(['verify', release, '--fresh', '--project', 'tool']);
  assert.is(ran.code, 0);
  const words = goCalls(world.folder).map((call) => call.split(' ').slice(0, 3).join(' '));
  assert.equal(words.filter((call) => !call.startsWith('machine env')).sort(), [
    'go1.20.5 linux/amd64 build',
    'go1.20.5 linux/arm64 build',
  ]);
  const caches = reportOf(world, release).nodes.flatMap((node) =>
    node.commands.flatMap(({ env }) => env['GOCACHE'] ?? []),
  );
  assert.match(caches.at(-1) ?? '', /^\$STORE\/tmp\//);
  assert.equal(readdirSync(join(world.cache, 'tmp')), []);
});

test('--recheck finds what was damaged in the store, and makes it again', async ({ world }) => {
  await world.run(['verify', release, '--project', 'tool']);
  const tree =
    reportOf(world, release).nodes.find(({ id }) => id === 'go-build org/tool linux/arm64')?.tree ?? '';
  const file = join(world.cache, 'trees', tree.slice(0, 2), tree, 'content', 'tool');
  chmodSync(file, 0o755);
  appendFileSync(file, 'damage');
  forgetGoCalls(world.folder);
  const ran = await world.run(['verify', release, '--recheck', '--project', 'tool']);
  assert.is(ran.code, 0);
  assert.is(goCalls(world.folder).filter((call) => call.includes(' build ')).length, 1);
  assert.equal(
    endsOf(reportOf(world, release)).filter((end) => !end.endsWith(': cached')),
    ['go-build org/tool linux/arm64: ran'],
  );
});

test('--log json is one event a line, then each file, then the sum', async ({ world }) => {
  const ran = await world.run(['verify', release, '--log', 'json', '--platform', 'windows/amd64']);
  const lines = ran.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const types = lines.map((line) => line.type);
  assert.equal([types[0], types.at(-1)], ['run-started', 'summary']);
  assert.equal(
    lines
      .filter((line) => line.type === 'node-finished')
      .map((line) => `${line.node}: ${line.status}`)
      .sort(),
    [
      'go-build org/kit windows/amd64: cached',
      'modules org/kit: cached',
      'source org/kit: cached',
      'toolchain go1.21.3: cached',
    ],
  );
  assert.equal(
    lines.filter((line) => line.type === 'file-verdict').map((line) => `${line.name}: ${line.verdict}`),
    ['hammer.exe: identical', 'saw.exe: identical'],
  );
  assert.equal(lines.at(-1).totals, { identical: 2, comparable: 2, all: 2 });
});

test.run();
