import { chmodSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { ScriptBuildNode } from '../../../orchestrator/plan/node-script.ts';
import { runScripts } from '../../../orchestrator/task/script/build.ts';
import { scriptBuildInputs } from '../../../orchestrator/task/script/inputs.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import type { Command, ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { suite } from '../../rig/suite.ts';
import { writeFiles } from '../../rig/world.ts';
import { fakeContext } from '../task-context.ts';

/** Real scripts in small checkouts, with a go that is a script, too. */
const test = suite<{ folder: string }>('script builds');

const [toolchain, source] = [asNodeId('toolchain'), asNodeId('source')];
const node: ScriptBuildNode = {
  kind: 'script-build',
  id: asNodeId('script-build org/tool linux/amd64'),
  needs: [toolchain, source],
  title: 'linux/amd64',
  projects: ['org/tool'],
  toolchain,
  source,
  commands: [['hack/build.sh', 'cmd/{tag}']],
  tools: ['cat', 'mkdir', 'sh'].map((name) => ({ name, version: `${name} 1` })),
  environment: { WHERE: '{checkout}' },
  outputs: [{ from: 'out/said', to: 'program' }],
};

const searchPath = '/usr/bin:/bin';
const tools = { gitEnv: { GIT_TERMINAL_PROMPT: '0', PATH: '/not/this' }, searchPath };
const run = createRunProcess({ isolation: noIsolation, now: Date.now });

interface Given {
  /** Of `hack/build.sh`, after its first line. */
  readonly script?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly node?: Partial<ScriptBuildNode>;
  readonly answer?: (command: Command) => Partial<ProcessOutcome> | undefined;
}

/** Runs a script-build: with real processes, unless the test answers for them. */
async function build(folder: string, { script = '', files = {}, node: other = {}, answer }: Given) {
  const given = mkdtempSync(join(folder, 'given-'));
  const facts = { tag: 'v1', head: 'abc', shortHead: 'ab', commitUnixTime: 12 };
  writeFiles(given, {
    's/facts.json': JSON.stringify(facts),
    's/source/hack/build.sh': `#!/usr/bin/env sh\nset -e\n${script}\n`,
    's/source/.git/made.go': 'none of the files',
    't/go/bin/go': '#!/bin/sh\necho "the pinned go: $*"\n',
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`s/source/${path}`, text])),
  });
  for (const path of ['s/source/hack/build.sh', 't/go/bin/go']) chmodSync(join(given, path), 0o755);
  const context = fakeContext(answer ?? (() => undefined), {
    toolchain: join(given, 't'),
    source: join(given, 's'),
  });
  const result = await runScripts(
    { ...node, ...other },
    answer === undefined ? { ...context, run } : context,
    tools,
  );
  const made = () =>
    readdirSync(context.output, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(context.output.length + 1))
      .sort();
  const read = (path: string) => readFileSync(join(context.output, path), 'utf8');
  const failure = result.ok ? undefined : result.error;
  // A test may look at them until its end.
  const notes = result.ok ? (result.value.notes ?? []) : [];
  return { context, failure, notes, made, read, remove: () => rmSync(context.folder, { recursive: true }) };
}

test.before((context) => {
  context.folder = realpathSync(mkdtempSync(join(tmpdir(), 'scripts-')));
});
test.after(({ folder }) => rmSync(folder, { recursive: true }));

const say = (what: string) => `mkdir out; ${what} >out/said`;

test('runs in a copy of the checkout, with placeholders filled in', async ({ folder }) => {
  const script = 'mkdir out; { echo "$1 $WHERE"; pwd; umask; } >out/said; echo new >hack/build.sh';
  const before = process.umask(0o077);
  const { context, failure, read, remove } = await build(folder, { script });
  process.umask(before);
  assert.is(failure, undefined, JSON.stringify(failure));
  const copy = join(realpathSync(context.scratch), 'source');
  assert.is(read('program'), `cmd/v1 ${join(context.scratch, 'source')}\n${copy}\n0022\n`);
  assert.match(readFileSync(join(context.tree(source), 'source/hack/build.sh'), 'utf8'), 'mkdir out');
  remove();
});

test('the pinned go is first on its PATH, and what is not declared is not there', async ({ folder }) => {
  const script = say(
    '{ go build x; for name in cat date git ls; do command -v $name || echo no $name; done; }',
  );
  const { context, read, remove } = await build(folder, { script });
  const tools = join(context.scratch, 'tools');
  assert.is(read('program'), `the pinned go: build x\n${tools}/cat\nno date\nno git\nno ls\n`);
  remove();
});

test('a script that calls what is not declared fails by its name', async ({ folder }) => {
  const { failure, remove } = await build(folder, { script: say('date') });
  assert.is(failure?.reason, 'command-failed');
  assert.match(failure?.reason === 'command-failed' ? failure.output : '', /date: (command )?not found/);
  remove();
});

test('its environment is its own: folders of the task, no network for go, git without settings', async ({
  folder,
}) => {
  const { context, remove } = await build(folder, { answer: () => undefined });
  const [command] = context.commands.slice(-1);
  const { scratch } = context;
  assert.equal(command?.env, {
    GIT_TERMINAL_PROMPT: '0',
    WHERE: `${scratch}/source`,
    GOCACHE: `${scratch}/go-build`,
    GOENV: 'off',
    GOMODCACHE: `${scratch}/gopath/pkg/mod`,
    GOPROXY: 'off',
    GOSUMDB: 'off',
    GOTOOLCHAIN: 'local',
    HOME: `${scratch}/home`,
    PATH: `${context.tree(toolchain)}/go/bin:${scratch}/tools`,
    TMPDIR: `${scratch}/tmp`,
  });
  assert.equal([command?.network, command?.cwd], ['none', `${scratch}/source`]);
  assert.equal(command?.args.slice(2), ['sh', 'hack/build.sh', 'cmd/v1']);
  remove();
});

test('the version is in a file that a shell reads, or in the environment', async ({ folder }) => {
  const values = { COMMIT: '{head}', TEXT: "it's {tag}", EPOCH: '{commit.unix}' };
  const script = say('{ [ -z "$FILE" ] || . "$FILE"; echo "$COMMIT $TEXT $EPOCH"; }');
  for (const stamp of [{ file: 'FILE', values }, { values }]) {
    const { failure, read, remove } = await build(folder, { script, node: { stamp } });
    assert.is(failure, undefined, JSON.stringify(failure));
    assert.is(read('program'), "abc it's v1 12\n");
    remove();
  }
});

test('commands are run in order, and none after one that failed', async ({ folder }) => {
  const commands = [
    ['sh', '-c', 'mkdir out; echo one >out/said'],
    ['go', 'x'],
    ['sh', '-c', 'echo two >>out/said'],
  ];
  const good = await build(folder, { node: { commands } });
  assert.is(good.read('program'), 'one\ntwo\n');
  const bad = await build(folder, { node: { commands: [['sh', '-c', 'exit 3'], ...commands] } });
  assert.is(bad.failure?.reason === 'command-failed' ? bad.failure.exitCode : undefined, 3);
  assert.equal(bad.made(), []);
  for (const { remove } of [good, bad]) remove();
});

test('a tool that the machine lacks is named, before anything is run', async ({ folder }) => {
  const tools = [...node.tools, { name: 'no-such-program' }];
  const { context, failure, remove } = await build(folder, { node: { tools }, answer: () => undefined });
  assert.ok(failure?.reason === 'missing-program', JSON.stringify(failure));
  assert.is(failure.program, 'no-such-program');
  assert.match(failure.help, '--method direct');
  assert.equal(context.commands, []);
  remove();
});

test('a file that is not there after the run, or is none, is said', async ({ folder }) => {
  for (const [script, detail] of [
    ['', /out\/said is not there/],
    ['mkdir -p out/said', /is not a file/],
  ] as const) {
    const { failure, remove } = await build(folder, { script });
    assert.ok(failure?.reason === 'missing-output', JSON.stringify(failure));
    assert.is(failure.file, 'program');
    assert.match(failure.detail, detail);
    remove();
  }
});

test('what fits a glob keeps its path; links are not followed, and git has no files', async ({ folder }) => {
  const files = { 'a/made.go': '1', 'a/b/.c/made.x.go': '2', 'other.go': '3', 'a/b/made.txt': '4' };
  const outputs = [
    { from: '**/made*.go', to: '.' },
    { from: 'a/b/*.txt', to: 'texts' },
  ];
  const linking = { name: 'ln', version: 'ln 1' };
  const { failure, made, read, remove } = await build(folder, {
    files,
    node: { outputs, tools: [...node.tools, linking], commands: [['ln', '-s', '../a', 'hack/link']] },
  });
  assert.is(failure, undefined, JSON.stringify(failure));
  assert.equal(made(), ['a/b/.c/made.x.go', 'a/made.go', 'texts/a/b/made.txt']);
  assert.is(read('a/b/.c/made.x.go'), '2');
  remove();
  const none = await build(folder, { files, node: { outputs: [{ from: 'x/**/*.go', to: '.' }] } });
  assert.is(none.failure?.reason === 'missing-output' ? none.failure.file : undefined, 'x/**/*.go');
  none.remove();
});

test("upstream's path is where its commands see the checkout, or that is why it fails", async ({
  folder,
}) => {
  const at = '/up/stream';
  const refuse = (command: Command) =>
    command.mounted === undefined ? undefined : { exitCode: undefined, spawnError: 'not permitted' };
  const { context, failure, remove } = await build(folder, { node: { at }, answer: refuse });
  assert.equal(failure, { reason: 'path-unavailable', path: at, detail: 'not permitted' });
  const command = context.commands.at(-1);
  assert.equal([command?.cwd, command?.env['WHERE']], [at, at]);
  assert.equal(command?.mounted, {
    folder: `${context.scratch}/source`,
    at,
    scratch: `${context.scratch}/mount`,
  });
  remove();
});

test('a checkout that names another Go is a note, as of a go-build', async ({ folder }) => {
  const go = { goFile: '.go-version', goVersion: '1.21.3' };
  for (const [named, notes] of [
    ['1.21.3\n', 0],
    ['1.22.0', 1],
  ] as const) {
    const files = { '.go-version': named };
    const ran = await build(folder, { script: say('echo x'), files, node: { go } });
    assert.is(ran.notes.length, notes, ran.notes.join());
    ran.remove();
  }
});

test('the key has versions of tools and no place of this machine', () => {
  const needs = new Map([toolchain, source].map((id, at) => [id, asDigest(`${at}`.repeat(64))]));
  const key = (other: Partial<ScriptBuildNode>) =>
    JSON.stringify(scriptBuildInputs({ ...node, ...other }, needs));
  const keys = [
    ...[
      {},
      { commands: [['sh']] },
      { tools: [] },
      { environment: {} },
      { at: '/up/stream' },
      { outputs: [] },
    ],
    { tools: [{ name: 'cat', version: 'cat 2' }] },
    { tools: [{ name: 'cat' }] },
    { stamp: { values: { A: 'b' } } },
    { stamp: { file: 'A', values: { A: 'b' } } },
  ].map(key);
  assert.is(new Set(keys).size, keys.length);
  assert.not.match(keys.join(), searchPath);
  assert.is(key({ memory: 5, title: 'other' }), key({}));
});

test.run();
