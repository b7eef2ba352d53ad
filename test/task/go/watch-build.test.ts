import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { watchingBuild } from '../../../orchestrator/task/go/watch-build.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('how far a build is');
test.before.each((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'watch-build-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

const period = 5;

test('packages as they come, and then the link', async ({ folder }) => {
  const told: string[] = [];
  const make = (...names: readonly string[]) => {
    for (const name of names) mkdirSync(join(folder, 'go-build123', name), { recursive: true });
  };
  const says = async (text: string) => {
    while (told.at(-1) !== text) await setTimeout(period);
  };
  await watchingBuild(
    folder,
    (text) => told.push(text),
    async () => {
      await setTimeout(4 * period);
      assert.equal(told, [], 'nothing is there yet');
      make('b002');
      await says('1 package');
      make('b001', 'b014', 'notes');
      await says('3 packages');
      make('b001/exe');
      await says('linking');
    },
    period,
  );
});

test.run();
