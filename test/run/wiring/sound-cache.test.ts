import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { onSoundCache } from '../../../orchestrator/run/wiring/sound-cache.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import type { Command } from '../../../orchestrator/tool/process/process.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ cache: string; damaged: string }>("Go's build cache");

test.before.each((context, defer) => {
  const cache = mkdtempSync(join(tmpdir(), 'go-build-'));
  defer(() => rmSync(cache, { recursive: true }));
  const name = `${digestOf('compiled')}-d`;
  const damaged = join(cache, name.slice(0, 2), name);
  mkdirSync(join(cache, name.slice(0, 2)));
  writeFileSync(damaged, 'something else');
  const long = Date.now() / 1000 - 60;
  utimesSync(damaged, long, long);
  Object.assign(context, { cache, damaged });
});

/** Counts its calls in a file, and fails as long as something is there. */
const commandOf = (cache: string, isThere: string, more: Partial<Command> = {}): Command => ({
  ...{ program: '/bin/sh', args: ['-c', `echo call >>${cache}/calls; test ! -e ${isThere}`], cwd: '/' },
  ...{ env: { GOCACHE: cache }, network: 'none', ...more },
});

const plain = createRunProcess({ isolation: noIsolation, now: () => performance.now() });
const calls = async (cache: string) =>
  (await plain(commandOf(cache, cache, { args: ['-c', `cat ${cache}/calls`] }))).stdout.split('\n').length -
  1;

test('what fails on what is damaged is tried again without it', async ({ cache, damaged }) => {
  const run = onSoundCache(plain, cache, false);
  assert.is((await run(commandOf(cache, damaged))).exitCode, 0);
  assert.is(await calls(cache), 2);
  assert.not.ok(existsSync(damaged));
});

test('what fails on a sound cache, or on one of its own, fails once', async ({ cache, damaged }) => {
  const run = onSoundCache(plain, cache, false);
  const own = { env: { GOCACHE: join(cache, 'own') } };
  assert.is((await run(commandOf(cache, damaged, own))).exitCode, 1);
  rmSync(damaged);
  assert.is((await run(commandOf(cache, cache))).exitCode, 1);
  assert.is(await calls(cache), 2);
});

test('with a look at it first, nothing fails', async ({ cache, damaged }) => {
  const run = onSoundCache(plain, cache, true);
  assert.is((await run(commandOf(cache, damaged))).exitCode, 0);
  assert.is(await calls(cache), 1);
});

test.run();
