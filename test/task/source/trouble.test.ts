import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { suite } from '../../rig/suite.ts';
import { makeSource, type SourceWorld, sourceNode, sourceWorld, upstreamPatch, userPatch } from './world.ts';

const test = suite<SourceWorld>('trouble with a source');

const text = Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join('');

function mail(...diff: string[]): string {
  const head = [
    'From: A <a@test.example>',
    'Date: Fri, 10 May 2024 01:02:03 +0000',
    'Subject: [PATCH] Patch',
    '',
    '---',
  ];
  return [...head, ...diff, '-- ', '2.39.5', ''].join('\n');
}

const stored = mail(
  'diff --git a/one b/one',
  '--- a/one',
  '+++ b/one',
  '@@ -1 +1,2 @@',
  '+stored',
  ' line 0',
);

test.before(async (world) => {
  const link = { kind: 'link', target: '/tmp' } as const;
  const marker = { kind: 'link', target: '../../escaped' } as const;
  const made = await sourceWorld(await mkdtemp(join(tmpdir(), 'source-trouble-')), [
    { files: { one: text, two: text } },
    { files: { 'p/0001.patch': stored } },
    { files: { out: link, 'eks-distro-patched': marker }, lightweightTags: ['v1.0.0'] },
  ]);
  Object.assign(world, made);
});

test.after(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

async function failureOf(world: SourceWorld, ...patches: string[]) {
  const pins = await Promise.all(patches.map((each, index) => userPatch(world, `p${index}.patch`, each)));
  const { result } = await makeSource(world, sourceNode(world, pins));
  assert.not(result.ok);
  return result.ok ? undefined : result.error;
}

const fine = mail(
  'diff --git a/one b/one',
  '--- a/one',
  '+++ b/one',
  '@@ -1,2 +1,2 @@',
  '-line 0',
  '+line zero',
  ' line 1',
);

test('a patch that does not apply says which one, which file and which hunk', async (world) => {
  const secondHunkFails = mail(
    ...[
      'diff --git a/one b/one',
      '--- a/one',
      '+++ b/one',
      '@@ -2,3 +2,3 @@',
      ' line 1',
      '-line 2',
      '+line two',
      ' line 3',
    ],
    ...[
      'diff --git a/two b/two',
      '--- a/two',
      '+++ b/two',
      '@@ -1,2 +1,2 @@',
      '-line 0',
      '+line zero',
      ' line 1',
    ],
    ...['@@ -20,3 +20,3 @@', ' line 19', '-line twenty', '+line 20', ' line 21'],
  );
  const failure = await failureOf(world, fine, secondHunkFails);
  assert.ok(failure?.reason === 'patch-failed');
  assert.equal([failure.patch, failure.file, failure.hunk], ['patches/p1.patch', 'two', 2]);
  assert.match(failure.detail, 'two: patch does not apply');
  assert.not.match(failure.detail, /hint|git am/);
});

test('a patch of a file that is not there names the file', async (world) => {
  const failure = await failureOf(
    world,
    mail('diff --git a/no b/no', '--- a/no', '+++ b/no', '@@ -1 +1 @@', '-a', '+b'),
  );
  assert.ok(failure?.reason === 'patch-failed');
  assert.equal([failure.file, failure.hunk], ['no', undefined]);
  assert.match(failure.detail, 'does not exist in index');
});

test('a file that is no patch at all is said to be none', async (world) => {
  const failure = await failureOf(world, 'just some text\n');
  assert.ok(failure?.reason === 'patch-failed');
  assert.equal([failure.patch, failure.file, failure.hunk], ['patches/p0.patch', undefined, undefined]);
});

test('a patch that leaves the checkout, by its path or through a symbolic link, is not applied', async (world) => {
  const creates = (path: string) =>
    mail(
      `diff --git a/${path} b/${path}`,
      'new file mode 100644',
      '--- /dev/null',
      `+++ b/${path}`,
      '@@ -0,0 +1 @@',
      '+x',
    );
  assert.equal(await failureOf(world, creates('../evil')), {
    reason: 'unsafe-path',
    path: '../evil',
    where: 'patch patches/p0.patch',
    detail: 'leaves its folder',
  });
  assert.equal(await failureOf(world, creates('out/evil')), {
    reason: 'unsafe-path',
    path: 'out/evil',
    where: 'patch patches/p0.patch',
    detail: 'goes through a symbolic link',
  });
});

test('a marker does not follow a symbolic link that stands in its place', async (world) => {
  const pins = [await userPatch(world, 'fine.patch', fine)];
  const { result, output } = await makeSource(world, sourceNode(world, pins));
  assert.ok(result.ok, JSON.stringify(result));
  assert.not.ok((await readdir(join(output, '..'))).includes('escaped'));
});

test('a patch comes out of the commit that pins it, and its digest is checked', async (world) => {
  const [, commit = ''] = world.commits;
  const pin = upstreamPatch('p/0001.patch', commit, stored);
  const { result, output } = await makeSource(world, sourceNode(world, [pin]));
  assert.ok(result.ok, JSON.stringify(result));
  assert.match(await readFile(join(output, 'source', 'one'), 'utf8'), /^stored\nline 0\n/);

  const wrong = await makeSource(world, sourceNode(world, [{ ...pin, sha256: digestOf('other') }]));
  assert.equal(wrong.result, {
    ok: false,
    error: {
      reason: 'digest-mismatch',
      what: 'patch p/0001.patch',
      expected: digestOf('other'),
      found: digestOf(stored),
    },
  });
  const { result: none } = await makeSource(
    world,
    sourceNode(world, [upstreamPatch('p/0002.patch', commit, stored)]),
  );
  assert.ok(!none.ok && none.error.reason === 'source-unavailable');
  assert.match(none.error.wanted, `p/0002.patch at commit ${commit}`);
});

test("a user's patch that is gone is said", async (world) => {
  const pin = await userPatch(world, 'gone.patch', fine);
  await rm(pin.from.file);
  const { result } = await makeSource(world, sourceNode(world, [pin]));
  assert.ok(!result.ok && result.error.reason === 'patch-failed');
  assert.match(result.error.detail, 'cannot be read');
});

test('a tag that does not point where the lock says is an error with both commits', async (world) => {
  const locked = '1'.repeat(40);
  const { result } = await makeSource(world, { ...sourceNode(world, []), commit: locked });
  assert.ok(!result.ok && result.error.reason === 'moved-tag');
  assert.equal([result.error.locked, result.error.found], [locked, world.commits[2]]);
});

test.run();
