import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { newMeter } from '../../orchestrator/core/meter.ts';

function meterAt() {
  const clock = { now: 0 };
  const meter = newMeter(() => clock.now);
  return {
    at: (now: number, done: number, total?: number) => {
      clock.now = now;
      return meter.at({ done, total });
    },
  };
}

test('a rate is that of the last ten seconds, and not of all the time', () => {
  const { at } = meterAt();
  assert.equal(at(0, 0, 100), { done: 0, total: 100, perSecond: 0 });
  for (let second = 1; second <= 20; second += 1) at(second, second * 1000);
  assert.is(at(20.5, 20_500).perSecond, 1000);
  for (let second = 21; second <= 40; second += 1) at(second, 20_000 + (second - 20) * 10);
  assert.is(Math.round(at(40.5, 20_205).perSecond), 10);
});

test('what hangs has no rate after ten seconds, though nobody says anything of it meanwhile', () => {
  const { at } = meterAt();
  at(1, 5000);
  assert.is(at(2, 10_000).perSecond, 5000);
  assert.ok(at(6, 10_000).perSecond < 2000);
  at(13, 10_000);
  assert.is(at(14, 10_000).perSecond, 0);
});

test('what has to be sent again is no rate below nothing', () => {
  const { at } = meterAt();
  at(1, 5000);
  assert.is(at(2, 1000).perSecond, 500);
  at(3, 0);
  assert.is(at(3.5, 0).perSecond, 0);
});

test.run();
