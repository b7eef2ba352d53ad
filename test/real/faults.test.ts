import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { faults } from '../faults/catalogue.ts';
import { proxyOfFewGos } from '../faults/few-gos.ts';
import { judgeFaults, lineOf, scoreOf } from '../faults/score.ts';
import type { Program } from '../rig/program.ts';
import { suite } from '../rig/suite.ts';
import { warmProgram } from '../rig/warm.ts';

/** Programs of the sample that were really built otherwise, with real Gos, and what `explain` makes of each. */
const test = suite<{ program: Program }>('faults');

const quick = faults.filter((fault) => fault.isSlow === undefined);

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'faults-program-'));
  defer(() => rmSync(folder, { recursive: true }));
  const few = await proxyOfFewGos(['1.20.14', '1.22.11', '1.22.12'], defer);
  // For the program alone: what is built by hand is waited for without a turn for the proxy, which is in this process.
  const { GOPROXY } = process.env;
  if (few !== undefined) process.env['GOPROXY'] = few;
  context.program = await warmProgram(folder);
  if (GOPROXY === undefined) delete process.env['GOPROXY'];
  else process.env['GOPROXY'] = GOPROXY;
});

test('every rule has a fault, and three faults have two causes', () => {
  const causes = new Set(quick.flatMap((fault) => fault.causes));
  assert.is(causes.size, 11);
  assert.ok(quick.filter((fault) => fault.causes.length === 2).length >= 3);
});

test('the cause is named first, and none is named wrongly as if it were sure', async ({ program }) => {
  const judged = await judgeFaults(
    async (argv, cwd) => {
      const { code, stdout, stderr } = await program.runIn(cwd, argv);
      return { code, said: stdout + stderr };
    },
    (each) => process.stdout.write(`\n  ${lineOf(each)}`),
    { chosen: quick, buildCache: join(program.cache, 'go-build') },
  );
  const { all, named, misled } = scoreOf(judged);
  assert.is(misled, 0);
  assert.ok(named / all >= 0.95, `${named} of ${all}`);
});

test.run();
