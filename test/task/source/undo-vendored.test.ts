import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { sourceInputs } from '../../../orchestrator/task/source/inputs.ts';
import { suite } from '../../rig/suite.ts';
import {
  archiveTree,
  makeSource,
  type SourceWorld,
  sourceNode,
  sourceWorld,
  upstreamPatch,
  userPatch,
} from './world.ts';

/** A vendor folder that is made again after patching, as Kubernetes' was up to 2021-12-23. */
const test = suite<{ world: SourceWorld }>('vendor made again');

interface Change {
  readonly path: string;
  readonly from?: string;
  readonly to: string;
}

function patchOf(...changes: readonly Change[]): string {
  const diffs = changes.map(({ path, from, to }) => {
    const before = from === undefined ? '/dev/null' : `a/${path}`;
    const mode = from === undefined ? 'new file mode 100644\n' : '';
    const hunk = from === undefined ? '@@ -0,0 +1 @@\n' : `@@ -1 +1 @@\n-${from}\n`;
    return `diff --git a/${path} b/${path}\n${mode}--- ${before}\n+++ b/${path}\n${hunk}+${to}\n`;
  });
  return `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: Somebody <somebody@test.example>
Date: Fri, 10 May 2024 01:02:03 +0530
Subject: [PATCH] Change it

---
${diffs.join('')}--
2.39.5
`;
}

/** Changes of the sources alone, of a module that go.mod then names, and of a file that is new. */
const alone = patchOf(
  { path: 'main.go', from: 'main', to: 'main 2' },
  { path: 'vendor/a/a.go', from: 'a', to: 'a 2' },
  { path: 'vendor/a/new.go', to: 'new' },
);
const required = patchOf(
  { path: 'go.mod', from: 'module m', to: 'module m // 2' },
  { path: 'vendor/b/b.go', from: 'b', to: 'b 2' },
);

test.before(async (context) => {
  const files = { 'go.mod': 'module m\n', 'main.go': 'main\n', alone, required };
  const vendored = { 'vendor/a/a.go': 'a\n', 'vendor/b/b.go': 'b\n', 'vendor/c/c.go': 'c\n' };
  context.world = await sourceWorld(await mkdtemp(join(tmpdir(), 'undo-vendored-')), [
    { files },
    { files: { ...vendored } },
    { files: { last: '' }, tags: ['v1.0.0'] },
  ]);
});
test.after(({ world }) => rm(world.folder, { recursive: true }));

async function textsOf(world: SourceWorld, vendor: 'made-again' | undefined) {
  const commit = world.commits[0] ?? '';
  const own = await userPatch(
    world,
    '0003-own.patch',
    patchOf({ path: 'vendor/c/c.go', from: 'c', to: 'c of mine' }),
  );
  const patches = [upstreamPatch('alone', commit, alone), upstreamPatch('required', commit, required), own];
  const node = { ...sourceNode(world, patches), ...(vendor === undefined ? {} : { vendor }) };
  const { result, output } = await makeSource(world, node);
  assert.ok(result.ok, JSON.stringify(result));
  const read = async (path: string) => (await readFile(join(output, 'source', path), 'utf8')).trim();
  const paths = ['main.go', 'vendor/a/a.go', 'vendor/a/new.go', 'vendor/b/b.go', 'vendor/c/c.go'];
  const { head } = JSON.parse(await readFile(join(output, 'facts.json'), 'utf8'));
  return { output, head, key: sourceInputs(node), texts: await Promise.all(paths.map(read)) };
}

/** What the archive of a source holds, by path. */
async function contentOf(tree: string): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'undo-vendored-archive-'));
  const { result, file } = await archiveTree(tree, folder);
  assert.ok(result.ok, JSON.stringify(result));
  const tar = (...args: readonly string[]) => execFileSync('tar', [...args], { encoding: 'utf8' });
  const paths = tar('-tzf', file)
    .split('\n')
    .filter((path) => path !== '' && !path.endsWith('/'));
  const content = new Map(paths.map((path) => [path, tar('-xOzf', file, path)]));
  await rm(folder, { recursive: true });
  return content;
}

test('only what patches change there without go.mod is as before; the commit is that of all patches', async ({
  world,
}) => {
  const patched = await textsOf(world, undefined);
  assert.equal(patched.texts, ['main 2', 'a 2', 'new', 'b 2', 'c of mine']);
  const again = await textsOf(world, 'made-again');
  assert.equal(again.texts, ['main 2', 'a', 'new', 'b 2', 'c of mine']);
  assert.is(again.head, patched.head);
  assert.is(await readFile(join(again.output, 'undone', 'vendor/a/a.go'), 'utf8'), 'a 2\n');
  assert.is((await contentOf(again.output)).get('vendor/a/a.go'), 'a 2\n');
  assert.equal(await contentOf(again.output), await contentOf(patched.output));
  assert.not.equal(again.key, patched.key);
});

test.run();
