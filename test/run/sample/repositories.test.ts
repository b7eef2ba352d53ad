import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../../orchestrator/core/describe-failure.ts';
import { createSampleRepositories } from '../../../orchestrator/run/sample/repositories.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import type { RunProcess } from '../../../orchestrator/tool/process/process.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { suite } from '../../rig/suite.ts';

const examples = fileURLToPath(new URL('../../../examples', import.meta.url));
const path = process.env['PATH'] ?? '';
const run = createRunProcess({ isolation: noIsolation, now: Date.now });

const test = suite<{ folder: string }>('sample-repositories');

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'sample-'));
});
test.after.each(({ folder }) => rm(folder, { recursive: true }));

function git(repository: string, ...args: string[]): string {
  return execFileSync('git', ['--git-dir', repository, ...args], { encoding: 'utf8' });
}

/** The HEAD and every branch and tag of every repository, with ids, from the files that git keeps them in. */
function references(folder: string): readonly string[] {
  const names = ['sample/clock.git', 'sample/greeter.git', 'sample/toolbox.git', 'upstream.git'];
  return names.flatMap((name) => {
    const entries = readdirSync(join(folder, name, 'refs'), { withFileTypes: true, recursive: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const places = [join(folder, name, 'HEAD'), ...files.sort()];
    return places.map((place) => `${relative(folder, place)} ${readFileSync(place, 'utf8').trimEnd()}`);
  });
}

/** A sample of one repository with one file. */
function tinyExamples(folder: string): string {
  const tiny = join(folder, 'tiny');
  mkdirSync(join(tiny, 'upstream'), { recursive: true });
  writeFileSync(join(tiny, 'history.txt'), 'upstream 2022-05-10T09:00:00Z . - One\n');
  writeFileSync(join(tiny, 'upstream/file'), 'one\n');
  return tiny;
}

test('gives the same commits and tags as the shell script, whatever the permissions and settings', async ({
  folder,
}) => {
  const copy = join(folder, 'copy');
  cpSync(examples, copy, { recursive: true });
  chmodSync(join(copy, 'sources/sample/clock/clockd/main.go'), 0o755);
  chmodSync(join(copy, 'upstream/release/1-0/production/RELEASE'), 0o600);
  writeFileSync(
    join(folder, '.gitconfig'),
    '[core]\n\tautocrlf = true\n\tfileMode = true\n[commit]\n\tgpgSign = true\n',
  );
  const hostile = {
    GIT_DIR: '/nowhere',
    GIT_AUTHOR_NAME: 'Somebody',
    GIT_DEFAULT_HASH: 'sha256',
    TZ: 'Asia/Tokyo',
  };
  const env = { PATH: path, HOME: folder, ...hostile };
  execFileSync('sh', [join(copy, 'repositories.sh'), join(folder, 'shell')], { env, cwd: '/' });

  const made = await createSampleRepositories({ run, path, examples, into: join(folder, 'into') });
  assert.ok(made.ok);
  const found = references(made.value.folder);
  assert.equal(found, references(join(folder, 'shell')));
  assert.is(found.filter((line) => / [0-9a-f]{40}$/.test(line)).length, 10);

  const { mirrors, sources, upstream, upstreamPath } = made.value;
  const reached = (url: string) => {
    const [from = '', to = ''] = Object.entries(mirrors).find(([start]) => url.startsWith(start)) ?? [];
    return url.replace(from, to);
  };
  assert.is(reached(upstream), upstreamPath);
  const greeter = reached(sources.replace('{org}', 'sample').replace('{repo}', 'greeter'));
  assert.is(git(greeter, 'fsck', '--strict'), '');
});

test('runs nothing where they are there, and makes others where a file has changed', async ({ folder }) => {
  let started = 0;
  const counted: RunProcess = (command) => {
    started += 1;
    return run(command);
  };
  const request = { run: counted, path, examples: tinyExamples(folder), into: join(folder, 'into') };
  const first = await createSampleRepositories(request);
  assert.ok(started > 0);
  started = 0;
  assert.equal(await createSampleRepositories(request), first);
  assert.is(started, 0);

  appendFileSync(join(request.examples, 'upstream/file'), 'two\n');
  const second = await createSampleRepositories(request);
  assert.ok(first.ok && second.ok);
  assert.is(git(first.value.upstreamPath, 'show', 'main:file'), 'one\n');
  assert.is(git(second.value.upstreamPath, 'show', 'main:file'), 'one\ntwo\n');
});

test('two runs at once agree, and leave nothing else', async ({ folder }) => {
  const request = { run, path, examples: tinyExamples(folder), into: join(folder, 'into') };
  const [one, two] = await Promise.all([
    createSampleRepositories(request),
    createSampleRepositories(request),
  ]);
  assert.ok(one.ok);
  assert.equal(one, two);
  assert.equal(
    readdirSync(request.into).map((name) => join(request.into, name)),
    [one.value.folder],
  );
});

test('a git that fails leaves nothing behind, and says so', async ({ folder }) => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'git'), '#!/bin/sh\necho "fatal: no" >&2\nexit 128\n', { mode: 0o755 });
  const into = join(folder, 'into');
  const made = await createSampleRepositories({ run, path: bin, examples: tinyExamples(folder), into });
  assert.ok(!made.ok);
  assert.match(describeFailure(made.error), /git init .*\nexited with 128:\nfatal: no/);
  assert.equal(readdirSync(into), []);
});

test('a history that adds what is not there is a complaint at its line', async ({ folder }) => {
  const tiny = tinyExamples(folder);
  writeFileSync(join(tiny, 'history.txt'), `upstream 2022-05-10T09:00:00Z gone - One\n`);
  for (const word of ['Two', 'Three']) {
    appendFileSync(join(tiny, 'history.txt'), `upstream 2022-05-10T09:00:00Z . - ${word}\n`);
  }
  const made = await createSampleRepositories({ run, path, examples: tiny, into: join(folder, 'into') });
  assert.ok(!made.ok && made.error.reason === 'configuration');
  assert.equal(
    made.error.diagnostics.map(({ location, message }) => `${location.line}: ${message}`),
    ['1: there is no gone left to add in upstream', '3: there is nothing left to add in upstream'],
  );
  assert.not.ok(existsSync(join(folder, 'into')));
});

test('a package without the examples says so', async ({ folder }) => {
  const made = await createSampleRepositories({ run, path, examples: folder, into: folder });
  assert.ok(!made.ok);
  assert.is(made.error.reason, 'usage');
});

test.run();
