import { test } from 'uvu';
import * as assert from 'uvu/assert';
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

test('one aligned line a transition: when, whose, what, what became of it', () => {
  let text = '';
  const clock = testClock();
  const onEvent = createLineReport({ write: (more) => (text += more), colour: false, now: clock.now });
  clock.set(100);
  onEvent({ type: 'run-started', nodes: sampleNodes });
  onEvent(started(toolchain));
  clock.set(102.34);
  onEvent({ type: 'node-retried', node: toolchain, attempt: 1, failure: networkFailure, waitSeconds: 2 });
  onEvent({ type: 'node-progress', node: toolchain, text: 'unpacking' });
  onEvent(finished(toolchain, { status: 'ran' }, 62));
  onEvent(finished(firstBuild, { status: 'cached' }, 0));
  onEvent(finished(secondBuild, { status: 'failed', failure: buildFailure }, 0.5));
  onEvent(finished(secondBuild, { status: 'skipped', because: toolchain.id }, 0));
  onEvent(finished(secondBuild, { status: 'aborted' }, 0));
  onEvent({ type: 'run-finished', seconds: 2.3 });
  assert.is(
    text,
    `   +0.0s  shared      toolchain  go 1.21.10   started
   +2.3s  shared      toolchain  go 1.21.10   try 1 failed, again in 2.0s: The network failed while fetching go 1.21.10: reset. Try again; what was finished is kept.
   +2.3s  shared      toolchain  go 1.21.10   done in 1m 02s
   +2.3s  org/first   go-build   linux/amd64  cached
   +2.3s  org/second  go-build   linux/arm64  failed after 500ms: go build exited with 1: ./main.go:3:1: undefined: x
   +2.3s  org/second  go-build   linux/arm64  skipped: toolchain org/first org/second go 1.21.10 failed
   +2.3s  org/second  go-build   linux/arm64  interrupted
   +2.3s  finished in 2.3s
`,
  );
});

test('colours do not move the columns', () => {
  const write = (colour: boolean) => {
    let text = '';
    const onEvent = createLineReport({ write: (more) => (text += more), colour, now: () => 0 });
    onEvent({ type: 'run-started', nodes: sampleNodes });
    onEvent(finished(firstBuild));
    return text;
  };
  const esc = String.fromCharCode(27);
  assert.match(write(true), `${esc}[32m`);
  assert.is(write(true).replaceAll(new RegExp(`${esc}\\[\\d+m`, 'g'), ''), write(false));
});

test.run();
