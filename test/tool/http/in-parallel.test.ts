import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { err, ok } from '../../../orchestrator/core/result.ts';
import { inParallel } from '../../../orchestrator/tool/http/in-parallel.ts';

const pause = () => new Promise((resolve) => setImmediate(resolve));

test('so many at once, and what came of each in order', async () => {
  let [now, most] = [0, 0];
  const done = await inParallel([1, 2, 3, 4, 5], 2, async (item) => {
    now += 1;
    most = Math.max(most, now);
    for (let at = 0; at < 6 - item; at += 1) await pause();
    now -= 1;
    return ok(item * 10);
  });
  assert.equal([done, most], [ok([10, 20, 30, 40, 50]), 2]);
  assert.equal(await inParallel([], 2, async () => ok(1)), ok([]));
});

test('after a failure nothing new is begun, and what has begun is waited for', async () => {
  const [begun, ended]: [number[], number[]] = [[], []];
  const done = await inParallel([1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item);
    for (let at = 0; at < item; at += 1) await pause();
    ended.push(item);
    return item === 1 ? err({ reason: 'aborted' }) : ok(item);
  });
  assert.equal(done, err({ reason: 'aborted' }));
  assert.equal(
    [begun, ended],
    [
      [1, 2],
      [1, 2],
    ],
  );
});

test.run();
