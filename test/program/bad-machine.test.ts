import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { forgetGoCalls, goCalls, onGo } from '../rig/fake-go.ts';
import { forgetResults } from '../rig/forget-results.ts';
import { programPath } from '../rig/programs.ts';
import { reportOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { unprivileged } from '../rig/unprivileged.ts';
import { type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** One world, that each test leaves fit for the next; the last but one give it to nobody. */
const test = suite<{ world: World }>('bad machines');

test.before(async (context) => {
  context.world = await warmWorld();
});

/** An environment with no programs but these. */
function only(world: World, ...programs: readonly string[]) {
  const bin = mkdtempSync(join(world.folder, 'bin-'));
  for (const name of programs) symlinkSync(programPath(name), join(bin, name));
  return { env: { ...world.host.env, PATH: bin } };
}

test('no git: 4, before anything is done, by whatever command', async ({ world }) => {
  const given = only(world, 'sh', 'cp', 'chmod');
  const words = /^The program git is not on the PATH\. Install git.*\n$/;
  for (const argv of [
    ['verify', release],
    ['import', release],
    ['build', release, '--output', 'dist'],
  ]) {
    const ran = await world.run(argv, given);
    assert.equal([argv[0], ran.code, ran.stdout], [argv[0], 4, '']);
    assert.match(ran.stderr, words);
  }
  assert.is((await world.run(['plan', release], given)).code, 0, 'a plan needs none');
  const old = join(given.env.PATH, 'git');
  writeFileSync(old, '#!/bin/sh\necho git version 2.20.1\n', { mode: 0o755 });
  const tooOld = await world.run(['import', release], given);
  assert.is(tooOld.code, 4);
  assert.match(tooOld.stderr, 'git 2.20.1 is too old: 2.31 or newer is needed.');
});

test('a store of another version, or a folder that is none, is left alone: 4', async ({ world }) => {
  const version = join(world.cache, 'version');
  writeFileSync(version, 'eksd-rebuild store 2\n');
  for (const argv of [
    ['verify', release],
    ['plan', release],
    ['import', release],
    ['cache', 'gc'],
  ]) {
    const ran = await world.run(argv);
    assert.equal([argv[0], ran.code, ran.stdout], [argv[0], 4, '']);
    assert.is(
      ran.stderr,
      `The store ${world.cache} was written by another version (eksd-rebuild store 2; this one writes eksd-rebuild store 1). Use another folder (--cache), or delete it.\n`,
    );
  }
  assert.is(readFileSync(version, 'utf8'), 'eksd-rebuild store 2\n');
  rmSync(version);
  const foreign = await world.run(['cache', 'check']);
  assert.is(foreign.code, 4);
  assert.match(foreign.stderr, '(no version; ');
  assert.ok(readdirSync(join(world.cache, 'blobs')).length > 0);
  writeFileSync(version, 'eksd-rebuild store 1\n');
});

test('a link or a file in the place of a folder of the cache is not used', async ({ world }) => {
  const [blobs, outside] = [join(world.cache, 'blobs'), join(world.folder, 'outside')];
  renameSync(blobs, outside);
  symlinkSync(outside, blobs);
  const before = readdirSync(outside, { recursive: true }).sort();
  for (const argv of [
    ['verify', release],
    ['cache', 'gc', '--keep-days', '0'],
  ]) {
    const linked = await world.run(argv);
    assert.equal([linked.code, linked.stdout], [2, '']);
    assert.is(
      linked.stderr,
      `Path "blobs" in the store's folder ${world.cache} is a symbolic link; it was not used. Move it away, or use another folder (--cache, or EKSD_REBUILD_CACHE).\n`,
    );
  }
  assert.equal(readdirSync(outside, { recursive: true }).sort(), before);
  rmSync(blobs);
  renameSync(outside, blobs);
  const file = join(world.folder, 'file');
  writeFileSync(file, 'mine');
  const ran = await world.run(['verify', release, '--cache', file]);
  assert.ok(ran.code === 4 || ran.code === 2, `${ran.code}`);
  assert.is(ran.stdout, '');
  assert.is(ran.stderr.trimEnd().split('\n').length, 1);
  assert.is(readFileSync(file, 'utf8'), 'mine');
});

test('an interrupted run: 130, and the same command goes on from there', async ({ world }) => {
  forgetResults(world.cache, (_, title) => title.startsWith('go-build org/kit'));
  const building = join(world.folder, 'building');
  onGo(world.folder, 'build', `[ $GOOS = linux ] || { : > ${building}; exec sleep 60; }`);
  const interruption = new AbortController();
  const argv = ['verify', release, '--project', 'kit', '--jobs', '1'];
  const running = world.run(argv, { signal: interruption.signal });
  for (let tries = 0; tries < 2000 && !existsSync(building); tries += 1) await setTimeout(5);
  interruption.abort();
  const ran = await running;
  assert.is(ran.code, 130);
  assert.match(ran.stdout, 'The same command goes on from there.');
  assert.equal(readdirSync(join(world.cache, 'tmp')), []);
  assert.equal([reportOf(world, release).exitCode, reportOf(world, release).interrupted], [130, true]);
  onGo(world.folder, 'build', ':');
  forgetGoCalls(world.folder);
  const again = await world.run(argv);
  assert.is(again.code, 0);
  assert.match(again.stdout, 'identical / comparable / all: 4 / 4 / 4.');
  assert.equal(
    goCalls(world.folder).map((call) => call.split(' ').slice(0, 3).join(' ')),
    ['go1.21.3 windows/amd64 build'],
  );
});

test('a place that cannot be written is said before anything is done, by whatever command: 4', async ({
  world,
}) => {
  const locked = join(world.root, 'locked');
  mkdirSync(locked, { mode: 0o555 });
  await unprivileged(world.folder, async () => {
    for (const argv of [
      ['verify', release, '--report', 'locked/report.json'],
      ['verify', release, '--report', 'locked/deep/report.json'],
      ['build', release, '--output', 'locked'],
      ['build', release, '--output', 'locked/deep/out'],
      ['images', release, '--output', 'locked/images.tar'],
      ['images', release, '--output', 'locked/images'],
      ['base', 'build', '--output', 'locked/bases.tar'],
      ['import', release, '--output', 'locked'],
      ['import', '--all', '--output', 'locked/deep'],
    ]) {
      const ran = await world.run(argv);
      assert.equal([argv.join(' '), ran.code, ran.stdout], [argv.join(' '), 4, '']);
      // It is no cache.
      assert.match(ran.stderr, /^\S+locked\S* cannot be written\. Name another folder, or .*\n$/);
    }
  });
});

test('a cache that cannot be written: what it has is used, and the first write says so: 4', async ({
  world,
}) => {
  execFileSync('chmod', ['-R', 'a-w', world.cache]);
  await unprivileged(world.folder, async () => {
    const cached = await world.run(['verify', release]);
    assert.is(cached.code, 0, cached.stderr);
    const ran = await world.run(['verify', release, '--fresh', '--project', 'tool']);
    assert.equal([ran.code, ran.stdout], [4, '']);
    assert.is(
      ran.stderr,
      `${world.cache} cannot be written. Point the cache elsewhere (--cache, or EKSD_REBUILD_CACHE) or change its permissions.\n`,
    );
    const below = await world.run([
      'verify',
      release,
      '--cache',
      join(world.cache, 'new'),
      '--project',
      'tool',
    ]);
    assert.is(below.code, 4);
    assert.match(below.stdout, `${join(world.cache, 'new')} cannot be written.`);
    assert.is((await world.run(['cache', 'size'])).code, 0);
    for (const words of [['gc'], ['check']]) {
      const maintenance = await world.run(['cache', ...words]);
      assert.equal([maintenance.code, maintenance.stdout], [4, '']);
      assert.match(maintenance.stderr, 'cannot be written.');
    }
  });
  execFileSync('chmod', ['-R', 'u+w', world.cache]);
});

test('no go, and one that is too old: 4; what is in the store needs none', async ({ world }) => {
  const given = only(world, 'sh', 'git', 'cp', 'chmod', 'cat');
  assert.is((await world.run(['verify', release], given)).code, 0);
  forgetResults(world.cache, (kind) => kind === 'toolchain');
  const none = await world.run(['verify', release, '--project', 'tool'], given);
  assert.is(none.code, 4);
  assert.match(none.stdout, 'The program go is not on the PATH. Install Go 1.21 or newer');
  for (const [version, found] of [
    ['go1.20', 'go1.20'],
    ['', 'before 1.16'],
  ]) {
    onGo(world.folder, 'env', `echo '{ "GOVERSION": "${version}", "GOROOT": "/" }'; exit 0`);
    const old = await world.run(['verify', release, '--project', 'tool']);
    assert.is(old.code, 4);
    assert.match(old.stdout, `go ${found} is too old: go1.21 or newer is needed.`);
  }
});

test.run();
