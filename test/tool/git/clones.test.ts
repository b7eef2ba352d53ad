import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { createGitClones, type GitClones, type WantedCommit } from '../../../orchestrator/tool/git/clones.ts';
import { runGit } from '../../../orchestrator/tool/git/command.ts';
import { hermeticGitEnvironment } from '../../../orchestrator/tool/git/environment.ts';
import { resolveTag } from '../../../orchestrator/tool/git/refs.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import type { Command } from '../../../orchestrator/tool/process/process.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { addCommits, createRepository } from '../../rig/repository.ts';
import { suite } from '../../rig/suite.ts';

interface World {
  folder: string;
  /** The repository on the other side. */
  upstream: string;
  /** Where its clone will be. */
  gitDir: string;
  clones: GitClones;
  first: string;
  /** Every command that was allowed a network. */
  online: string[];
  locks: string[];
}

const url = 'https://git.example/org/repo.git';
const env = hermeticGitEnvironment(process.env['PATH'] ?? '');
/** A user's own setting, which would take branches out of a clone. */
const count = Number(env['GIT_CONFIG_COUNT']);
const userEnv = {
  ...env,
  GIT_CONFIG_COUNT: String(count + 1),
  [`GIT_CONFIG_KEY_${count}`]: 'fetch.prune',
  [`GIT_CONFIG_VALUE_${count}`]: 'true',
};
const run = createRunProcess({ isolation: noIsolation, now: Date.now });

const test = suite<World>('git clones');

test.before.each(async (world) => {
  world.folder = await mkdtemp(join(tmpdir(), 'git-clones-'));
  world.upstream = join(world.folder, 'upstream');
  world.gitDir = join(world.folder, 'clones', 'git.example', 'org', 'repo.git');
  world.online = [];
  world.locks = [];
  const [first = ''] = await createRepository(world.upstream, {
    commits: [{ files: { a: '1' }, tags: ['v1'] }],
  });
  world.first = first;
  world.clones = createGitClones({
    folder: join(world.folder, 'clones'),
    mirrors: { [url]: world.upstream },
    localEnv: env,
    remoteEnv: userEnv,
    withLock: async (name, _signal, body) => {
      world.locks.push(name);
      return body();
    },
  });
});

test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

function ensure(world: World, wanted: WantedCommit) {
  const watched = (command: Command) => {
    if (command.network === 'allowed')
      world.online.push(command.args.find((arg) => /^(clone|fetch|ls-remote)$/.test(arg)) ?? '');
    return run(command);
  };
  return world.clones.ensure(url, wanted, {
    run: watched,
    signal: new AbortController().signal,
    progress: () => {},
  });
}

const v1 = { kind: 'tag', tag: 'v1' } as const;
const v2 = { kind: 'tag', tag: 'v2' } as const;

test('the first one clones, and the next needs neither network nor lock', async (world) => {
  const found = { ok: true, value: { gitDir: world.gitDir, commit: world.first } };
  assert.equal(await ensure(world, v1), found);
  assert.equal([world.online, world.locks], [['clone'], ['git git.example/org/repo']]);
  assert.equal(await ensure(world, { ...v1, commit: world.first }), found);
  assert.equal(await ensure(world, { kind: 'commit', commit: world.first }), found);
  assert.equal([world.online, world.locks.length], [['clone'], 1]);
});

test('how far it is, how much has come and how fast, as git says it', async (world) => {
  const told: string[] = [];
  const lines = [
    'remote: Counting objects:  50% (1/2)',
    'Receiving objects:  45% (123/274), 1.20 MiB | 640.00 KiB/s',
    'Receiving objects: 100% (274/274), 2.61 MiB | 1.20 MiB/s, done.',
    'Resolving deltas: 100% (3/3), done.',
    'warning: something else',
  ];
  const says = (command: Command) => {
    if (command.network === 'allowed') for (const line of lines) command.onLine?.(line);
    return run(command);
  };
  const signal = new AbortController().signal;
  await world.clones.ensure(url, v1, { run: says, signal, progress: (text) => told.push(text) });
  // Git's own come after these.
  assert.equal(told.slice(0, 5), [
    'cloning',
    'cloning: counting 50%',
    'cloning: receiving 45%, 1.20 MiB, 640.00 KiB/s',
    'cloning: receiving 100%, 2.61 MiB, 1.20 MiB/s',
    'cloning: resolving 100%',
  ]);
});

test('a clone holds branches and tags, and says nothing of where it came from', async (world) => {
  await ensure(world, v1);
  const config = await readFile(join(world.gitDir, 'config'), 'utf8');
  assert.not.match(config, 'remote');
  assert.not.match(config, world.upstream);
  assert.equal(await readdir(dirname(world.gitDir)), ['repo.git']);
});

test('what a killed clone left behind is cleared away', async (world) => {
  const left = `${world.gitDir}.new-abcdef`;
  await mkdir(left, { recursive: true });
  await writeFile(join(left, 'HEAD'), 'half');
  await ensure(world, v1);
  assert.equal(await readdir(dirname(world.gitDir)), ['repo.git']);
});

test('a new tag and a new commit are fetched', async (world) => {
  await ensure(world, v1);
  const [second = '', third = ''] = await addCommits(world.upstream, [
    { files: { a: '2' }, tags: ['v2'] },
    { files: { a: '3' } },
  ]);
  const fetched = await ensure(world, v2);
  assert.equal(fetched, { ok: true, value: { gitDir: world.gitDir, commit: second } });
  assert.equal(world.online, ['clone', 'ls-remote', 'fetch']);
  assert.ok((await ensure(world, { kind: 'commit', commit: third })).ok);
  assert.is(world.online.length, 3, 'it came with the branch');
});

test('a tag that moved is an error with both commits, and the clone keeps the old one', async (world) => {
  await ensure(world, v1);
  const [moved = ''] = await addCommits(world.upstream, [{ files: { a: '2' }, tags: ['v1', 'v2'] }]);
  assert.ok((await ensure(world, v2)).ok, 'another tag is fetched as ever');
  const kept = async () => {
    const tag = await resolveTag({ run, env }, world.gitDir, 'v1');
    return tag.ok ? tag.value?.commit : tag.error.reason;
  };
  assert.is(await kept(), world.first);

  const wrong = await ensure(world, { ...v1, commit: '1'.repeat(40) });
  const failure = { reason: 'moved-tag', repository: url, tag: 'v1', locked: '1'.repeat(40), found: moved };
  assert.equal(wrong, { ok: false, error: failure });
  assert.is(await kept(), world.first);
});

test('where lock and remote agree, it is the clone that is out of date', async (world) => {
  await ensure(world, v1);
  const [moved = ''] = await addCommits(world.upstream, [{ files: { a: '2' }, tags: ['v1'] }]);
  assert.ok((await ensure(world, { ...v1, commit: moved })).ok);
  const old = await ensure(world, { ...v1, commit: world.first });
  assert.equal(old, {
    ok: false,
    error: { reason: 'moved-tag', repository: url, tag: 'v1', locked: world.first, found: moved },
  });
});

test('a branch that gave way to a folder of branches does not stop a fetch, and stays', async (world) => {
  await addCommits(world.upstream, [{ files: { b: '1' }, branch: 'topic' }]);
  await ensure(world, v1);
  await run({ program: 'git', args: ['branch', '-D', 'topic'], cwd: world.upstream, env, network: 'none' });
  await addCommits(world.upstream, [{ files: { b: '2' }, branch: 'topic/one', tags: ['v2'] }]);
  const fetched = await ensure(world, v2);
  assert.ok(fetched.ok, JSON.stringify(fetched));
  const branches = await runGit({ run, env }, ['for-each-ref', 'refs/heads/topic'], { gitDir: world.gitDir });
  assert.match(branches.ok ? branches.value : '', 'refs/heads/topic\n');
});

test('a tag, a commit or a repository that is not there is unavailable', async (world) => {
  const missing = await ensure(world, { kind: 'tag', tag: 'v9' });
  assert.equal(missing, {
    ok: false,
    error: { reason: 'source-unavailable', repository: url, wanted: 'tag v9', detail: 'it has no such tag' },
  });
  const commit = await ensure(world, { kind: 'commit', commit: '2'.repeat(40) });
  assert.is(commit.ok ? '' : commit.error.reason, 'source-unavailable');
  await rm(world.gitDir, { recursive: true });
  await rm(world.upstream, { recursive: true });
  const gone = await ensure(world, v1);
  assert.ok(!gone.ok && gone.error.reason === 'source-unavailable', JSON.stringify(gone));
  assert.is(gone.error.repository, url);
  assert.equal(await readdir(dirname(world.gitDir)), []);
});

test('a shallow repository is not taken for the whole', async (world) => {
  await addCommits(world.upstream, [{ files: { a: '2' }, tags: ['v2'] }]);
  await writeFile(join(world.upstream, 'shallow'), `${world.first}\n`);
  const found = await ensure(world, v2);
  assert.ok(!found.ok && found.error.reason === 'source-unavailable', JSON.stringify(found));
  assert.match(found.error.detail, 'shallow');
});

test('a folder that cannot be made is said', async (world) => {
  await writeFile(join(world.folder, 'clones'), 'a file in the way');
  const found = await ensure(world, v1);
  assert.ok(!found.ok && found.error.reason === 'system-error');
  assert.match(found.error.detail, /clones\S* is no folder/);
});

test('a repository without a branch is none that was asked for, and is not kept', async (world) => {
  await rm(world.upstream, { recursive: true });
  await mkdir(world.upstream);
  const made = await runGit({ run, env }, ['init', '--quiet', '--bare', world.upstream], {
    sees: { writes: [world.upstream] },
  });
  assert.ok(made.ok);
  for (const wanted of [v1, { kind: 'commit', commit: '0'.repeat(40) }] as const) {
    const got = await ensure(world, wanted);
    assert.is(got.ok ? '' : got.error.reason, 'fetch-failed');
  }
  assert.equal(await readdir(dirname(world.gitDir)), []);
});

test.run();
