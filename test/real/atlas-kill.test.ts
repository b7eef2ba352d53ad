import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { defined } from '../../orchestrator/core/defined.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { committedLock } from '../rig/committed-releases.ts';
import { compileProgram, type Program, repository } from '../rig/program.ts';
import { suite } from '../rig/suite.ts';

const releases = ['v1-22-eks-28', 'v1-30-eks-5', 'v1-36-eks-7'];

/** Two roots, of which one knows a release and its records more. */
const test = suite<{ program: Program; roots: readonly string[] }>('atlas, killed');

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'eksd-atlas-kill-'));
  defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  context.program = await compileProgram(folder);
  context.roots = [2, 3].map((count) => {
    const root = join(folder, `root-${count}`);
    for (const part of ['releases', 'records']) mkdirSync(join(root, part), { recursive: true });
    for (const release of releases.slice(0, count)) {
      const lock = `releases/${release}.lock.yaml`;
      cpSync(join(repository, lock), join(root, lock));
      writeFileSync(join(root, 'records', `${release}.jsonl`), recordsOf(release));
    }
    return root;
  });
});

/** As if a build of each project had come to what was published: so there are pages of builds, of scripts and of their values. */
function recordsOf(release: string): string {
  return Object.entries(committedLock(release).projects)
    .flatMap(([project, { tag, go, checksums }]) =>
      (checksums?.files ?? []).map(({ platform, name, sha256 }) => ({
        ...{
          schema: 1,
          release,
          date: '2024-05-28',
          project,
          platform,
          name,
          expected: sha256,
          version: tag,
          ...defined({ go: go?.version }),
        },
        ...{ authority: 'built', verdict: 'identical', comparable: true },
        ...{ build: digestOf(project + tag), by: 'eksd-rebuild 0.1.0' },
      })),
    )
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('');
}

/** Paths and contents of all that is below a folder. */
function digestBelow(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lines = paths.sort().map((path) => `${path.slice(folder.length)} ${digestOf(readFileSync(path))}`);
  return digestOf(lines.join('\n'));
}

test('kill -9 at random moments, the first time and renewing: a whole atlas is there or none, and the next run comes to the same bytes', async ({
  program,
  roots,
}) => {
  const out = join(program.folder, 'out');
  const words = (root: string, output: string) => ['--root', root, 'atlas', '--output', output];
  const whole: string[] = [];
  let seconds = 0;
  for (const [at, root] of roots.entries()) {
    // With a cache of its own each: nothing that a killed run left has part in what is right.
    const ran = await program.run([
      '--cache',
      join(program.folder, `cache-${at}`),
      ...words(root, `../whole-${at}`),
    ]);
    assert.equal([ran.code, ran.stderr], [0, '']);
    seconds = Math.max(seconds, ran.seconds);
    whole.push(digestBelow(join(program.folder, `whole-${at}`)));
  }
  assert.is(new Set(whole).size, 2);
  assert.ok(readdirSync(join(program.folder, 'whole-1', 'script')).some((name) => name.endsWith('.sh')));
  const [site, aside] = [join(out, 'site'), join(out, '.site.eksd-rebuild-former')];
  let [killed, kept] = [0, 0];
  for (let round = 0; round < 12 || killed < 4; round++) {
    assert.ok(round < 60, `${killed} of ${round} were still running when they were killed`);
    // The first ones find nothing, the others the atlas of the other root or their own.
    if (round === 4) await program.run(words(roots[0] ?? '', site));
    const child = program.start(words(roots[round % 2] ?? '', site));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await setTimeout(Math.random() * seconds * 1000);
    child.kill('SIGKILL');
    if ((await ended) === null) killed += 1;
    // It is faster than it was: a machine's speed drifts, and is no matter of this test.
    else seconds *= 0.8;
    const there = [site, aside].find((folder) => existsSync(folder));
    if (there === undefined) assert.ok(round < 4, `round ${round}: nothing is left`);
    else {
      kept += 1;
      assert.ok(whole.includes(digestBelow(there)), `round ${round}: no whole atlas`);
    }
  }
  assert.ok(kept > 7, `${kept} rounds found an atlas`);
  for (const at of [1, 0]) {
    const ran = await program.run(words(roots[at] ?? '', site));
    assert.is(ran.code, 0, ran.stderr);
    assert.is(digestBelow(site), whole[at]);
  }
  assert.equal(readdirSync(out), ['site'], 'nothing is left beside it');
  const both = await Promise.all(roots.map((root) => program.run(words(root, site))));
  assert.equal(
    both.map(({ code, stderr }) => [code, stderr]),
    [
      [0, ''],
      [0, ''],
    ],
  );
  assert.ok(whole.includes(digestBelow(site)), 'two at once: the one or the other');
  assert.equal(readdirSync(out), ['site']);
});

test.run();
