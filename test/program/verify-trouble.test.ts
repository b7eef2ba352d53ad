import * as assert from 'uvu/assert';
import { forgetGoCalls, goCalls, onGo, refusedToolchain } from '../rig/fake-go.ts';
import { endsOf, reportOf, verdictsOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { publish, type World, warmWorld } from '../rig/world.ts';
import { kitPins, release, toolPins } from '../rig/world-content.ts';

/**
 * Release 6 was built with other Gos, of the same sources: its toolchains, modules and programs are new. Release 7 is
 * release 5 with another expectation.
 */
const test = suite<{ world: World }>('verify: trouble');

const other = 'v1-30-eks-6';
const wrong = 'v1-30-eks-7';

test.before(async (context) => {
  const world = await warmWorld();
  await publish(world, 6, { ...toolPins({ go: '1.20.9' }), ...kitPins({ go: '1.21.9' }) });
  await publish(world, 7, { ...toolPins({ source: 'package main\n\n// three\n' }), ...kitPins() });
  const imported = await world.run(['import', other, wrong]);
  assert.is(imported.code, 0, imported.stderr);
  context.world = world;
});

/** Runs `verify` with a fake go that was told what to do. */
async function verifyWith(
  world: World,
  hooks: Parameters<typeof onGo>[1] extends infer W extends string ? { [K in W]?: string } : never,
  argv: readonly string[],
) {
  forgetGoCalls(world.folder);
  for (const word of ['env', 'toolchain', 'list', 'mod', 'build'] as const) {
    onGo(world.folder, word, hooks[word] ?? ':');
  }
  const ran = await world.run(['verify', ...argv]);
  return { ...ran, report: reportOf(world, argv[0] ?? '') };
}

/** Shell that says something and fails, where a condition holds. */
function fails(condition: string, words: string): string {
  return `if ${condition}; then cat >&2 <<'END'\n${words}\nEND\nexit 1; fi`;
}

const identicalTool = ['org/tool linux/amd64 tool: identical', 'org/tool linux/arm64 tool: identical'];

function without(verdicts: readonly string[], verdict: string): readonly string[] {
  return verdicts.filter((each) => !each.endsWith(`: ${verdict}`));
}

test('a module that is gone, and one whose sum is wrong', async ({ world }) => {
  const gone = `go: example.com/m@v1.0.0: reading https://proxy.test.example/example.com/m/@v/v1.0.0.mod: 404 Not Found`;
  const forged = `verifying example.com/m@v1.0.0: checksum mismatch\n\tdownloaded: h1:a=\n\tgo.sum:     h1:b=\n\nSECURITY ERROR\nThis download does NOT match an earlier download recorded in go.sum.`;
  const kit = [other, '--project', 'kit', '--platform', 'linux/amd64'];
  const lost = await verifyWith(world, { list: fails('true', gone) }, kit);
  assert.equal([lost.code, lost.report.totals], [5, { identical: 0, comparable: 0, all: 2 }]);
  assert.match(lost.stdout, 'Module example.com/m@v1.0.0 cannot be had: ');
  assert.is(without(verdictsOf(lost.report), 'source-unavailable').length, 0);
  const attacked = await verifyWith(world, { mod: fails('true', forged) }, kit);
  assert.equal([attacked.code, attacked.report.totals], [3, { identical: 0, comparable: 2, all: 2 }]);
  assert.match(attacked.stdout, 'Module example.com/m@v1.0.0 is not what its checksum says: ');
  assert.is(
    goCalls(world.folder).filter((call) => call.includes('mod download')).length,
    1,
    'not tried again',
  );
});

test('a file with other bytes: 1, with what was expected, what came, and where it stands', async ({
  world,
}) => {
  const { code, stdout, report } = await verifyWith(world, {}, [wrong]);
  assert.is(code, 1);
  assert.equal(without(verdictsOf(report), 'identical').slice(1), [
    'org/tool linux/amd64 tool: different',
    'org/tool linux/arm64 tool: different',
  ]);
  const file = report.projects.at(-1)?.files[0];
  assert.match(
    stdout,
    `    linux/amd64  tool  projects/org/tool/1-30/CHECKSUMS:1\n` +
      `      expected ${file?.expected}\n      came     ${file?.found}\n`,
  );
  assert.match(stdout, '✖ identical / comparable / all: 4 / 6 / 7. 2 comparable are not identical.');
});

test('a toolchain that the proxy refuses: its version, and the rest goes on', async ({ world }) => {
  const toolchain = fails('[ $version = go1.20.9 ]', refusedToolchain('1.20.9'));
  const { code, stdout, report } = await verifyWith(world, { toolchain }, [other]);
  assert.is(code, 0, 'it is nobody here who failed');
  assert.equal(without(verdictsOf(report), 'identical').slice(1), [
    'org/tool linux/amd64 tool: toolchain-unavailable',
    'org/tool linux/arm64 tool: toolchain-unavailable',
  ]);
  assert.is(goCalls(world.folder).filter((call) => call === 'machine toolchain go1.20.9').length, 1);
  assert.match(
    stdout.replace(/\n +/g, ' '),
    `Go 1.20.9 cannot be had: ${refusedToolchain('1.20.9').split('\n')[0]}`,
  );
  assert.match(stdout, 'identical / comparable / all: 4 / 4 / 7.');
});

const noNetwork =
  'go: golang.org/toolchain@v0.0.1-go1.20.9.linux-amd64: Get "https://proxy.test.example": dial tcp: lookup proxy.test.example: no such host';

test('a network that is down: three tries, 4, and the rest goes on', async ({ world }) => {
  const { code, stdout, report } = await verifyWith(world, { toolchain: fails('true', noNetwork) }, [other]);
  assert.is(code, 4);
  assert.equal(without(verdictsOf(report), 'identical').slice(1), [
    'org/tool linux/amd64 tool: infra-failed',
    'org/tool linux/arm64 tool: infra-failed',
  ]);
  assert.is(goCalls(world.folder).filter((call) => call === 'machine toolchain go1.20.9').length, 3);
  assert.match(
    stdout,
    /go 1\.20\.9 .* try 2 failed, again in .*: The network failed while fetching go1\.20\.9 by GOPROXY https:\/\/proxy\.test\.example: /,
  );
  assert.match(stdout, 'When that is mended, the same command goes on from there.');
});

const broken = '# tool.example/cmd/tool\ncmd/tool/main.go:3:1: undefined: x';

test('a build that fails is not tried again, and others go on: 3', async ({ world }) => {
  const build = fails('[ $GOARCH = arm64 ]', broken);
  const { code, stdout, report } = await verifyWith(world, { build }, [release, '--fresh']);
  assert.is(code, 3);
  assert.equal(without(verdictsOf(report), 'identical').slice(1), [
    'org/tool linux/arm64 tool: build-failed',
  ]);
  assert.is(goCalls(world.folder).filter((call) => call.includes(' linux/arm64 build')).length, 1);
  assert.match(
    stdout,
    'exited with 1:\n    # tool.example/cmd/tool\n    cmd/tool/main.go:3:1: undefined: x\n',
  );
  assert.match(stdout, '✖ Build failed: 1 file not built.');
});

test('a program that a build does not write, and a compiler that is killed', async ({ world }) => {
  const build = '[ $GOARCH = amd64 ] && exit 0; kill -9 $$';
  const { code, stdout } = await verifyWith(world, { build }, [release, '--fresh', '--project', 'tool']);
  assert.is(code, 3);
  assert.match(stdout, 'The build made no tool: the go command succeeded without writing it');
  assert.match(stdout, 'was ended by SIGKILL');
});

test('a full disk says so, whoever meets it first: 4', async ({ world }) => {
  const build = fails('true', 'go: writing output: write $WORK/b001/exe/a.out: no space left on device');
  const { code, stdout } = await verifyWith(world, { build }, [release, '--fresh', '--project', 'tool']);
  assert.is(code, 4);
  assert.match(stdout, /The disk is full: .*Free some room \(eksd-rebuild cache gc\)/s);
});

test('--fail-fast stops at the first failure, and says what was not reached', async ({ world }) => {
  const build = fails('[ $GOOS = windows ]', broken);
  const options = [release, '--fresh', '--fail-fast', '--jobs', '1'];
  const { code, stdout, report } = await verifyWith(world, { build }, options);
  assert.is(code, 3);
  const ends = endsOf(report).filter((end) => end.startsWith('go-build'));
  assert.ok(ends.includes('go-build org/kit windows/amd64: failed'), ends.join('\n'));
  assert.ok(ends.filter((end) => end.endsWith(': aborted')).length >= 1, ends.join('\n'));
  assert.match(stdout, 'The same command goes on from there.');
});

test('what failed is made by the same command once it is mended', async ({ world }) => {
  const { code, report } = await verifyWith(world, {}, [other]);
  assert.is(code, 0);
  assert.equal(verdictsOf(report).slice(-2), identicalTool);
  assert.is(
    without(endsOf(report), 'ran').filter((end) => end.startsWith('source')).length,
    2,
    'sources are shared',
  );
  forgetGoCalls(world.folder);
  await world.run(['verify', other]);
  assert.equal(goCalls(world.folder), []);
});

test('a sandbox that is required and not all in force: 4, why, and nothing is run', async ({ world }) => {
  forgetGoCalls(world.folder);
  const ran = await world.run(['verify', release, '--require-sandbox']);
  assert.is(ran.code, 4);
  assert.match(ran.stderr, 'A sandbox is required, and this machine has not all of it: ');
  assert.match(ran.stderr, 'tasks see the files and processes of the machine: the settings say so');
  assert.equal(goCalls(world.folder), []);
  const { report } = await verifyWith(world, {}, [release, '--fresh', '--project', 'tool']);
  assert.equal(report.unprotected, ['tasks see the files and processes of the machine: the settings say so']);
  const again = await verifyWith(world, {}, [release, '--project', 'tool']);
  assert.is(again.report.unprotected, undefined, 'nothing ran');
});

test.run();
