import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchiveNode } from '../../../orchestrator/plan/archive/node-archive.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { ContextFile } from '../../../orchestrator/plan/node-image.ts';
import { packArchive } from '../../../orchestrator/task/archive/archive.ts';
import { writeFiles } from '../../rig/world.ts';
import { type FakeContext, fakeContext } from '../task-context.ts';

const [build, licenses, source] = ['build', 'licenses', 'source'].map(asNodeId);
const headUnixTime = Date.parse('2024-05-01T12:00:00Z') / 1000;

const trees = {
  build: { tool: '#!tool', toolctl: '#!toolctl' },
  licenses: {
    'LICENSES/example.com/b/LICENSE': 'MIT',
    'LICENSES/example.com/a/LICENSE': 'MIT',
    'ATTRIBUTION.txt': 'thanks\n',
  },
  source: { 'facts.json': JSON.stringify({ headUnixTime }) },
};

const members: readonly ContextFile[] = [
  { from: build, path: 'tool', to: 'server/bin/tool' },
  { from: licenses, path: 'LICENSES', to: 'LICENSES' },
  { from: licenses, path: 'ATTRIBUTION.txt', to: 'ATTRIBUTION.txt' },
] as readonly ContextFile[];

function node(given: Partial<ArchiveNode> = {}): ArchiveNode {
  return {
    ...{ kind: 'archive', id: asNodeId('archive'), needs: [], title: '', projects: [], file: 'a.tar.gz' },
    ...{ root: 'kit', members, source: source as ArchiveNode['source'] },
    ...given,
  };
}

/** A task's folders with the trees in them. */
function world(given: Readonly<Record<string, Readonly<Record<string, string>>>> = trees): FakeContext {
  const below = Object.fromEntries(Object.keys(given).map((name) => [name, name]));
  const context = fakeContext(() => undefined, {}, below);
  for (const [name, files] of Object.entries(given)) writeFiles(join(context.folder, name), files);
  for (const file of Object.keys(given['build'] ?? {})) chmodSync(join(context.folder, 'build', file), 0o755);
  return context;
}

async function packed(context: FakeContext, given: Partial<ArchiveNode> = {}): Promise<Buffer> {
  const result = await packArchive(node(given), context);
  assert.ok(result.ok, JSON.stringify(result));
  const bytes = readFileSync(join(context.output, 'a.tar.gz'));
  rmSync(context.folder, { recursive: true });
  return bytes;
}

async function refusalOf(context: FakeContext, given: Partial<ArchiveNode> = {}): Promise<unknown> {
  const result = await packArchive(node(given), context);
  rmSync(context.folder, { recursive: true });
  return result.ok ? 'packed' : result.error;
}

test('members below the root, with their folders, in order, dated by HEAD', async () => {
  const context = world();
  const result = await packArchive(node(), context);
  assert.ok(result.ok);
  const args = ['--numeric-owner', '--full-time', '--utc', '-tvzf', join(context.output, 'a.tar.gz')];
  const lines = execFileSync('tar', args, { encoding: 'utf8' }).trimEnd().split('\n');
  assert.equal(
    lines.map((line) => line.replace(/ +/g, ' ')),
    [
      'drwxr-xr-x 0/0 0 2024-05-01 12:00:00 kit/',
      '-rw-r--r-- 0/0 7 2024-05-01 12:00:00 kit/ATTRIBUTION.txt',
      'drwxr-xr-x 0/0 0 2024-05-01 12:00:00 kit/LICENSES/',
      'drwxr-xr-x 0/0 0 2024-05-01 12:00:00 kit/LICENSES/example.com/',
      'drwxr-xr-x 0/0 0 2024-05-01 12:00:00 kit/LICENSES/example.com/a/',
      '-rw-r--r-- 0/0 3 2024-05-01 12:00:00 kit/LICENSES/example.com/a/LICENSE',
      'drwxr-xr-x 0/0 0 2024-05-01 12:00:00 kit/LICENSES/example.com/b/',
      '-rw-r--r-- 0/0 3 2024-05-01 12:00:00 kit/LICENSES/example.com/b/LICENSE',
      'drwxr-xr-x 0/0 0 2024-05-01 12:00:00 kit/server/',
      'drwxr-xr-x 0/0 0 2024-05-01 12:00:00 kit/server/bin/',
      '-rwxr-xr-x 0/0 6 2024-05-01 12:00:00 kit/server/bin/tool',
    ],
  );
  rmSync(context.folder, { recursive: true });
});

test('a whole tree at the root, which is the folder itself', async () => {
  const context = world();
  const from = asNodeId('build');
  const result = await packArchive(node({ root: '.', members: [{ from, path: '.', to: '.' }] }), context);
  assert.ok(result.ok);
  const names = execFileSync('tar', ['-tzf', join(context.output, 'a.tar.gz')], { encoding: 'utf8' });
  assert.is(names, './\n./tool\n./toolctl\n');
  rmSync(context.folder, { recursive: true });
});

test('elsewhere, on another day, by another umask, in another order, with links in the place of copies: the same bytes', async () => {
  const one = await packed(world());
  const before = process.umask(0o077);
  const reversed = Object.fromEntries(
    Object.entries(trees).map(([name, files]) => [
      name,
      Object.fromEntries(Object.entries<string>(files).toReversed()),
    ]),
  );
  const context = world(reversed);
  process.umask(before);
  const licence = (name: string) => join(context.folder, 'licenses/LICENSES/example.com', name, 'LICENSE');
  rmSync(licence('b'));
  linkSync(licence('a'), licence('b'));
  utimesSync(join(context.folder, 'build', 'tool'), 1e9, 1e9);
  chmodSync(join(context.folder, 'build', 'tool'), 0o500);
  assert.ok((await packed(context, { members: members.toReversed() })).equals(one));
});

test('another date of HEAD is another archive', async () => {
  const later = { ...trees, source: { 'facts.json': JSON.stringify({ headUnixTime: headUnixTime + 1 }) } };
  assert.not.ok((await packed(world(later))).equals(await packed(world())));
});

test('what is not there, and what is no file', async () => {
  const from = asNodeId('build');
  const only = (path: string, to = path) => ({ members: [{ from, path, to }] });
  assert.equal(await refusalOf(world(), only('lost')), {
    reason: 'missing-output',
    file: 'lost',
    detail: 'build was to have it for a.tar.gz',
  });
  const linked = world();
  symlinkSync('/etc/passwd', join(linked.folder, 'build', 'link'));
  assert.equal(await refusalOf(linked, only('link')), {
    reason: 'unsafe-path',
    path: 'link',
    where: 'a.tar.gz',
    detail: 'is neither a file nor a folder',
  });
  const behind = world();
  mkdirSync(join(behind.folder, 'elsewhere'));
  writeFiles(join(behind.folder, 'elsewhere'), { secret: 'x' });
  symlinkSync('../elsewhere', join(behind.folder, 'build', 'folder'));
  assert.match(JSON.stringify(await refusalOf(behind, only('folder/secret'))), 'is behind a symbolic link');
});

test('a name that leaves the archive, or is there twice', async () => {
  const from = asNodeId('build');
  for (const [path, to] of [
    ['tool', '../tool'],
    ['../source/facts.json', 'facts'],
    ['tool', '/etc/tool'],
  ] as const) {
    assert.match(JSON.stringify(await refusalOf(world(), { members: [{ from, path, to }] })), 'unsafe-path');
  }
  assert.match(JSON.stringify(await refusalOf(world(), { root: '..' })), 'leaves its folder');
  const twice = [
    { from, path: '.', to: '.' },
    { from, path: 'toolctl', to: 'tool' },
  ];
  assert.match(JSON.stringify(await refusalOf(world(), { members: twice })), 'would be there twice');
  const inside = [
    { from, path: 'tool', to: 'bin' },
    { from, path: 'toolctl', to: 'bin/toolctl' },
  ];
  const said = JSON.stringify(await refusalOf(world(), { members: inside }));
  assert.match(said, 'is in a folder that is a file');
});

test.run();
