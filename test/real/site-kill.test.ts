import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { writeSite } from '../../orchestrator/publish/site.ts';
import { siteOf } from './site-writer.ts';

const writer = fileURLToPath(new URL('site-writer.ts', import.meta.url));

/** Digest of all that is below a folder: paths and contents. */
function digestBelow(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lines = paths.sort().map((path) => `${path.slice(folder.length)} ${digestOf(readFileSync(path))}`);
  return digestOf(lines.join('\n'));
}

test('kill -9 at 15 random moments: the one site is there, or the other, and the next run begins from it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'eksd-site-kill-'));
  try {
    const [store, output] = [join(folder, 'store'), join(folder, 'out', 'site')];
    mkdirSync(store);
    const signal = new AbortController().signal;
    const whole = new Set<string>();
    for (const number of [1, 2]) {
      const place = join(folder, `whole-${number}`);
      assert.ok(
        (
          await writeSite(siteOf(number, store), place, 'whole', signal, {
            pid: process.pid,
            hostName: 'here',
          })
        ).ok,
      );
      whole.add(digestBelow(place));
    }
    assert.is(whole.size, 2);
    let between = 0;
    for (let round = 0; round < 15; round++) {
      const child = spawn(process.execPath, ['--import', 'tsx', writer, store, output], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = new Promise((resolve) => child.on('close', resolve));
      await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
      await setTimeout(Math.random() * 400);
      assert.is(child.exitCode, null, `round ${round}: it ended by itself`);
      child.kill('SIGKILL');
      await ended;
      // Killed between two renames, the former one lies beside its place until the next run puts it back.
      if (!existsSync(output)) between += 1;
      const there = existsSync(output) ? output : join(folder, 'out', '.site.eksd-rebuild-former');
      assert.ok(whole.has(digestBelow(there)), `round ${round}: neither of the two`);
    }
    assert.ok(between < 15, 'the place is hardly ever empty');
    assert.ok(
      (await writeSite(siteOf(1, store), output, 'site', signal, { pid: process.pid, hostName: 'here' })).ok,
    );
    assert.ok(whole.has(digestBelow(output)));
    assert.equal(readdirSync(join(folder, 'out')), ['site'], 'nothing is left beside it');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
