import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createListReport } from '../../../orchestrator/report/live/list.ts';
import {
  buildFailure,
  finished,
  firstBuild,
  sampleNodes,
  secondBuild,
  started,
  testClock,
  toolchain,
} from '../../rig/events.ts';

const esc = String.fromCharCode(27);

function plain(text: string): string {
  return text.replaceAll(new RegExp(`${esc}\\[[?0-9;]*[A-Za-z]`, 'g'), '');
}

/** How many timers keep the process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

async function open(rows = 24) {
  const writes: string[] = [];
  const clock = testClock();
  const terminal = { write: (text: string) => void writes.push(text), columns: 80, rows };
  const list = await createListReport({ terminal, colour: false, now: clock.now });
  return { list, clock, writes };
}

/** Lets time pass, on the clock too, until the screen shows what is looked for; a second at most. */
async function shows(
  screen: { clock: ReturnType<typeof testClock>; writes: readonly string[] },
  what: RegExp,
) {
  for (let waited = 0; waited < 50; waited++) {
    if (what.test(plain(screen.writes.at(-1) ?? ''))) return;
    screen.clock.set(screen.clock.now() + 0.2);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.unreachable(`${what} does not match ${plain(screen.writes.at(-1) ?? '')}`);
}

test('the live list draws rows, goes away at the end, and leaves a compact one', async () => {
  const screen = await open();
  const { list, clock, writes } = screen;
  const before = timers();
  list.onEvent({ type: 'run-started', nodes: sampleNodes });
  list.onEvent(started(toolchain));
  await shows(
    screen,
    /[⠁-⣿] toolchains +1 left +\d+s {2}toolchain go 1\.21\.10\n· org\/first +1 left\n· org\/second +1 left\n[⠁-⣿] total +3 left +\d+s {2}of 3 tasks\n/,
  );
  assert.ok(timers() <= before, 'no timer keeps the process alive');

  clock.set(20);
  list.onEvent(finished(toolchain));
  list.onEvent(finished(secondBuild, { status: 'failed', failure: buildFailure }));
  await shows(screen, /✔ toolchains .*\n· org\/first .*\n✖ org\/second .*\n\S total /);
  clock.set(60);
  list.onEvent(finished(firstBuild));
  list.onEvent({ type: 'run-finished', seconds: 5 });
  await list.close();
  assert.is(
    plain(writes.at(-1) ?? ''),
    [
      '✔ toolchains   1 task   20.0s',
      '✔ org/first    1 task',
      '✖ org/second   1 task          1 failed',
      '✖ total       3 tasks  1m 00s  1 failed',
      '',
    ].join('\n'),
  );
  const all = writes.join('');
  assert.ok(all.lastIndexOf(`${esc}[?25h`) > all.lastIndexOf(`${esc}[?25l`), 'the cursor is back');
});

test('it ends without the end of the run, too, and only once', async () => {
  const { list, writes } = await open();
  await list.close();
  assert.is(writes.length, 0);
  list.onEvent({ type: 'run-started', nodes: sampleNodes });
  list.onEvent(started(firstBuild));
  await list.close();
  assert.match(plain(writes.at(-1) ?? ''), '■ total');
  const count = writes.length;
  await list.close();
  assert.is(writes.length, count);
});

test('in a low window the rows that are at work stay in sight', async () => {
  const screen = await open(3);
  const { list } = screen;
  list.onEvent({ type: 'run-started', nodes: sampleNodes });
  list.onEvent(finished(toolchain));
  list.onEvent(started(firstBuild));
  await shows(screen, /^\S org\/first .*\n\S total .*\n$/);
  await list.close();
});

test('ten thousand events cost next to nothing', async () => {
  const { list } = await open();
  const nodes = Array.from({ length: 10_000 }, (_, index) => ({ ...firstBuild, id: `node ${index}` }));
  const start = performance.now();
  list.onEvent({ type: 'run-started', nodes });
  for (const each of nodes) {
    list.onEvent(started(each));
    list.onEvent(finished(each));
  }
  list.onEvent({ type: 'run-finished', seconds: 1 });
  await list.close();
  assert.ok(performance.now() - start < 1000);
});

test.run();
