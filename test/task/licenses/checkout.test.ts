import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { GoBuildNode } from '../../../orchestrator/plan/node-go.ts';
import { prepareListing } from '../../../orchestrator/task/licenses/checkout.ts';
import type { TaskContext } from '../../../orchestrator/task/task.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { suite } from '../../rig/suite.ts';
import { writeFiles } from '../../rig/world.ts';

/** A checkout with a vendor folder, as the store has it: nobody may write to its files. */
const test = suite<{ folder: string }>('a checkout to be listed');
const run = createRunProcess({ isolation: noIsolation, now: () => performance.now() });

const files = {
  'source/source/go.mod': 'module a.b/tool\n',
  'source/source/go.sum': 'sums\n',
  'source/source/cmd/tool/main.go': 'package main\n',
  'source/source/vendor/old.example/x.go': 'package old\n',
  'source/source/deep/go.mod': 'module a.b/deep\n',
  'modules/module/go.mod': 'module a.b/tool\n\ngo 1.15\n',
  'modules/module/vendor/modules.txt': '# c.d/e v1.0.0\n',
  'modules/module/vendor/c.d/e/e.go': 'package e\n',
};

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'license-checkout-'));
  writeFiles(context.folder, files);
  for (const path of Object.keys(files)) chmodSync(join(context.folder, path), 0o444);
  symlinkSync('cmd', join(context.folder, 'source/source/link'));
  for (const path of ['source/source/cmd/tool', 'source/source/cmd', 'modules/module/vendor/c.d/e']) {
    chmodSync(join(context.folder, path), 0o555);
  }
  mkdirSync(join(context.folder, 'scratch'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const node: GoBuildNode = {
  ...{ kind: 'go-build', id: asNodeId('build'), needs: [], title: '', projects: [], platform: 'linux/amd64' },
  ...{ toolchain: asNodeId('toolchain'), source: asNodeId('source'), modules: asNodeId('modules') },
  ...{ module: '.', goVersion: '1.15.15', vendors: true, programs: [{ package: './cmd/*' }] },
  ...{ flags: ['-trimpath', '-mod=mod'], ldflags: [], environment: {} },
};

function contextIn(folder: string, given: Partial<TaskContext> = {}): TaskContext {
  return {
    ...{ output: join(folder, 'output'), scratch: join(folder, 'scratch'), run, progress: () => {} },
    tree: (id) => join(folder, id),
    signal: new AbortController().signal,
    ...given,
  };
}

const inode = (path: string): number => lstatSync(path).ino;

test('has links to what nobody writes, and copies of what the go command may write', async ({ folder }) => {
  const prepared = await prepareListing(node, contextIn(folder), '/usr/bin/git');
  assert.ok(prepared.ok, JSON.stringify(prepared));
  if (!prepared.ok) return;
  assert.equal(prepared.value.flags, ['-trimpath', '-mod=vendor']);
  assert.equal(
    prepared.value.programs.map((each) => each.package),
    ['./cmd/tool'],
  );
  const copy = join(folder, 'scratch/source');
  assert.is(prepared.value.cwd, copy);
  const linked = [
    ['cmd/tool/main.go', 'source/source/cmd/tool/main.go'],
    ['vendor/c.d/e/e.go', 'modules/module/vendor/c.d/e/e.go'],
  ] as const;
  for (const [path, from] of linked) assert.is(inode(join(copy, path)), inode(join(folder, from)), path);
  assert.is(readlinkSync(join(copy, 'link')), 'cmd');
  assert.not.ok(existsSync(join(copy, 'vendor/old.example')));
  // As a go command before 1.16 does: in place.
  for (const path of ['go.mod', 'go.sum', 'deep/go.mod']) writeFileSync(join(copy, path), 'written\n');
  writeFileSync(join(copy, 'cmd/tool/new.go'), '');
  for (const [path, text] of Object.entries(files)) {
    assert.is(readFileSync(join(folder, path), 'utf8'), text, path);
    assert.is(lstatSync(join(folder, path)).mode & 0o777, 0o444, path);
  }
  assert.not.ok(existsSync(join(folder, 'source/source/cmd/tool/new.go')));
});

test('is a copy where files cannot be linked', async ({ folder }) => {
  const refusing: TaskContext['run'] = async (command) => {
    const isLinking = command.program === 'cp' && command.args[0] === '-al';
    const outcome = await run(command);
    return isLinking ? { ...outcome, exitCode: 1, stderr: 'Too many links' } : outcome;
  };
  const prepared = await prepareListing(node, contextIn(folder, { run: refusing }), '/usr/bin/git');
  assert.ok(prepared.ok, JSON.stringify(prepared));
  assert.equal(prepared.ok && prepared.value.flags, ['-trimpath', '-mod=vendor']);
  const copy = join(folder, 'scratch/source');
  assert.is(readFileSync(join(copy, 'go.mod'), 'utf8'), files['modules/module/go.mod']);
  assert.is.not(inode(join(copy, 'cmd/tool/main.go')), inode(join(folder, 'source/source/cmd/tool/main.go')));
});

test('is given up where the run is', async ({ folder }) => {
  const aborting = new AbortController();
  aborting.abort();
  const context = contextIn(folder, { signal: aborting.signal });
  const prepared = await prepareListing(node, context, '/usr/bin/git');
  assert.is(prepared.ok ? '' : prepared.error.reason, 'aborted');
});

test.run();
