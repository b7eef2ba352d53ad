import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { runGit } from '../../../orchestrator/tool/git/command.ts';
import { hermeticGitEnvironment } from '../../../orchestrator/tool/git/environment.ts';
import { hasCommit, isTagName, listTree, resolveTag } from '../../../orchestrator/tool/git/refs.ts';
import { lsRemoteTags } from '../../../orchestrator/tool/git/remote.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { createRepository } from '../../rig/repository.ts';
import { suite } from '../../rig/suite.ts';

const git = {
  run: createRunProcess({ isolation: noIsolation, now: Date.now }),
  env: hermeticGitEnvironment(process.env['PATH'] ?? ''),
};

const test = suite<{ gitDir: string; commits: readonly string[] }>('git references');

test.before(async (context) => {
  context.gitDir = await mkdtemp(join(tmpdir(), 'git-refs-'));
  context.commits = await createRepository(context.gitDir, {
    commits: [
      { files: { 'a file': 'one\n', 'folder/é': 'two', 'folder/big': 'big' }, tags: ['v1'] },
      { files: { 'a file': 'three\n' }, lightweightTags: ['light', 'with/slash'] },
    ],
  });
});

test.after(async ({ gitDir }) => {
  await rm(gitDir, { recursive: true });
});

test('a tag is resolved to its commit, annotated or not', async ({ gitDir, commits }) => {
  const annotated = await resolveTag(git, gitDir, 'v1');
  assert.ok(annotated.ok && annotated.value !== undefined);
  assert.is(annotated.value.commit, commits[0]);
  assert.is.not(annotated.value.object, commits[0]);
  assert.is(annotated.value.annotated, true);
  const light = { commit: commits[1], object: commits[1], annotated: false };
  assert.equal(await resolveTag(git, gitDir, 'light'), { ok: true, value: light });
  assert.equal(await resolveTag(git, gitDir, 'with/slash'), { ok: true, value: light });
  assert.equal(await resolveTag(git, gitDir, 'v2'), { ok: true, value: undefined });
});

test('a name that means more to git than a tag is none', async ({ gitDir }) => {
  for (const name of [
    'v1^{tree}',
    'v1~0',
    'v1:folder',
    '../heads/main',
    'v1\n',
    '',
    '@',
    '-v1',
    'a..b',
    'a//b',
    'x.lock',
  ]) {
    assert.not.ok(isTagName(name), name);
    assert.equal(await resolveTag(git, gitDir, name), { ok: true, value: undefined }, name);
  }
  for (const name of ['v1.2.3', 'server/v3.5.13', 'v0.7.18-cvefix', 'é']) assert.ok(isTagName(name), name);
});

test('a commit is there or not', async ({ gitDir, commits }) => {
  assert.equal(await hasCommit(git, gitDir, commits[0] ?? ''), { ok: true, value: true });
  assert.equal(await hasCommit(git, gitDir, '1'.repeat(40)), { ok: true, value: false });
});

test('the files of a commit are listed with their names as they are', async ({ gitDir }) => {
  const paths = async (where?: string) => {
    const tree = await listTree(git, gitDir, 'v1', where);
    return tree.ok ? tree.value.map((file) => file.path) : tree;
  };
  assert.equal(await paths(), ['a file', 'folder/big', 'folder/é']);
  assert.equal(await paths('folder'), ['folder/big', 'folder/é']);
  assert.equal(await paths('nothing'), []);
});

test('a remote tells its tags and what they lead to', async ({ gitDir, commits }) => {
  const tags = await lsRemoteTags(git, gitDir, 'the repository');
  assert.ok(tags.ok);
  assert.equal(
    [...tags.value],
    [
      ['light', commits[1]],
      ['v1', commits[0]],
      ['with/slash', commits[1]],
    ],
  );
});

test('what git says on failure is kept', async ({ gitDir }) => {
  const failed = await runGit(git, ['rev-parse', '--verify', 'nothing'], { gitDir });
  assert.ok(!failed.ok && failed.error.reason === 'command-failed');
  assert.is(failed.error.exitCode, 128);
  assert.match(failed.error.output, 'Needed a single revision');
});

test.run();
