import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { readLock, type UnsealedLock, unsealLock } from '../../orchestrator/config/lock/lock-file.ts';
import { type Ran, runMain, testHost } from '../rig/host.ts';
import { suite } from '../rig/suite.ts';

/**
 * Imports aws/eks-distro itself. Only where EKSD_REBUILD_TEST_SETTINGS names a settings file through which it and
 * aws/eks-distro-build-tooling can be read (as mirrors, say): a fresh machine need not reach them.
 */
const settings = process.env['EKSD_REBUILD_TEST_SETTINGS'] ?? '';
const packageFolder = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

const test = suite<{ folder: string; all: Ran; seconds: number }>('import of aws/eks-distro');

if (settings === '') {
  test('is left out: EKSD_REBUILD_TEST_SETTINGS is not set', () => undefined);
} else {
  test.before(async (context, defer) => {
    context.folder = mkdtempSync(join(tmpdir(), 'eksd-upstream-'));
    defer(() => rmSync(context.folder, { recursive: true, force: true }));
    // The clones are not part of the time.
    await run(context.folder, ['releases', '--json']);
    const start = process.hrtime.bigint();
    context.all = await run(context.folder, ['import', '--all', '--output', 'all']);
    context.seconds = Number(process.hrtime.bigint() - start) / 1e9;
  });
  test('reads every release that there is, in a minute', ({ all, seconds, folder }) => {
    assert.equal([all.code, all.stderr], [0, '']);
    assert.ok(seconds < 60, `${seconds} s`);
    assert.ok(readdirSync(join(folder, 'all')).length >= 653);
  });

  test('Kubernetes was built as far as is known', ({ all }) => {
    const rows = [...all.stdout.matchAll(/^(1-[0-9]+) .* {2}(\S+)$/gm)].map(
      ([, branch, built]) => `${branch}: ${built}`,
    );
    const expected = `
      1-18: 12-17  1-19: 11-22  1-20: 8-22  1-21: 6-28  1-22: 1-28  1-23: 1-33  1-24: 1-36  1-25: 1-40  1-26: 1-39
      1-27: 1-41  1-28: 1-57  1-29: 1-46  1-30: 1-39  1-31: 1-28  1-32: 1-21  1-33: 1-11  1-34: 1-2  1-35: never
      1-36: never`;
    assert.equal(rows.slice(0, 19), expected.trim().split(/ {2,}|\n\s*/));
  });

  test('the locks in this repository are what an import gives', async ({ folder }) => {
    const releases = join(packageFolder, 'releases');
    const names = readdirSync(releases).filter((name) => name.endsWith('.lock.yaml'));
    assert.ok(names.length > 0);
    for (const name of names) cpSync(join(releases, name), join(folder, 'again', name));
    // Offline, so that source commits stay as they are: their repositories need not be at hand.
    const words = names.map((name) => name.replace('.lock.yaml', ''));
    const ran = await run(folder, ['import', ...words, '--offline', '--output', 'again']);
    assert.is(ran.code, 0, ran.stderr);
    for (const name of names) {
      const committed = lockOf(join(releases, name));
      assert.equal(withGaps(lockOf(join(folder, 'again', name)), committed), committed, name);
    }
  });
}

function lockOf(file: string): UnsealedLock {
  const lock = readLock(file, readFileSync(file, 'utf8'));
  if (!lock.ok) throw new Error(JSON.stringify(lock.error));
  return unsealLock(lock.value);
}

/** A lock without the digests of patches that another lacks: those were imported from a mirror with gaps. */
function withGaps(lock: UnsealedLock, other: UnsealedLock): UnsealedLock {
  const projects = Object.entries(lock.projects).map(([name, project]) => {
    const lost = new Set(
      other.projects[name]?.patches
        .filter((patch) => patch.sha256 === 'unavailable')
        .map((patch) => patch.path),
    );
    const patches = project.patches.map((patch) =>
      lost.has(patch.path) ? { ...patch, sha256: 'unavailable' } : patch,
    );
    return [name, { ...project, patches }] as const;
  });
  return { ...lock, projects: Object.fromEntries(projects) };
}

function run(folder: string, argv: readonly string[]): Promise<Ran> {
  const env = { ...process.env, EKSD_REBUILD_CACHE: join(folder, 'cache') };
  const given = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const host = testHost({ cwd: folder, packageFolder, env: Object.fromEntries(given) });
  return runMain([...argv, '--settings', settings, '--cache', join(folder, 'cache')], host);
}

test.run();
