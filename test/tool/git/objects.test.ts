import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import type { Result } from '../../../orchestrator/core/result.ts';
import { hermeticGitEnvironment } from '../../../orchestrator/tool/git/environment.ts';
import { type ObjectReader, openObjectReader } from '../../../orchestrator/tool/git/objects.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import { createRepository } from '../../rig/repository.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string; gitDir: string; commits: readonly string[] }>('git objects');

const env = hermeticGitEnvironment(process.env['PATH'] ?? '');

test.before(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'git-objects-'));
  defer(() => rmSync(context.folder, { recursive: true }));
  context.gitDir = join(context.folder, 'sound.git');
  context.commits = await createRepository(context.gitDir, {
    commits: [
      { files: { 'a file': 'one\n', 'folder/é': 'two', 'folder/big': 'x'.repeat(300_000) }, tags: ['v1'] },
      { files: { 'a file': 'three\n' }, lightweightTags: ['light'] },
    ],
  });
});

async function readerOf(
  gitDir: string,
  given: { readonly signal?: AbortSignal; readonly path?: string } = {},
): Promise<ObjectReader> {
  const { signal = new AbortController().signal, path } = given;
  const ours = path === undefined ? env : { ...env, PATH: path };
  const clone = { repository: 'https://git.example/org/tool.git', gitDir };
  const reader = await openObjectReader(clone, { env: ours, isolation: noIsolation, signal });
  assert.ok(reader.ok);
  return reader.value;
}

type Answer = Awaited<ReturnType<ObjectReader['read']>>;

const objectOf = (answer: Answer) => (answer.ok ? answer.value : (assert.unreachable('a failure') as never));

function failureOf(answer: Result<unknown, Failure>): Failure {
  if (answer.ok) throw new Error(`it was read: ${JSON.stringify(answer.value)}`);
  return answer.error;
}

test('objects are read side by side, and come in the order of the questions', async ({ gitDir, commits }) => {
  const reader = await readerOf(gitDir);
  const names = ['v1:a file', 'v1:nothing', 'v1:folder/big', 'v1^{commit}', 'v1:folder/é', 'light:a file'];
  const objects = (await Promise.all(names.map((name) => reader.read(name)))).map(objectOf);
  assert.equal(
    objects.map((object) => object?.type),
    ['blob', undefined, 'blob', 'commit', 'blob', 'blob'],
  );
  assert.is(objects[0]?.content?.toString(), 'one\n');
  assert.is(objects[2]?.content?.length, 300_000);
  assert.is(objects[3]?.id, commits[0]);
  assert.is(objects[4]?.content?.toString(), 'two');
  assert.is(objects[5]?.content?.toString(), 'three\n');
  await reader.close();
});

test('where git itself cannot read the repository, each question has that for an answer', async ({
  gitDir,
}) => {
  const reader = await readerOf(join(gitDir, 'nothing'));
  const answers = [reader.read('v1'), reader.read('v2')];
  for (const answer of [...(await Promise.all(answers)), await reader.read('v1')]) {
    const failure = failureOf(answer);
    assert.ok(failure.reason === 'clone-damaged');
    assert.match(failure.detail, /not a git repository/);
  }
  await reader.close();
});

test('a damaged object is a failure with its name, and the others are read all the same', async ({
  folder,
  gitDir,
}) => {
  const damaged = join(folder, 'damaged.git');
  execFileSync('cp', ['-a', gitDir, damaged]);
  const git = (...args: readonly string[]) =>
    execFileSync('git', [`--git-dir=${damaged}`, ...args], { env, encoding: 'utf8' }).trim();
  const id = git('rev-parse', 'v1:folder/big');
  for (const name of readdirSync(join(damaged, 'objects/pack')).filter((each) => each.endsWith('.pack'))) {
    const pack = readFileSync(join(damaged, 'objects/pack', name));
    rmSync(join(damaged, 'objects/pack'), { recursive: true });
    execFileSync('git', [`--git-dir=${damaged}`, 'unpack-objects', '-q'], { env, input: pack });
  }
  const file = join(damaged, 'objects', id.slice(0, 2), id.slice(2));
  const bytes = readFileSync(file);
  chmodSync(file, 0o644);
  // Its beginning says what it is, and where it breaks off git ends.
  writeFileSync(file, bytes.subarray(0, bytes.length / 2));
  const reader = await readerOf(damaged);
  const answers = await Promise.all(['v1:folder/é', id, 'light:a file', id, 'v1:a file'].map(reader.read));
  assert.equal(
    answers.map((answer) => (answer.ok ? answer.value?.content?.toString() : answer.error.reason)),
    ['two', 'clone-damaged', 'three\n', 'clone-damaged', 'one\n'],
  );
  const failure = failureOf(await reader.read(id));
  assert.ok(failure.reason === 'clone-damaged');
  assert.equal(
    [failure.repository, failure.object, failure.path],
    ['https://git.example/org/tool.git', `Object ${id}`, damaged],
  );
  assert.match(failure.detail, /^(error|fatal): .*(corrupt|unable to stream)/m);
  await reader.close();
});

test('what a partial clone was promised has no content here, and nothing is damaged', async ({
  folder,
  gitDir,
}) => {
  const git = (...args: readonly string[]) => execFileSync('git', args, { env, encoding: 'utf8' }).trim();
  const partial = join(folder, 'partial.git');
  git(`--git-dir=${gitDir}`, 'config', 'uploadpack.allowFilter', 'true');
  git('clone', '-q', '--bare', '--filter=blob:limit=1k', `file://${gitDir}`, partial);
  git(`--git-dir=${partial}`, 'remote', 'set-url', 'origin', join(folder, 'nowhere.git'));
  const id = git(`--git-dir=${gitDir}`, 'rev-parse', 'v1:folder/big');
  const reader = await readerOf(partial);
  const [first, big, last] = await Promise.all(['v1:folder/é', id, 'light:a file'].map(reader.read));
  assert.is(first?.ok && first.value?.content?.toString(), 'two');
  assert.equal(big, { ok: true, value: { id, type: 'blob', content: undefined } });
  assert.is(last?.ok && last.value?.content?.toString(), 'three\n');
  await reader.close();
});

test('an abort ends a git that does not answer, and what waits for it', async ({ folder }) => {
  const bin = mkdtempSync(join(folder, 'bin-'));
  const born = join(bin, 'pid');
  writeFileSync(join(bin, 'git'), `#!/bin/sh\necho $$ >${born}\nexec sleep 60\n`, { mode: 0o755 });
  const interruption = new AbortController();
  const path = `${bin}:${process.env['PATH']}`;
  const reader = await readerOf(folder, { signal: interruption.signal, path });
  const answers = [reader.read('v1'), reader.read('v2')];
  let pid = 0;
  for (let tries = 0; tries < 1000 && pid === 0; tries += 1) {
    await setTimeout(5);
    pid = Number(readdirSync(bin).includes('pid') ? readFileSync(born, 'utf8') : 0);
  }
  interruption.abort();
  for (const answer of [...(await Promise.all(answers)), await reader.read('v3')])
    assert.equal(failureOf(answer), { reason: 'aborted' });
  await reader.close();
  assert.ok(pid > 0);
  assert.throws(() => process.kill(pid, 0), /ESRCH/);
});

test.run();
