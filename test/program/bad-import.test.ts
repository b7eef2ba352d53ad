import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { addCommits } from '../rig/repository.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, publish, type World, writeFiles } from '../rig/world.ts';
import { release, toolPins } from '../rig/world-content.ts';

/** One world, in which upstream goes on from test to test. */
const test = suite<{ world: World; text: string }>('bad imports');

test.before(async (context) => {
  context.world = await newWorld();
  context.text = readFileSync(lockOf(context.world), 'utf8');
});

const lockOf = (world: World, name = release) => join(world.root, 'releases', `${name}.lock.yaml`);

test('files of upstream that do not say what they should: where, and the other releases are imported', async ({
  world,
}) => {
  const folder = 'projects/org/tool/1-30';
  const good = toolPins()[`${folder}/CHECKSUMS`] ?? '';
  const checksums = `${good}${good.slice(1)}`;
  const sixth = await publish(world, 6, { [`${folder}/CHECKSUMS`]: checksums });
  const seventh = await publish(world, 7, { ...toolPins(), [`${folder}/GIT_TAG`]: 'two words\n' });
  await publish(world, 8, { ...toolPins(), [`${folder}/patches/0002-a\\b.patch`]: 'x' });
  await publish(world, 9, { ...toolPins(), [`${folder}/patches/0002-a\\b.patch`]: null });
  const ran = await world.run(['import', 'v1-30-eks-6', 'v1-30-eks-7', 'v1-30-eks-8', 'v1-30-eks-9']);
  assert.is(ran.code, 2);
  const shown = `${sixth.slice(0, 12)}:${folder}/CHECKSUMS`;
  const line = checksums.split('\n')[2] ?? '';
  assert.match(
    ran.stderr,
    `v1-30-eks-6: ${shown}:3:1: error: this line is no checksum of a built file\n    ${line}\n    ${'~'.repeat(line.length)}\n`,
  );
  assert.match(ran.stderr, `${shown}:4:1: error: tool for linux/arm64 has a checksum in line 2 already`);
  assert.match(ran.stderr, `${seventh.slice(0, 12)}:${folder}/GIT_TAG:1:1: error: expected a git tag's name`);
  assert.match(ran.stderr, /^v1-30-eks-8: Path .* holds a backslash; it was not used\.$/m);
  assert.match(ran.stdout, 'wrote releases/v1-30-eks-9.lock.yaml\n');
  for (const name of ['v1-30-eks-6', 'v1-30-eks-7', 'v1-30-eks-8'])
    assert.not.ok(existsSync(lockOf(world, name)));
});

test('a text of upstream that is no UTF-8 is not read as something else: where', async ({ world }) => {
  await addCommits(join(world.folder, 'git', 'upstream.git'), [
    {
      files: {
        'projects/org/tool/1-30/GIT_TAG': Buffer.from([0x76, 0x31, 0xff, 0x2e, 0x30, 0x0a]),
        'release/1-30/production/RELEASE': '66\n',
      },
      tags: ['v1-30-eks-66'],
      date: '2024-05-20T00:00:00Z',
    },
    { files: { ...toolPins() }, date: '2024-05-20T00:00:01Z' },
  ]);
  const ran = await world.run(['import', 'v1-30-eks-66']);
  assert.is(ran.code, 2, ran.stdout);
  assert.match(
    ran.stderr,
    /[0-9a-f]{12}:projects\/org\/tool\/1-30\/GIT_TAG:1:3: error: this is no UTF-8: byte 0xff at offset 2/,
  );
});

test('a name that nobody knows takes no other with it', async ({ world }) => {
  await publish(world, 10, {});
  const ran = await world.run(['import', 'v1-30-eks-99', 'v1-30-eks-10', '--output', 'known']);
  assert.is(ran.code, 2);
  assert.match(ran.stderr, 'There is no release "v1-30-eks-99". Nearest: ');
  assert.match(ran.stdout, 'wrote known/v1-30-eks-10.lock.yaml\n');
});

test('a content that the clone has lost: object, repository and what helps, and the others are imported', async ({
  world,
}) => {
  await publish(world, 11, { 'projects/org/tool/Makefile': '# eleven\n' });
  assert.is((await world.run(['import', 'v1-30-eks-11', '--output', 'whole'])).code, 0);
  const clone = join(world.cache, 'git', 'git.example', 'upstream.git');
  const git = (...args: readonly string[]) =>
    execFileSync('git', [`--git-dir=${clone}`, ...args], { encoding: 'utf8' }).trim();
  const lost = git('rev-parse', 'v1-30-eks-11:projects/org/tool/Makefile');
  unpackObjects(clone);
  rmSync(join(clone, 'objects', lost.slice(0, 2), lost.slice(2)));
  const ran = await world.run(['import', 'v1-30-eks-11', 'v1-30-eks-10', '--output', 'lost']);
  assert.is(ran.code, 4, ran.stderr);
  assert.is(
    ran.stderr,
    `v1-30-eks-11: Object ${lost} is missing in the clone of https://git.example/upstream.git, or damaged: git finds no such object. Delete ${clone}: it is cloned again.\n`,
  );
  assert.match(ran.stdout, 'wrote lost/v1-30-eks-10.lock.yaml\n');
  assert.not.ok(existsSync(join(world.root, 'lost', 'v1-30-eks-11.lock.yaml')));
  const listed = await world.run(['releases', '--offline', '--json']);
  assert.is(listed.code, 2, 'others have files that nobody can read');
  assert.match(listed.stderr, `v1-30-eks-11: Object ${lost} is missing`);
  assert.ok(JSON.parse(listed.stdout).releases.length > 1);
  rmSync(clone, { recursive: true });
  const mended = await world.run(['import', 'v1-30-eks-11', '--output', 'mended']);
  assert.is(mended.code, 0, 'what helps does help');
});

test('a pack that is damaged in its middle ends the git that reads it, and not the import', async ({
  world,
}) => {
  const clone = join(world.cache, 'git', 'git.example', 'upstream.git');
  const text = Array.from({ length: 4000 }, (_, at) => `# ${digestOf(String(at))}\n`).join('');
  await publish(world, 12, { 'projects/org/tool/Makefile': text });
  assert.is((await world.run(['import', 'v1-30-eks-12', '--output', 'whole'])).code, 0);
  unpackObjects(clone);
  const args = [`--git-dir=${clone}`, 'rev-parse', 'v1-30-eks-12:projects/org/tool/Makefile'];
  const id = execFileSync('git', args, { encoding: 'utf8' }).trim();
  const file = join(clone, 'objects', id.slice(0, 2), id.slice(2));
  const bytes = readFileSync(file);
  chmodSync(file, 0o644);
  writeFileSync(file, bytes.subarray(0, bytes.length / 2));
  const ran = await world.run(['import', 'v1-30-eks-12', 'v1-30-eks-10', '--output', 'damaged']);
  assert.is(ran.code, 4, ran.stderr);
  assert.match(ran.stderr, `v1-30-eks-12: Object ${id} is missing in the clone of `);
  assert.match(ran.stdout, 'wrote damaged/v1-30-eks-10.lock.yaml\n');
  rmSync(clone, { recursive: true });
});

test('the number of a release that is lost takes its branch with it, and no other', async ({ world }) => {
  const clone = join(world.cache, 'git', 'git.example', 'upstream.git');
  await publish(world, 13, { 'release/1-31/production/RELEASE': '1\n' });
  assert.is((await world.run(['import', 'v1-30-eks-13', '--output', 'whole'])).code, 0);
  unpackObjects(clone);
  const args = [`--git-dir=${clone}`, 'rev-parse', 'v1-30-eks-12:release/1-30/production/RELEASE'];
  const id = execFileSync('git', args, { encoding: 'utf8' }).trim();
  rmSync(join(clone, 'objects', id.slice(0, 2), id.slice(2)));
  const listed = await world.run(['releases', '--offline', '--json']);
  assert.match(listed.stderr, `v1-30-eks-13: Object ${id} is missing in the clone of `);
  const names = JSON.parse(listed.stdout).releases.map((each: { release: string }) => each.release);
  assert.ok(names.includes('v1-31-eks-1'));
  assert.not.ok(names.includes('v1-30-eks-13'), 'nobody knows whether the lost number is that of its commit');
  rmSync(join(clone, 'HEAD'));
  const none = await world.run(['import', 'v1-30-eks-13', '--offline', '--output', 'none']);
  assert.is(none.code, 4);
  assert.match(none.stderr, `HEAD is missing in the clone of https://git.example/upstream.git, or damaged: `);
  const locked = await world.run(['releases', '--offline']);
  assert.is(locked.code, 4);
  assert.match(locked.stderr, 'Only releases whose lock is at hand are listed.\n');
  rmSync(clone, { recursive: true });
});

/** Has each object of a clone be a file of its own. */
function unpackObjects(clone: string): void {
  const folder = join(clone, 'objects/pack');
  const packs = readdirSync(folder).filter((name) => name.endsWith('.pack'));
  const contents = packs.map((name) => readFileSync(join(folder, name)));
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  for (const input of contents)
    execFileSync('git', [`--git-dir=${clone}`, 'unpack-objects', '-q'], { input });
}

test('the same release gives the same bytes, from another clone and with upstream gone on', async ({
  world,
  text,
}) => {
  rmSync(join(world.cache, 'git'), { recursive: true });
  const ran = await world.run(['import', release, '--output', 'again']);
  assert.is(ran.code, 0);
  assert.is(readFileSync(join(world.root, 'again', `${release}.lock.yaml`), 'utf8'), text);
});

test('a link in the place of a lock is neither followed nor lost', async ({ world, text }) => {
  const [file, outside] = [lockOf(world), join(world.folder, 'outside')];
  writeFileSync(outside, 'mine');
  rmSync(file);
  symlinkSync(outside, file);
  const ran = await world.run(['import', release]);
  assert.is(ran.code, 2);
  assert.match(
    ran.stderr,
    /Path "v1-30-eks-5\.lock\.yaml" in .*releases is a symbolic link; it was not used\.\n$/,
  );
  assert.is(readFileSync(outside, 'utf8'), 'mine');
  assert.is(readlinkSync(file), outside);
  rmSync(file);
  writeFileSync(file, text);
});

test('a lock that cannot be read is replaced by the import that mends it, and that is said', async ({
  world,
  text,
}) => {
  writeFileSync(lockOf(world), text.replace('number: 5', 'number: 6'));
  const ran = await world.run(['import', release]);
  assert.is(ran.code, 0);
  assert.match(
    ran.stdout,
    'the lock that was there could not be read (line 4: the lock was edited by hand) and was replaced',
  );
  assert.is(readFileSync(lockOf(world), 'utf8'), text);
});

test('an upstream that is a folder, beside the settings that name it: what is there and what is not', async ({
  world,
}) => {
  const none = 'upstream: ../git/none.git\nsources: ../git/{org}/{repo}.git\n';
  writeFiles(world.root, { 'eksd-rebuild.yaml': none });
  const missing = await world.run(['import', release]);
  assert.equal([missing.code, missing.stdout], [4, '']);
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
