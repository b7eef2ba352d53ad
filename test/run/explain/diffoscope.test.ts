import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { runDiffoscope } from '../../../orchestrator/run/explain/diffoscope.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { testHost } from '../../rig/host.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('diffoscope');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'diffoscope-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

/** Runs it where PATH has a program of that name that does what the script says. */
async function compare(folder: string, script: string | undefined) {
  if (script !== undefined)
    writeFileSync(join(folder, 'diffoscope'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const host = testHost({ cwd: folder, packageFolder: folder, env: { PATH: `${folder}:/usr/bin:/bin` } });
  const run = createRunProcess({ isolation: noIsolation, now: Date.now });
  const files = { built: join(folder, 'ours'), published: join(folder, 'theirs') };
  return runDiffoscope(files, join(folder, 'out/report.txt'), run, host);
}

/** The last two words are the files, the one after `--text` is the report. */
const writes = 'while [ "$1" != --text ]; do shift; done\necho "$@" > "$2"';

test('it is given both files, a place for its report, and limits on time and size', async ({ folder }) => {
  const told = await compare(folder, `${writes}\nexit 1`);
  assert.ok(told.ok);
  assert.match(told.value, 'out/report.txt');
  const words = readFileSync(join(folder, 'out/report.txt'), 'utf8');
  assert.match(words, `${join(folder, 'ours')} ${join(folder, 'theirs')}`);
  assert.match(words, /--max-text-report-size \d+ --timeout \d+/);
});

test('one that is not there, and one that fails', async ({ folder }) => {
  const failed = await compare(folder, 'echo broken >&2; exit 2');
  assert.is(failed.ok ? undefined : failed.error.reason, 'command-failed');
  rmSync(join(folder, 'diffoscope'));
  if (existsSync('/usr/bin/diffoscope')) return;
  const missing = await compare(folder, undefined);
  assert.is(missing.ok ? undefined : missing.error.reason, 'missing-program');
});

test.run();
