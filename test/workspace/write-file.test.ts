import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ok } from '../../orchestrator/core/result.ts';
import {
  checkFolder,
  checkPlace,
  sizeInPlace,
  writeWholeFile,
} from '../../orchestrator/workspace/write-file.ts';
import { testHost } from '../rig/host.ts';
import { suite } from '../rig/suite.ts';
import { unprivileged } from '../rig/unprivileged.ts';

const test = suite<{ folder: string }>('write file');

const host = testHost({ cwd: '/', packageFolder: '/', env: {} });

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'write-file-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

async function failureOf(file: string) {
  const written = await writeWholeFile(file, 'new', host);
  return written.ok ? undefined : written.error;
}

test('a file is made with its folders, and replaced by another inode: readers keep what they have', async ({
  folder,
}) => {
  const file = join(folder, 'a', 'b', 'file');
  assert.is(await failureOf(file), undefined);
  assert.is(readFileSync(file, 'utf8'), 'new');
  const { ino, mtimeMs } = statSync(file);
  assert.is(await failureOf(file), undefined);
  assert.equal(
    [statSync(file).ino, statSync(file).mtimeMs],
    [ino, mtimeMs],
    'the same bytes: it is left alone',
  );
  writeFileSync(file, 'old');
  assert.is(await failureOf(file), undefined);
  assert.is.not(statSync(file).ino, ino);
  assert.equal(readdirSync(join(folder, 'a', 'b')), ['file']);
});

test('what is in the way is named, not followed and not lost', async ({ folder }) => {
  writeFileSync(join(folder, 'file'), 'mine');
  mkdirSync(join(folder, 'folder'));
  symlinkSync('file', join(folder, 'link'));
  symlinkSync('nowhere', join(folder, 'dangling'));
  symlinkSync('loop', join(folder, 'loop'));
  const wrong: readonly (readonly [path: string, name: string, detail: RegExp])[] = [
    ['link', 'link', /^is a symbolic link$/],
    ['dangling', 'dangling', /^is a symbolic link$/],
    ['folder', 'folder', /^is no file$/],
    ['file/below', 'file', /^is no folder$/],
    ['dangling/below', 'dangling', /^cannot be written \(E[A-Z]+\)$/],
    ['loop/below', 'below', /^cannot be written \(ELOOP\)$/],
  ];
  for (const [path, name, detail] of wrong) {
    const failure = await failureOf(join(folder, path));
    assert.ok(failure?.reason === 'unsafe-path', path);
    assert.equal([failure.path, failure.where.startsWith(folder)], [name, true], path);
    assert.match(failure.detail, detail);
  }
  assert.equal(
    [readFileSync(join(folder, 'file'), 'utf8'), readlinkSync(join(folder, 'link'))],
    ['mine', 'file'],
  );
  assert.equal(readdirSync(folder).sort(), ['dangling', 'file', 'folder', 'link', 'loop']);
});

test('a folder that cannot be written says so', async ({ folder }) => {
  const locked = join(folder, 'locked');
  mkdirSync(locked);
  await unprivileged(folder, async () => {
    chmodSync(locked, 0o555);
    const help = 'Name another folder, or change its permissions.';
    assert.equal(await failureOf(join(locked, 'file')), { reason: 'read-only', path: locked, help });
    chmodSync(locked, 0o755);
  });
});

test('the size of what is to be replaced; nothing where nothing is', async ({ folder }) => {
  assert.equal(await sizeInPlace(join(folder, 'none')), ok(undefined));
  writeFileSync(join(folder, 'file'), 'text');
  assert.equal(await sizeInPlace(join(folder, 'file')), ok(4));
});

test('what would be in the way is found before anything is written, and nothing is left of the look', async ({
  folder,
}) => {
  writeFileSync(join(folder, 'file'), 'mine');
  mkdirSync(join(folder, 'folder'));
  symlinkSync('nowhere', join(folder, 'dangling'));
  const wrong: readonly (readonly [path: string, name: string, detail: RegExp])[] = [
    ['folder', 'folder', /^is no file$/],
    ['file/below', 'file', /^is no folder$/],
    ['dangling/below', 'dangling', /^is no folder$/],
    ['/proc/deep/below', 'deep', /^cannot be written \(E[A-Z]+\)$/],
  ];
  for (const [path, name, detail] of wrong) {
    const checked = await checkPlace(path.startsWith('/') ? path : join(folder, path));
    assert.ok(!checked.ok && checked.error.reason === 'unsafe-path', path);
    assert.is(checked.error.path, name);
    assert.match(checked.error.detail, detail);
  }
  for (const path of ['file', 'new', 'deep/er/new'])
    assert.ok((await checkPlace(join(folder, path))).ok, path);
  assert.equal(readdirSync(folder).sort(), ['dangling', 'file', 'folder']);
  chmodSync(join(folder, 'folder'), 0o555);
  await unprivileged(folder, async () => {
    const closed = await checkFolder(join(folder, 'folder', 'deep'));
    assert.is(closed.ok ? undefined : closed.error.reason, 'read-only');
  });
  chmodSync(join(folder, 'folder'), 0o755);
});

test.run();
