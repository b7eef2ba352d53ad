import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileSystemSync } from '../../orchestrator/store/durable.ts';
import type { Command, ProcessOutcome } from '../../orchestrator/tool/process/process.ts';
import { inStore, recordFiles } from './fixture.ts';

function outcome(exitCode: number): ProcessOutcome {
  return {
    exitCode,
    signal: undefined,
    spawnError: undefined,
    aborted: false,
    stdout: '',
    stderr: '',
    seconds: 0,
  };
}

const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, `${index}`]));

test('a large tree is made durable by one sync of its file system, before its result stands', async () => {
  const commands: Command[] = [];
  let results = -1;
  let root = '';
  const run = async (command: Command) => {
    commands.push(command);
    results = fs.readdirSync(join(root, 'results')).length;
    assert.equal(fs.readdirSync(join(root, 'blobs')), [], 'the pool has what may be torn');
    return outcome(0);
  };
  await inStore(
    async (store) => {
      root = store.root;
      const { key } = await recordFiles(store, 1, many);
      assert.equal(
        commands.map(({ program, args, env }) => [program, ...args, env['PATH']]),
        [['sync', '-f', root, '/some/bin']],
      );
      assert.is(results, 0);
      await recordFiles(store, 2, many);
      assert.is(commands.length, 1, 'what is known to be durable is not synced again');
      assert.ok(await store.lookup(key));
    },
    { sync: { run, env: { PATH: '/some/bin' } } },
  );
});

test('a small tree, and any where sync fails, is made durable file by file', async () => {
  let runs = 0;
  const run = async () => {
    runs += 1;
    return outcome(1);
  };
  await inStore(
    async (store) => {
      await recordFiles(store, 1, { f: 'f' });
      assert.is(runs, 0);
      const { key } = await recordFiles(store, 2, many);
      assert.is(runs, 1);
      assert.ok(await store.lookup(key));
    },
    { sync: { run, env: {} } },
  );
});

test('calls that come while a sync runs share the next one, and never the one that runs', async () => {
  const ends: (() => void)[] = [];
  const run = () => new Promise<ProcessOutcome>((resolve) => ends.push(() => resolve(outcome(0))));
  const sync = fileSystemSync('/', { run, env: {} });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  let done = 0;
  const call = () => sync().then(() => (done += 1));
  const calls = [call()];
  await turn();
  calls.push(call(), call());
  await turn();
  assert.equal([ends.length, done], [1, 0]);
  ends[0]?.();
  await turn();
  assert.equal([ends.length, done], [2, 1]);
  ends[1]?.();
  await Promise.all(calls);
  assert.equal([ends.length, done], [2, 3]);
});

test.run();
