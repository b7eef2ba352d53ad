import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { asRelativePath } from '../../../orchestrator/core/relative-path.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { PatchPin, ToolchainNode } from '../../../orchestrator/plan/node-go.ts';
import { toolchainInputs } from '../../../orchestrator/task/toolchain/inputs.ts';
import { patchGoroot } from '../../../orchestrator/task/toolchain/patch-goroot.ts';
import { hermeticGitEnvironment } from '../../../orchestrator/tool/git/environment.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { suite } from '../../rig/suite.ts';
import { writeFiles } from '../../rig/world.ts';
import { type FakeContext, fakeContext } from '../task-context.ts';

const test = suite('a patched Go');
const official = asNodeId('toolchain go1.18.10');
const gitEnv = hermeticGitEnvironment(process.env['PATH'] ?? '');
const never = () => {
  throw new Error('nothing is cloned');
};
const options = { clones: { ensure: never, update: never }, gitEnv };

const change = (file: string, from: string, to: string) =>
  `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-${from}\n+${to}\n`;

/** Below a folder that is a repository itself, as a user's cache may be. */
function world(patches: readonly string[]): { readonly context: FakeContext; readonly node: ToolchainNode } {
  const context = fakeContext(() => undefined, {}, { [official]: 'official' });
  execFileSync('git', ['init', '--quiet', context.folder], { env: gitEnv });
  writeFiles(join(context.folder, 'official'), {
    'toolchain.json': '{"module":"golang.org/toolchain"}',
    'go/src/time/zone.go': 'one\n',
    'go/src/os/exec.go': 'first\n',
    'go/src/cmd/go/main.go': 'main\n',
    'go/pkg/linux_amd64/time.a': 'compiled',
    'go/pkg/tool/linux_amd64/link': 'linker',
  });
  const pins = patches.map((text, index): PatchPin => {
    const name = `000${index + 1}.patch`;
    writeFiles(context.folder, { [name]: text });
    const from = { kind: 'user' as const, file: join(context.folder, name) };
    return { path: asRelativePath(`patches/${name}`), sha256: digestOf(text), from };
  });
  const base = { kind: 'toolchain' as const, id: asNodeId('x'), title: '', projects: [], sources: [] };
  return { context, node: { ...base, needs: [official], version: '1.18.10', patches: pins } };
}

async function patched(...patches: readonly string[]) {
  const { context, node } = world(patches);
  const run = createRunProcess({ isolation: noIsolation, now: () => 0 });
  const result = await patchGoroot(node, official, { ...context, run }, options);
  const read = (path: string) => readFileSync(join(context.output, path), 'utf8');
  return { result, read, has: (path: string) => existsSync(join(context.output, path)), node };
}

test('patches change the source, in order, and leave out what is not compiled in', async () => {
  const { result, read, node } = await patched(
    change('src/time/zone.go', 'one', 'two') + change('src/cmd/go/main.go', 'other', 'another'),
    change('src/time/zone_test.go', 'not', 'there') + change('src/time/zone.go', 'two', 'three'),
    change('src/cmd/go/main.go', 'nothing', 'of this fits'),
  );
  assert.ok(result.ok, JSON.stringify(result));
  assert.is(read('go/src/time/zone.go'), 'three\n');
  assert.is(read('go/src/os/exec.go'), 'first\n');
  assert.is(read('go/src/cmd/go/main.go'), 'main\n');
  assert.equal(JSON.parse(read('toolchain.json')), {
    official: { module: 'golang.org/toolchain' },
    patches: node.patches.map((patch) => patch.sha256),
  });
});

test('what was compiled of the official source is left out, tools stay', async () => {
  const { has } = await patched(change('src/time/zone.go', 'one', 'two'));
  assert.equal(['go/pkg/linux_amd64/time.a', 'go/pkg/tool/linux_amd64/link'].map(has), [false, true]);
});

test('a patch that does not apply is named with its file and hunk', async () => {
  const { result } = await patched(
    change('src/time/zone.go', 'one', 'two'),
    change('src/os/exec.go', 'second', 'third'),
  );
  assert.ok(!result.ok && result.error.reason === 'patch-failed', JSON.stringify(result));
  const { patch, file, hunk } = result.error;
  assert.equal([patch, file, hunk], ['patches/0002.patch', 'src/os/exec.go', 1]);
});

test('a patch with other bytes than the pinned ones is not applied', async () => {
  const { context, node } = world([change('src/time/zone.go', 'one', 'two')]);
  writeFiles(context.folder, { '0001.patch': change('src/time/zone.go', 'one', 'evil') });
  const run = createRunProcess({ isolation: noIsolation, now: () => 0 });
  const result = await patchGoroot(node, official, { ...context, run }, options);
  assert.is(!result.ok && result.error.reason, 'digest-mismatch');
});

test('its key is the official one and its patches, whatever they are called', () => {
  const { node } = world(['a', 'b']);
  const tree = digestOf('tree');
  const inputs = toolchainInputs(node, new Map([[official, tree]]), 'linux/amd64');
  assert.equal(inputs, {
    recipe: 1,
    source: 'patches',
    official: tree,
    patches: [digestOf('a'), digestOf('b')],
  });
});

test.run();
