import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunEvent } from '../../../orchestrator/core/event.ts';
import { createLineReport } from '../../../orchestrator/report/live/line.ts';
import {
  buildFailure,
  finished,
  firstBuild,
  networkFailure,
  sampleNodes,
  secondBuild,
  started,
  testClock,
  toolchain,
} from '../../rig/events.ts';

/** What is written of events, each with the second at which it comes. */
function written(
  events: readonly (readonly [number, RunEvent])[],
  { isWhole = false, colour = false } = {},
): string {
  let text = '';
  const clock = testClock();
  clock.set(100);
  const onEvent = createLineReport({ write: (more) => (text += more), colour, now: clock.now, isWhole });
  onEvent({ type: 'run-started', nodes: sampleNodes });
  for (const [second, event] of events) {
    clock.set(100 + second);
    onEvent(event);
  }
  return text;
}

const cached = { status: 'cached' } as const;

function progress(done: number, secondsLeft: number): RunEvent {
  return { type: 'run-progress', done, total: 3, secondsLeft };
}

test('one aligned line for what was done, none for what was cached, and the end counts all', () => {
  const text = written([
    [0, started(toolchain)],
    [2.34, { type: 'node-retried', node: toolchain, attempt: 1, failure: networkFailure, waitSeconds: 2 }],
    [2.34, { type: 'node-progress', node: toolchain, text: 'unpacking' }],
    [2.34, finished(toolchain, { status: 'ran' }, 62)],
    [2.34, started(firstBuild)],
    [2.34, finished(firstBuild, cached, 0)],
    [2.34, finished(secondBuild, { status: 'failed', failure: buildFailure }, 0.5)],
    [2.34, finished(secondBuild, { status: 'skipped', because: toolchain.id }, 0)],
    [2.34, finished(secondBuild, { status: 'aborted' }, 0)],
    [2.34, { type: 'run-finished', seconds: 2.3 }],
  ]);
  assert.is(
    text,
    `   +2.3s  shared      toolchain  go 1.21.10   try 1 failed, again in 2.0s: The network failed while fetching go 1.21.10: reset. Try again; what was finished is kept.
   +2.3s  shared      toolchain  go 1.21.10   done in 1m 02s
   +2.3s  org/second  go-build   linux/arm64  failed after 500ms: go build exited with 1: ./main.go:3:1: undefined: x
   +2.3s  org/second  go-build   linux/arm64  skipped: toolchain org/first org/second go 1.21.10 failed
   +2.3s  org/second  go-build   linux/arm64  interrupted
   +2.3s  finished in 2.3s: 1 done, 1 failed, 1 skipped, 1 interrupted, 1 cached
`,
  );
});

test('where all was asked for, each start is told, and what was cached in one line', () => {
  const text = written(
    [
      [0, started(toolchain)],
      [1, started(firstBuild)],
      [1, finished(firstBuild, cached, 0)],
      [4, finished(toolchain, { status: 'ran' }, 4)],
      [4, started(secondBuild)],
      [5, progress(2, 30)],
      [6, finished(secondBuild, { status: 'ran' }, 2)],
    ],
    { isWhole: true },
  );
  assert.is(
    text,
    `   +0.0s  shared      toolchain  go 1.21.10   started
   +1.0s  org/first   go-build   linux/amd64  cached
   +4.0s  shared      toolchain  go 1.21.10   done in 4.0s
   +4.0s  org/second  go-build   linux/arm64  started
   +6.0s  org/second  go-build   linux/arm64  done in 2.0s
`,
  );
});

test('what takes long is told once, and nothing is silent for half a minute', () => {
  const events: (readonly [number, RunEvent])[] = [
    [0, started(toolchain)],
    [2, started(firstBuild)],
    [
      3,
      {
        type: 'node-progress',
        node: firstBuild,
        text: 'fetching',
        transfer: { done: 1e6, total: 4e6, perSecond: 1e5 },
      },
    ],
  ];
  for (let second = 4; second < 60; second += 1) events.push([second, progress(0, 75)]);
  assert.is(
    written([...events, [60, finished(toolchain, { status: 'ran' }, 60)]]),
    `  +10.0s  shared      toolchain  go 1.21.10   at work since +0.0s
  +12.0s  org/first   go-build   linux/amd64  at work since +2.0s: fetching, 1.0 of 4.0 MB, 100 kB/s, about 30s left
  +27.0s  0 of 3 tasks done, about 1m 20s left; for 27s shared toolchain go 1.21.10 (and 1 more)
  +42.0s  0 of 3 tasks done, about 1m 20s left; for 42s shared toolchain go 1.21.10 (and 1 more)
  +57.0s  0 of 3 tasks done, about 1m 20s left; for 57s shared toolchain go 1.21.10 (and 1 more)
  +60.0s  shared      toolchain  go 1.21.10   done in 1m 00s
`,
  );
});

test('colours do not move the columns', () => {
  const write = (colour: boolean) => written([[0, finished(firstBuild)]], { colour });
  const esc = String.fromCharCode(27);
  assert.match(write(true), `${esc}[32m`);
  assert.is(write(true).replaceAll(new RegExp(`${esc}\\[\\d+m`, 'g'), ''), write(false));
});

test.run();
