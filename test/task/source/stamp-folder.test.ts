import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { mergedTags, writeSkeleton } from '../../../orchestrator/task/source/stamp-folder.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { createRepository } from '../../rig/repository.ts';
import { suite } from '../../rig/suite.ts';
import { gitEnv } from './world.ts';

const git = { run: createRunProcess({ isolation: noIsolation, now: Date.now }), env: gitEnv };

const test = suite<{ folder: string; upstream: string; commits: readonly string[] }>('stamp folder');

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'stamp-folder-'));
  context.upstream = join(context.folder, 'upstream');
  context.commits = await createRepository(context.upstream, {
    commits: [
      { files: { a: '1' }, tags: ['v1', 'b/v1'] },
      { files: { a: '2' }, lightweightTags: ['v2'] },
      { tags: ['v3'] },
    ],
  });
});

test.after(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

test('the tags of a commit are those of its history, with their own objects', async ({
  upstream,
  commits,
}) => {
  const tags = await mergedTags(git, upstream, commits[1] ?? '');
  assert.ok(tags.ok);
  assert.equal(
    tags.value.map(({ name, commit, annotated }) => [name, commit, annotated]),
    [
      ['refs/tags/b/v1', commits[0], true],
      ['refs/tags/v1', commits[0], true],
      ['refs/tags/v2', commits[1], false],
    ],
  );
});

test('abbreviated names are as long as they are in the full clone', async ({ folder, upstream, commits }) => {
  const [, head = ''] = commits;
  const tags = await mergedTags(git, upstream, head);
  assert.ok(tags.ok);
  const gitDir = join(folder, 'skeleton');
  await writeSkeleton(gitDir, {
    head,
    tags: tags.value,
    alternate: join(upstream, 'objects'),
    abbreviation: 12,
  });
  const ask = (cwd: string, ...args: string[]) =>
    execFileSync('git', args, { cwd, env: gitEnv, encoding: 'utf8' });
  assert.is(ask(gitDir, 'rev-parse', '--short', 'HEAD').trim(), head.slice(0, 12));
  assert.is(ask(gitDir, 'describe'), ask(upstream, 'describe', '--abbrev=12', head));
  const references = ask(upstream, 'show-ref', '--tags', '-d').replaceAll(/.*v3.*\n/g, '');
  assert.is(ask(gitDir, 'show-ref', '--tags', '-d'), references);
});

test.run();
