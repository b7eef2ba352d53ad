import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type PackedMember, packTar } from '../../../orchestrator/tool/tar/pack-tar.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('a tar of members');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'pack-tar-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

async function pack(members: readonly PackedMember[], seconds = 1_700_000_000): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of packTar(members, seconds)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** What GNU tar says of it: `-rw-r--r-- 0/0 3 2023-11-14 22:13:20 a/b`, each. */
function listed(folder: string, tar: Buffer): readonly string[] {
  const file = join(folder, 'listed.tar');
  writeFileSync(file, tar);
  const args = ['--numeric-owner', '--full-time', '--utc', '--quoting-style=literal', '-tvf', file];
  const text = execFileSync('tar', args, { encoding: 'utf8' });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));
}

test('in the order given, of one time, of owner 0 without a name', async ({ folder }) => {
  writeFileSync(join(folder, 'program'), 'abc', { mode: 0o700 });
  const tar = await pack([
    { path: './', mode: 0o755 },
    { path: './tool', mode: 0o755, content: { file: join(folder, 'program'), size: 3 } },
    { path: './README', mode: 0o644, content: Buffer.from('read me\n') },
    { path: './empty', mode: 0o644, content: Buffer.alloc(0) },
  ]);
  assert.equal(listed(folder, tar), [
    'drwxr-xr-x 0/0 0 2023-11-14 22:13:20 ./',
    '-rwxr-xr-x 0/0 3 2023-11-14 22:13:20 ./tool',
    '-rw-r--r-- 0/0 8 2023-11-14 22:13:20 ./README',
    '-rw-r--r-- 0/0 0 2023-11-14 22:13:20 ./empty',
  ]);
  assert.not.match(tar.toString('latin1'), /root/);
  assert.is(tar.length % 512, 0);
});

test('what is one file on disk is two in the archive', async ({ folder }) => {
  writeFileSync(join(folder, 'a'), 'same');
  linkSync(join(folder, 'a'), join(folder, 'b'));
  const members = ['a', 'b'].map((path) => ({
    ...{ path, mode: 0o644 },
    content: { file: join(folder, path), size: 4 },
  }));
  assert.equal(
    listed(folder, await pack(members)).map((line) => line.slice(0, 16)),
    ['-rw-r--r-- 0/0 4', '-rw-r--r-- 0/0 4'],
  );
});

const long = 'd'.repeat(90);
for (const path of [
  `${long}/${long}`,
  `${long}/${long}/${long}`,
  'e'.repeat(100),
  'e'.repeat(101),
  'f'.repeat(255),
  'né',
  `${long}/né`,
]) {
  test(`a path of ${path.length} characters comes out whole: ${path.slice(-3)}`, async ({ folder }) => {
    const content = Buffer.from('x');
    const tar = await pack([
      { path, mode: 0o644, content },
      { path: 'after', mode: 0o600, content },
    ]);
    const names = listed(folder, tar).map((line) =>
      line.slice('-rw-r--r-- 0/0 1 2023-11-14 22:13:20 '.length),
    );
    assert.equal(names, [path, 'after']);
    const out = join(folder, 'out');
    mkdirSync(out);
    writeFileSync(join(folder, 'a.tar'), tar);
    execFileSync('tar', ['-xf', join(folder, 'a.tar'), '-C', out]);
    assert.is(readFileSync(join(out, path), 'utf8'), 'x');
  });
}

test('a file that grew or shrank meanwhile is a fault, not an archive', async ({ folder }) => {
  const file = join(folder, 'a');
  writeFileSync(file, 'four');
  for (const size of [3, 5]) {
    const member = { path: 'a', mode: 0o644, content: { file, size } };
    const packed = await pack([member]).catch((error: unknown) => String(error));
    assert.is(packed, `Error: ${file} has 4 bytes, and had ${size}`);
  }
});

test.run();
