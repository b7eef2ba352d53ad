import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createActivityLine } from '../../../orchestrator/report/live/activity-line.ts';
import { testClock } from '../../rig/events.ts';

/** Runs what is given with timers that fire when the clock is set on, a second at a time. */
function onClock(isTerminal: boolean) {
  const clock = testClock();
  const [written, drawn]: [string[], string[]] = [[], []];
  const ticks = new Set<() => void>();
  const real = { set: globalThis.setInterval, clear: globalThis.clearInterval };
  const fake = ((tick: () => void) => {
    ticks.add(tick);
    return { unref: () => tick } as unknown;
  }) as typeof setInterval;
  globalThis.setInterval = fake;
  globalThis.clearInterval = ((tick: unknown) =>
    void ticks.delete(tick as () => void)) as typeof clearInterval;
  const output = {
    write: (text: string) => void written.push(text),
    draw: (text: string) => void drawn.push(text.replace('\r\u001b[K', '')),
    ...{ isTerminal, columns: 60 },
  };
  return {
    ...{ clock, written, drawn, ticks },
    say: createActivityLine(output, clock.now),
    pass(seconds: number) {
      for (let each = 0; each < seconds; each += 1) {
        clock.set(clock.now() + 1);
        for (const tick of ticks) tick();
      }
    },
    restore() {
      globalThis.setInterval = real.set;
      globalThis.clearInterval = real.clear;
    },
  };
}

test('where lines stay, what is over soon is not told, and what takes long every quarter of a minute', () => {
  const { say, pass, written, ticks, restore } = onClock(false);
  try {
    say('asking a.example');
    pass(14);
    say('');
    assert.equal([written, ticks.size], [[], 0]);
    say('asking a.example');
    pass(10);
    say('asking b.example');
    pass(25);
    assert.equal(written, ['asking b.example, for 5s\n', 'asking b.example, for 20s\n']);
    let done = 0;
    say('uploading to a.example', () => ({ done, total: 2e6, perSecond: 5e5 }));
    done = 1e6;
    pass(10);
    assert.equal(written.slice(2), ['uploading to a.example: 1.0 of 2.0 MB, 500 kB/s, about 5s left\n']);
    say('');
    pass(60);
    assert.equal([written.length, ticks.size], [3, 0]);
  } finally {
    restore();
  }
});

test('on a terminal one line is written over at once, and wiped at the end', () => {
  const { say, pass, drawn, written, restore } = onClock(true);
  try {
    say('asking \u001b[2J a.example');
    say('asking a.example for something with a long, long, long, long name');
    pass(6);
    say('');
    assert.equal(
      [drawn[0], drawn[1], drawn.at(-2), drawn.at(-1)],
      [
        'asking \\u001b[2J a.example',
        'asking a.example for something with a long, long, long, lon',
        'asking a.example for something with a long, long, long, lon',
        '',
      ],
    );
    assert.equal(written, []);
  } finally {
    restore();
  }
});

test.run();
