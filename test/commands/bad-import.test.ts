import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newWorld, publish, type World, writeFiles } from '../rig/world.ts';
import { release, toolPins } from '../rig/world-content.ts';

const test = suite<{ world: World }>('bad imports');

test.before.each(async (context) => {
  context.world = await newWorld();
});

const lockOf = (world: World, name = release) => join(world.root, 'releases', `${name}.lock.yaml`);

test('a checksum line that is none, and other files of upstream that do not say what they should', async ({
  world,
}) => {
  const good = toolPins()['projects/org/tool/1-30/CHECKSUMS'] ?? '';
  const shorter = `${good}${good.slice(1)}`;
  const commit = await publish(world, 6, { 'projects/org/tool/1-30/CHECKSUMS': shorter });
  const shown = `${commit.slice(0, 12)}:projects/org/tool/1-30/CHECKSUMS`;
  const ran = await world.run(['import', 'v1-30-eks-6']);
  assert.equal([ran.code, ran.stdout], [2, '']);
  const line = shorter.split('\n')[2] ?? '';
  assert.match(
    ran.stderr,
    `${shown}:3:1: error: this line is no checksum of a built file\n    ${line}\n    ${'~'.repeat(line.length)}\n`,
  );
  assert.match(ran.stderr, `${shown}:4:1: error: tool for linux/arm64 has a checksum in line 2 already`);
  assert.not.ok(existsSync(lockOf(world, 'v1-30-eks-6')));

  const second = await publish(world, 7, { ...toolPins(), 'projects/org/tool/1-30/GIT_TAG': 'two words\n' });
  const words = await world.run(['import', 'v1-30-eks-7', release]);
  assert.is(words.code, 2);
  assert.match(
    words.stderr,
    `${second.slice(0, 12)}:projects/org/tool/1-30/GIT_TAG:1:1: error: expected a git tag's name`,
  );
  assert.match(
    words.stdout,
    `wrote releases/${release}.lock.yaml`,
    'the other release is imported all the same',
  );
});

test('a patch whose path leaves its folder does not come into a lock', async ({ world }) => {
  await publish(world, 6, { 'projects/org/tool/1-30/patches/0002-a\\b.patch': 'x' });
  const ran = await world.run(['import', 'v1-30-eks-6']);
  assert.is(ran.code, 2);
  assert.match(ran.stderr, /^v1-30-eks-6: Path .* holds a backslash; it was not used\.\n$/);
});

test('what is in the way of a lock is not followed and not lost', async ({ world }) => {
  const [file, outside] = [lockOf(world), join(world.folder, 'outside')];
  const text = readFileSync(file, 'utf8');
  writeFileSync(outside, 'mine');
  rmSync(file);
  symlinkSync(outside, file);
  const linked = await world.run(['import', release]);
  assert.equal([linked.code, linked.stdout], [2, '']);
  assert.match(
    linked.stderr,
    /Path "v1-30-eks-5\.lock\.yaml" in .*releases is a symbolic link; it was not used\.\n$/,
  );
  assert.is(readFileSync(outside, 'utf8'), 'mine');
  rmSync(file);
  mkdirSync(file);
  const folder = await world.run(['import', release]);
  assert.is(folder.code, 2);
  assert.match(folder.stderr, 'is no file; it was not used.');
  const beside = await world.run(['import', release, '--output', join(outside, 'below')]);
  assert.is(beside.code, 2);
  assert.match(beside.stderr, 'Path "below" in ');
  symlinkSync(join(world.folder, 'nowhere'), join(world.folder, 'dangling'));
  const dangling = await world.run(['import', release, '--output', '../dangling']);
  assert.is(dangling.code, 2);
  assert.match(dangling.stderr, 'Path "dangling" in ');
  const elsewhere = await world.run(['import', release, '--output', '../locks']);
  assert.is(elsewhere.code, 0);
  assert.is(readFileSync(join(world.folder, 'locks', `${release}.lock.yaml`), 'utf8'), text);
});

test('a lock that cannot be read is replaced by the import that mends it, and that is said', async ({
  world,
}) => {
  const text = readFileSync(lockOf(world), 'utf8');
  writeFileSync(lockOf(world), text.replace('number: 5', 'number: 6'));
  const ran = await world.run(['import', release]);
  assert.is(ran.code, 0);
  assert.match(
    ran.stdout,
    'the lock that was there could not be read (line 4: the lock was edited by hand) and was replaced',
  );
  assert.is(readFileSync(lockOf(world), 'utf8'), text);
});

test('the same release gives the same bytes, from another clone and with upstream gone on', async ({
  world,
}) => {
  const text = readFileSync(lockOf(world), 'utf8');
  await publish(world, 6, toolPins({ go: '1.20.9' }));
  rmSync(world.cache, { recursive: true });
  const ran = await world.run(['import', release, '--output', 'again']);
  assert.is(ran.code, 0);
  assert.is(readFileSync(join(world.root, 'again', `${release}.lock.yaml`), 'utf8'), text);
  assert.equal(readdirSync(join(world.root, 'again')), [`${release}.lock.yaml`]);
});

test('an upstream that is a folder: what is there and what is not', async ({ world }) => {
  const none = 'upstream: ../git/none.git\nsources: ../git/{org}/{repo}.git\n';
  writeFiles(world.root, { 'eksd-rebuild.yaml': none });
  const missing = await world.run(['import', release]);
  assert.equal([missing.code, missing.stdout], [3, '']);
  assert.match(
    missing.stderr,
    `the repository is not in ${join(world.folder, 'git/none.git')}: fatal: repository`,
  );
  writeFiles(world.root, { 'eksd-rebuild.yaml': none.replace('none.git', 'upstream.git') });
  const offline = await world.run(['import', release, '--offline']);
  assert.is(offline.code, 2);
  assert.match(offline.stderr, 'Run the command once without --offline.');
  const found = await world.run(['import', release, '--output', 'local']);
  assert.is(found.code, 0, found.stderr);
  assert.match(
    readFileSync(join(world.root, 'local', `${release}.lock.yaml`), 'utf8'),
    `repository: ${join(world.folder, 'git/org/tool.git')}\n`,
  );
});

test.run();
