import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createJsonLinesReport } from '../../../orchestrator/report/live/json-lines.ts';
import {
  buildFailure,
  finished,
  firstBuild,
  sampleNodes,
  started,
  testClock,
  toolchain,
} from '../../rig/events.ts';
import { fileVerdict, runReport } from '../../rig/verdicts.ts';

function record() {
  const written: string[] = [];
  const clock = testClock();
  const report = createJsonLinesReport({ write: (text) => void written.push(text), now: clock.now });
  return { report, clock, lines: () => written.map((text) => JSON.parse(text)), written };
}

test('every event is one line of versioned JSON with its time', () => {
  const { report, clock, lines, written } = record();
  clock.set(50);
  report.onEvent({ type: 'run-started', nodes: sampleNodes });
  clock.set(51.23456);
  report.onEvent(started(toolchain));
  report.onEvent(finished(toolchain, { status: 'failed', failure: buildFailure }, 3));
  report.onEvent(finished(firstBuild, { status: 'skipped', because: toolchain.id }, 0));
  report.onEvent({ type: 'run-finished', seconds: 4 });
  assert.ok(written.every((text) => text.indexOf('\n') === text.length - 1));
  const [start, begun, failed, skipped, end] = lines();
  assert.equal(start, { schema: 1, at: 0, type: 'run-started', nodes: sampleNodes });
  assert.equal(begun, { schema: 1, at: 1.235, type: 'node-started', node: toolchain.id });
  assert.is(failed.status, 'failed');
  assert.is(failed.failure.reason, 'command-failed');
  assert.match(failed.failure.description, 'undefined: x');
  assert.is(skipped.because, toolchain.id);
  assert.equal(end, { schema: 1, at: 1.235, type: 'run-finished', seconds: 4 });
});

test('how far it is comes with its bytes every ten seconds, and what is said of a node always', () => {
  const { report, clock, lines } = record();
  report.onEvent({ type: 'run-started', nodes: sampleNodes });
  report.onEvent(started(toolchain));
  for (let second = 1; second <= 21; second += 1) {
    clock.set(second);
    const transfer = { done: second * 1e6, total: 30e6, perSecond: 1e6 };
    report.onEvent({ type: 'node-progress', node: toolchain, text: 'fetching', transfer });
    report.onEvent({ type: 'run-progress', done: 0, total: 3, secondsLeft: 60.4 - second });
  }
  report.onEvent({ type: 'node-progress', node: toolchain, text: 'unpacking' });
  const told = lines().slice(2);
  assert.equal(
    told.map(({ at, type, text }) => [at, type, text]),
    [
      [1, 'node-progress', 'fetching'],
      [10, 'run-progress', undefined],
      [11, 'node-progress', 'fetching'],
      [20, 'run-progress', undefined],
      [21, 'node-progress', 'fetching'],
      [21, 'node-progress', 'unpacking'],
    ],
  );
  assert.equal(told[2].transfer, { done: 11e6, total: 30e6, perSecond: 1e6 });
  assert.equal([told[1].done, told[1].total, told[1].secondsLeft], [0, 3, 50]);
});

test('the end tells every file and the three counts', () => {
  const { report, lines } = record();
  const failed = fileVerdict({ name: 'other', verdict: 'build-failed', failure: buildFailure });
  report.finish(runReport([fileVerdict(), failed]));
  const [first, second, summary] = lines();
  assert.is(first.type, 'file-verdict');
  assert.is(first.project, 'org/tool');
  assert.is(second.failure.reason, 'command-failed');
  assert.equal(summary.totals, { identical: 1, comparable: 2, all: 2 });
  assert.is(summary.exitCode, 3);
});

test.run();
