import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { writeTar } from '../../../orchestrator/tool/tar/write-tar.ts';
import { suite } from '../../rig/suite.ts';
import { writeFiles } from '../../rig/world.ts';

const test = suite<{ folder: string }>('a tar of a folder');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'write-tar-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const files = { 'index.json': '{}', 'blobs/sha256/b': 'two', 'blobs/sha256/a': 'one', B: 'x', a: 'y' };

/** `-rw-r--r-- 0/0 3 1970-01-01 00:00:00 blobs/sha256/a`, each. */
function listed(file: string): readonly string[] {
  const text = execFileSync('tar', ['--numeric-owner', '--full-time', '--utc', '-tvf', file], {
    encoding: 'utf8',
  });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));
}

test('members in order, without anything of this machine or day', async ({ folder }) => {
  writeFiles(join(folder, 'content'), files);
  await writeTar(join(folder, 'content'), join(folder, 'a.tar'));
  assert.equal(
    listed(join(folder, 'a.tar')),
    ['B 1', 'a 1', 'blobs/sha256/a 3', 'blobs/sha256/b 3', 'index.json 2'].map((text) => {
      const [path, size] = text.split(' ');
      return `-rw-r--r-- 0/0 ${size} 1970-01-01 00:00:00 ${path}`;
    }),
  );
  const content = execFileSync('tar', ['-xOf', join(folder, 'a.tar'), 'blobs/sha256/b'], {
    encoding: 'utf8',
  });
  assert.is(content, 'two');
});

test('made again elsewhere, on another day and in another order: the same bytes', async ({ folder }) => {
  writeFiles(join(folder, 'content'), files);
  const again = Object.fromEntries(Object.entries(files).toReversed());
  writeFiles(join(folder, 'elsewhere', 'again'), again);
  utimesSync(join(folder, 'elsewhere', 'again', 'a'), 1e9, 1e9);
  await writeTar(join(folder, 'content'), join(folder, 'a.tar'));
  await writeTar(join(folder, 'elsewhere', 'again'), join(folder, 'b.tar'));
  assert.ok(readFileSync(join(folder, 'a.tar')).equals(readFileSync(join(folder, 'b.tar'))));
});

test.run();
