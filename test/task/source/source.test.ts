import { execFileSync } from 'node:child_process';
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { PatchPin } from '../../../orchestrator/plan/node-go.ts';
import type { SourceFacts } from '../../../orchestrator/task/source/facts.ts';
import { sourceInputs } from '../../../orchestrator/task/source/inputs.ts';
import { suite } from '../../rig/suite.ts';
import { gitEnv, makeSource, type SourceWorld, sourceNode, sourceWorld, userPatch } from './world.ts';

interface World extends SourceWorld {
  /** A full clone, made by plain git. */
  full: string;
  /** The patches of each source below. */
  series: readonly (readonly (PatchPin & { from: { kind: 'user'; file: string } })[])[];
  /** The task's source without patches, and with them. */
  made: readonly Awaited<ReturnType<typeof makeSource>>[];
}

const test = suite<World>('source');

/** A rename with a change, so that `git show` looks for it; a symbolic link; names with spaces; a module in a folder. */
const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
const commits = [
  { files: { 'go.mod': 'module test.example/m\n', 'old name': lines.join('\n') }, tags: ['v0.9.0'] },
  {
    files: {
      'sub/go.mod': 'module test.example/m/sub\n',
      link: { kind: 'link', target: 'sub/go.mod' } as const,
    },
  },
  {
    files: {
      'old name': null,
      'new name': [...lines, 'more'].join('\n'),
      run: { kind: 'file', content: '#!\n', executable: true } as const,
    },
    lightweightTags: ['v1.0.0'],
    date: '2024-05-09T15:45:09-07:00',
  },
  { files: { later: '' }, tags: ['v2.0.0'] },
];

const patches = [
  `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: First <first@test.example>
Date: Fri, 10 May 2024 01:02:03 +0530
Subject: [PATCH 1/2] Change a line

---
diff --git a/new name b/new name
--- a/new name
+++ b/new name
@@ -1,3 +1,3 @@
-line 0
+line zero
 line 1
 line 2
--
2.39.5
`,
  `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: =?UTF-8?q?S=C3=A9cond?= <second@test.example>
Date: Sat, 11 May 2024 00:00:00 +0000
Subject: [PATCH 2/2] Add a file

---
diff --git a/added b/added
new file mode 100644
--- /dev/null
+++ b/added
@@ -0,0 +1 @@
+added
--
2.39.5
`,
];

test.before(async (world) => {
  Object.assign(world, await sourceWorld(await mkdtemp(join(tmpdir(), 'source-')), commits));
  world.full = join(world.folder, 'full');
  execFileSync('git', ['clone', '-q', world.upstream, world.full], { env: gitEnv });
  world.series = [
    [],
    await Promise.all(patches.map((text, each) => userPatch(world, `p${each}.patch`, text))),
  ];
  const made = [];
  for (const series of world.series) made.push(await makeSource(world, sourceNode(world, series)));
  world.made = made;
});

test.after(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

function ask(folder: string, question: string): string {
  return execFileSync('git', question.split(' '), { cwd: folder, env: gitEnv, encoding: 'utf8' });
}

const questions = [
  'status --porcelain',
  'show -s --format=%H:%ct',
  'log -1 --format=%H:%ct',
  'describe --tags --always',
  'describe --always --abbrev=0',
  'rev-parse --short HEAD',
  'tag --merged',
  'for-each-ref --merged=HEAD refs/tags',
  'rev-list --count HEAD',
  'cat-file blob HEAD:go.mod',
];

test('a copy of the checkout answers as a full clone does, with and without patches', async (world) => {
  for (const [index, files] of world.series.entries()) {
    const plain = join(world.folder, `plain-${index}`);
    await cp(world.full, plain, { recursive: true, verbatimSymlinks: true });
    ask(plain, 'checkout -q v1.0.0');
    await writeFile(join(plain, 'eks-distro-checkout-v1.0.0'), '');
    if (files.length > 0) {
      // As upstream: one `git am` for all.
      const env = { ...gitEnv, GIT_COMMITTER_NAME: 'Prow Bot', GIT_COMMITTER_EMAIL: 'prow@amazonaws.com' };
      const args = ['am', '-q', '--committer-date-is-author-date', ...files.map((file) => file.from.file)];
      execFileSync('git', args, { cwd: plain, env });
      await writeFile(join(plain, 'eks-distro-patched'), '');
    }

    const made = world.made[index];
    assert.ok(made?.result.ok, JSON.stringify(made?.result));
    const copy = join(world.folder, `copy-${index}`);
    await cp(join(made.output, 'source'), copy, { recursive: true, verbatimSymlinks: true });
    for (const question of questions) assert.is(ask(copy, question), ask(plain, question), question);

    const facts: SourceFacts = JSON.parse(await readFile(join(made.output, 'facts.json'), 'utf8'));
    assert.is(facts.head, ask(plain, 'rev-parse HEAD').trim());
    assert.is(facts.describe, ask(plain, 'describe --always --abbrev=0').trim());
    assert.is(facts.shortCommit, ask(plain, 'rev-parse --short v1.0.0').trim());
    assert.is(facts.headUnixTime, Number(ask(plain, 'show -s --format=%ct')));
    assert.is(facts.headCommitterDate, ['2024-05-09T15:45:09-07:00', '2024-05-11T00:00:00+00:00'][index]);
    assert.equal(await namesBelow(copy), await namesBelow(plain));
    assert.ok((await lstat(join(copy, 'link'))).isSymbolicLink());
    assert.is((await lstat(join(copy, 'run'))).mode & 0o777, 0o755);
  }
});

test('the git folder stands alone, and is nothing but what HEAD and the tags fix', async (world) => {
  const [made] = world.made;
  assert.ok(made?.result.ok);
  const derived = made.result.value.derived ?? (() => false);
  const all = await readdir(join(made.output, 'source', '.git'), { recursive: true, withFileTypes: true });
  const paths = all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(made.output.length + 1));
  assert.equal(paths.filter((path) => !derived(path)).sort(), [
    'source/.git/HEAD',
    'source/.git/config',
    'source/.git/packed-refs',
    'source/.git/refs/tags/v1.0.0',
  ]);
  assert.not.ok(derived('source/go.mod'));
  const stored = await Promise.all(
    paths.filter((path) => !derived(path)).map((path) => readFile(join(made.output, path), 'utf8')),
  );
  assert.not.match(stored.join(''), world.folder);
  assert.not.match(stored.join(''), 'v2.0.0');
});

test('an annotated tag is named by its own object', async (world) => {
  const node = { ...sourceNode(world, []), tag: 'v0.9.0', commit: world.commits[0] ?? '' };
  const { result, output } = await makeSource(world, node);
  assert.ok(result.ok, JSON.stringify(result));
  const facts: SourceFacts = JSON.parse(await readFile(join(output, 'facts.json'), 'utf8'));
  assert.is(facts.tagObject, ask(world.full, 'rev-parse v0.9.0').trim());
  assert.is(facts.shortTag, ask(world.full, 'rev-parse --short v0.9.0').trim());
  assert.equal([facts.commit, facts.head, facts.describe], [node.commit, node.commit, 'v0.9.0']);
});

test('another run gives the same bytes', async (world) => {
  const again = await makeSource(world, sourceNode(world, world.series[1] ?? []));
  const names = [
    'facts.json',
    'source/new name',
    ...['packed-refs', 'config', 'HEAD'].map((name) => `source/.git/${name}`),
  ];
  const textsOf = (output = '') => Promise.all(names.map((name) => readFile(join(output, name), 'utf8')));
  assert.equal(await textsOf(again.output), await textsOf(world.made[1]?.output));
});

test('the key is made of what the result depends on, and of no place', (world) => {
  const node = sourceNode(world, []);
  const elsewhere = {
    ...node,
    repository: 'https://other.example/fork.git',
    title: 'other',
    projects: ['x'],
  };
  assert.equal(sourceInputs(elsewhere), sourceInputs(node));
  const texts = [node, { ...node, commit: '1'.repeat(40) }, { ...node, tag: 'v1.0.1' }].map((each) =>
    JSON.stringify(sourceInputs(each)),
  );
  assert.is(new Set(texts).size, 3);
  assert.not.match(texts.join(''), /git\.example|folder|upstream/);
});

async function namesBelow(folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => !/^\.git(\/|$)/.test(name)).sort();
}

test.run();
