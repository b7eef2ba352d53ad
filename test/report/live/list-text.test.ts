import { createColors } from 'picocolors';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunEvent } from '../../../orchestrator/core/event.ts';
import { createRows } from '../../../orchestrator/report/live/list-rows.ts';
import { finalLines, liveText, liveTotal } from '../../../orchestrator/report/live/list-text.ts';
import {
  buildFailure,
  finished,
  firstBuild,
  networkFailure,
  node,
  sampleNodes,
  secondBuild,
  started,
  toolchain,
} from '../../rig/events.ts';

const layout = { nameWidth: 10, statusWidth: 7, columns: 70, colours: createColors(false) };

/** Each event with the second at which it comes. */
function rowsAfter(events: readonly (readonly [number, RunEvent])[], nodes = sampleNodes) {
  const rows = createRows(nodes);
  rows.take({ type: 'run-started', nodes }, 0);
  for (const [second, event] of events) rows.take(event, second);
  return rows;
}

function live(
  events: readonly (readonly [number, RunEvent])[],
  now: number,
  nodes = sampleNodes,
): readonly string[] {
  const rows = rowsAfter(events, nodes);
  return [...rows.rows.map((row) => liveText(row, now, layout)), liveTotal(rows.total, now, layout)];
}

test('a row says how many nodes are left, for how long, and what goes on', () => {
  assert.equal(live([], 0), [
    'toolchains   1 left',
    'org/first    1 left',
    'org/second   1 left',
    'total        3 left      0s  of 3 tasks',
  ]);
  const progress: RunEvent = { type: 'node-progress', node: firstBuild, text: 'net/http' };
  const events = [
    [1, finished(toolchain, { status: 'cached' })],
    [2, started(firstBuild)],
    [3, progress],
  ] as const;
  assert.equal(live(events, 72), [
    'toolchains     done          all cached',
    'org/first    1 left  1m 10s  go-build linux/amd64: net/http',
    'org/second   1 left',
    'total        2 left  1m 12s  1 cached',
  ]);
});

test('about how long it will still take, and how far what is fetched has come', () => {
  const transfer = { done: 12e6, total: 45e6, perSecond: 5e5 };
  const events = [
    [0, started(toolchain)],
    [1, { type: 'node-progress', node: toolchain, text: 'fetching', transfer }],
    [1, { type: 'run-progress', done: 0, total: 3, secondsLeft: 133 }],
  ] as const;
  const wide = { ...layout, columns: 120 };
  const { rows, total } = rowsAfter(events);
  assert.equal(
    [rows[0] && liveText(rows[0], 2, wide), liveTotal(total, 2, wide)],
    [
      'toolchains   1 left      2s  toolchain go 1.21.10: fetching, 12.0 of 45.0 MB, 500 kB/s, about 1m 10s left',
      'total        3 left      2s  about 2m 10s left, of 3 tasks',
    ],
  );
});

test('a failure and a new try are told where there is room for them', () => {
  const again: RunEvent = {
    type: 'node-retried',
    node: toolchain,
    attempt: 1,
    failure: networkFailure,
    waitSeconds: 1,
  };
  const failed = finished(firstBuild, { status: 'failed', failure: buildFailure });
  const events = [
    [0, started(toolchain)],
    [0, again],
    [1, started(firstBuild)],
    [3, failed],
  ] as const;
  assert.equal(live(events, 9), [
    'toolchains   1 left      9s  toolchain go 1.21.10: trying again, The…',
    'org/first    failed      2s  go-build linux/amd64: go build exited wi…',
    'org/second   1 left',
    'total        2 left      9s  1 failed',
  ]);
});

test('of several nodes at work the oldest is told, and how many more there are', () => {
  const nodes = [firstBuild, node('modules', '.', 'org/first')];
  const [row] = live(
    [
      [0, started(firstBuild)],
      [1, started(nodes[1] ?? firstBuild)],
    ],
    2,
    nodes,
  );
  assert.is(row, 'org/first    2 left      2s  go-build linux/amd64 (+1)');
});

test('in the end rows without work are told together, and so are those that the run did not come to', () => {
  const nodes = ['org/a', 'org/b', 'org/c', 'org/d', 'org/e'].map((project) =>
    node('go-build', 'linux/amd64', project),
  );
  const [a, b, c, d] = nodes as [typeof firstBuild, typeof firstBuild, typeof firstBuild, typeof firstBuild];
  const rows = rowsAfter(
    [
      [0, started(a)],
      [0, finished(b, { status: 'cached' }, 0)],
      [0, finished(c, { status: 'cached' }, 0)],
      [1, started(d)],
      [2.5, finished(a)],
      [4, { type: 'run-finished', seconds: 4 }],
    ],
    nodes,
  );
  assert.equal(finalLines(rows, layout), [
    '✔ org/a         1 task    2.5s',
    '■ org/d         1 task    3.0s  1 stopped',
    '✔ 2 more       2 tasks          all cached',
    '■ 1 more        1 task          not started',
    '■ total        5 tasks    4.0s  2 stopped, 2 cached',
  ]);
});

test('where nothing had to be done one line says so', () => {
  const events = sampleNodes.map((each) => [0.2, finished(each, { status: 'cached' }, 0)] as const);
  const rows = rowsAfter([...events, [0.3, { type: 'run-finished', seconds: 0.3 }]]);
  assert.equal(finalLines(rows, layout), ['✔ total        3 tasks   300ms  all cached']);
});

test('a failure of what is shared shows in every row that waited for it', () => {
  const skipped = { status: 'skipped', because: toolchain.id } as const;
  const rows = rowsAfter([
    [0, started(toolchain)],
    [1, finished(toolchain, { status: 'failed', failure: networkFailure })],
    [1, finished(firstBuild, skipped, 0)],
    [1, finished(secondBuild, skipped, 0)],
    [1, { type: 'run-finished', seconds: 1 }],
  ]);
  assert.equal(finalLines(rows, layout), [
    '✖ toolchains    1 task    1.0s  1 failed',
    '✖ org/first     1 task          1 skipped',
    '✖ org/second    1 task          1 skipped',
    '✖ total        3 tasks    1.0s  1 failed, 2 skipped',
  ]);
});

test.run();
