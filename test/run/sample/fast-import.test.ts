import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { fastImportStream } from '../../../orchestrator/run/sample/fast-import.ts';
import { addCommits, createRepository } from '../../rig/repository.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('fast-import');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'fast-import-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

function git(repository: string, ...args: string[]): string {
  return execFileSync('git', ['--git-dir', repository, ...args], { encoding: 'utf8' }).trimEnd();
}

test('a commit keeps its author, its date with the zone, its message and the kinds of its files', async ({
  folder,
}) => {
  const [id = ''] = await createRepository(folder, {
    commits: [
      {
        author: 'Ana Example <ana@test.example>',
        date: '2022-05-05T23:40:10+05:30',
        message: 'First line\n\nBody, not ASCII: ñ',
        files: {
          'a b/"quoted"\\': 'text',
          program: { kind: 'file', content: '#!/bin/sh\n', executable: true },
          link: { kind: 'link', target: 'a b' },
          bytes: new Uint8Array([0, 255, 10]),
        },
      },
    ],
  });
  assert.is(git(folder, 'symbolic-ref', 'HEAD'), 'refs/heads/main');
  assert.is(
    git(folder, 'cat-file', 'commit', id).replace(/^tree .*\n/, ''),
    'author Ana Example <ana@test.example> 1651774210 +0530\n' +
      'committer Ana Example <ana@test.example> 1651774210 +0530\n\nFirst line\n\nBody, not ASCII: ñ',
  );
  const entries = git(folder, 'ls-tree', '-r', '-z', '-l', id).split('\0').filter(Boolean);
  assert.equal(
    entries.map((entry) => entry.replace(/^(\d+) blob \w+ +/, '$1 ')),
    ['100644 4\ta b/"quoted"\\', '100644 3\tbytes', '120000 3\tlink', '100755 10\tprogram'],
  );
});

test('tags are annotated or lightweight, branches begin at main, and ids come in order', async ({
  folder,
}) => {
  const ids = await createRepository(folder, {
    commits: [
      { files: { one: '1', two: '2' }, tags: ['v1'] },
      { files: { one: null }, lightweightTags: ['v2'] },
      { files: { two: '3' }, branch: 'side' },
    ],
  });
  assert.equal(git(folder, 'rev-list', '--reverse', 'side').split('\n'), ids);
  assert.is(git(folder, 'rev-parse', 'main'), ids[1]);
  assert.is(git(folder, 'cat-file', '-t', 'v1'), 'tag');
  assert.is(git(folder, 'rev-parse', 'v1^{}'), ids[0]);
  assert.is(git(folder, 'rev-parse', 'v2'), ids[1]);
  assert.is(git(folder, 'ls-tree', '--name-only', 'side'), 'two');
  assert.is(git(folder, 'fsck', '--strict'), '');
});

test('commits that are added later continue a branch, and may move a tag', async ({ folder }) => {
  const first = await createRepository(folder, { commits: [{ files: { a: '1' }, tags: ['v1'] }] });
  const second = await addCommits(folder, [{ files: { b: '2' }, tags: ['v1'] }]);
  assert.equal(git(folder, 'rev-list', '--reverse', 'main').split('\n'), [...first, ...second]);
  assert.is(git(folder, 'rev-parse', 'v1^{}'), second[0]);
  const side = await addCommits(folder, [{ branch: 'side' }]);
  assert.equal(git(folder, 'rev-list', '--reverse', 'side').split('\n'), [...first, ...second, ...side]);
});

test('the user settings and the environment have no part in an id', async ({ folder }) => {
  const commits = [{ files: { a: 'x\r\n' }, tags: ['v1'] }];
  const before = await createRepository(join(folder, 'before'), { commits });
  const kept = { ...process.env };
  Object.assign(process.env, {
    GIT_AUTHOR_NAME: 'Somebody Else',
    GIT_DEFAULT_HASH: 'sha256',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.autocrlf',
    GIT_CONFIG_VALUE_0: 'true',
  });
  try {
    assert.equal(await createRepository(join(folder, 'after'), { commits }), before);
  } finally {
    process.env = kept;
  }
});

test('a stream of no commits is empty', () => {
  assert.is(fastImportStream([]).length, 0);
});

test.run();
