import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../rig/suite.ts';
import {
  archiveTree,
  gitEnv,
  makeSource,
  type SourceWorld,
  sourceNode,
  sourceWorld,
  userPatch,
} from '../source/world.ts';

interface World extends SourceWorld {
  /** The output of a source task, with a patch. */
  tree: string;
  /** A full clone with the same HEAD, made by plain git. */
  full: string;
}

const test = suite<World>('the archive of a source');

const commits = [
  {
    files: {
      '.gitattributes': 'version.sh export-subst\nnotes export-ignore\n*.bat text eol=crlf\n',
      'version.sh': "commit='$Format:%H$'\nrefs='$Format:%D$'\n",
      notes: 'kept out\n',
    },
    tags: ['v0.9.0'],
  },
  { files: { link: { kind: 'link', target: 'version.sh' } as const, 'run.bat': 'echo\n' } },
  {
    files: {
      run: { kind: 'file', content: '#!\n', executable: true } as const,
      'a name': 'line 0\n',
      'é/ö': 'x\n',
    },
    lightweightTags: ['v1.0.0'],
    date: '2024-05-09T15:45:09-07:00',
  },
];

const patch = `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: First <first@test.example>
Date: Fri, 10 May 2024 01:02:03 +0530
Subject: [PATCH] Change a line

---
diff --git a/a name b/a name
--- a/a name
+++ b/a name
@@ -1 +1 @@
-line 0
+line zero
--
2.39.5
`;

test.before(async (world, defer) => {
  const folder = await mkdtemp(join(tmpdir(), 'source-archive-'));
  defer(() => rm(folder, { recursive: true }));
  Object.assign(world, await sourceWorld(folder, commits));
  const pin = await userPatch(world, '1.patch', patch);
  const made = await makeSource(world, sourceNode(world, [pin]));
  assert.ok(made.result.ok, JSON.stringify(made.result));
  world.tree = made.output;
  world.full = join(folder, 'full');
  const git = (...args: readonly string[]) => execFileSync('git', args, { env: gitEnv, stdio: 'pipe' });
  git('clone', '--quiet', world.upstream, world.full);
  git('-C', world.full, 'checkout', '--quiet', 'v1.0.0');
  const by = ['-c', 'user.name=Prow Bot', '-c', 'user.email=prow@amazonaws.com'];
  git('-C', world.full, ...by, 'am', '--quiet', '--committer-date-is-author-date', pin.from.file);
});

async function archived({ folder, tree }: World, headTag?: string) {
  return archiveTree(tree, await mkdtemp(join(folder, 'archive-')), headTag);
}

test('what git archives of a full clone, with the tag that HEAD has for it', async (world) => {
  const { result, file } = await archived(world, '{tag}-eks-{head.short:7}');
  assert.ok(result.ok, JSON.stringify(result));
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', world.full, ...args], { env: gitEnv, maxBuffer: 2 ** 24 });
  const head = git('rev-parse', 'HEAD').toString().trim();
  git('tag', '-f', `v1.0.0-eks-${head.slice(0, 7)}`);
  const expected = git('archive', '--format=tar', 'HEAD');
  const tar = execFileSync('gzip', ['-dc', file]);
  assert.ok(tar.equals(expected));
  const version = execFileSync('tar', ['-xOzf', file, 'version.sh'], { encoding: 'utf8' });
  assert.is(version, `commit='${head}'\nrefs='HEAD, tag: v1.0.0-eks-${head.slice(0, 7)}'\n`);
  const names = execFileSync('tar', ['-tzf', file, '--quoting-style=literal'], { encoding: 'utf8' });
  assert.equal(names.trimEnd().split('\n'), [
    ...['.gitattributes', 'a name', 'link', 'run', 'run.bat', 'version.sh', 'é/', 'é/ö'],
  ]);
});

test('a second time, elsewhere: the same bytes; without a tag, others', async (world) => {
  const read = async (headTag?: string) => readFile((await archived(world, headTag)).file);
  const one = await read('{tag}-eks');
  assert.ok(one.equals(await read('{tag}-eks')));
  assert.not.ok(one.equals(await read()));
});

test('a checkout that is not what its HEAD says is refused', async (world) => {
  const file = join(world.tree, 'source', 'run');
  const before = await readFile(file);
  await writeFile(file, 'other\n');
  const { result } = await archived(world);
  await writeFile(file, before);
  assert.equal(result, {
    ok: false,
    error: { reason: 'missing-output', file: 'run', detail: 'source has other bytes in it than its HEAD' },
  });
});

test.run();
