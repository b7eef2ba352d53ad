import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import type { FileRecord } from '../../orchestrator/verdict/record/record.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** What an atlas takes from records that did not come of its locks, or contradict one another. Of 7 files 6 are identical. */
const test = suite<{ world: World; records: string; lock: string }>('atlas: records');

const lockOf = (world: World) => join(world.root, 'releases', `${release}.lock.yaml`);
const recordsOf = (world: World) => join(world.root, 'records', `${release}.jsonl`);

test.before(async (context) => {
  const world = await newWorld();
  const audited = await world.run(['audit', release]);
  assert.is(audited.code, 0, audited.stderr);
  const [records, lock] = [recordsOf(world), lockOf(world)].map((path) => readFileSync(path, 'utf8'));
  Object.assign(context, { world, records, lock });
});

test.after.each(({ world, records, lock }) => {
  writeFileSync(recordsOf(world), records);
  writeFileSync(lockOf(world), lock);
});

/** Writes the records anew, as they are changed. */
function changeRecords(world: World, change: (records: readonly FileRecord[]) => readonly object[]): void {
  const records = readFileSync(recordsOf(world), 'utf8').trim().split('\n');
  const changed = change(records.map((line) => JSON.parse(line)));
  writeFileSync(recordsOf(world), changed.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

/** What the atlas says of the release, and on standard error. */
async function atlasOf(world: World) {
  const { code, stderr } = await world.run(['atlas', '--output', 'site']);
  assert.is(code, 0, stderr);
  const path = join(world.root, 'site', 'release', `${release}.json`);
  return { stderr, ...JSON.parse(readFileSync(path, 'utf8')) };
}

const lookup = async (world: World, sha256: string) =>
  (await world.run(['lookup', sha256])).stdout.split('\n')[0] ?? '';

const invented = digestOf('nobody published this');
const known = { identical: 6, comparable: 6, all: 7, unknown: 0 };

/** A file that came out as published. */
const isSound = ({ verdict }: Pick<FileRecord, 'verdict'>) => verdict === 'identical';

test('of a release whose lock cannot be read nothing is said', async ({ world, lock }) => {
  changeRecords(world, (records) => records.map((each) => ({ ...each, expected: invented })));
  writeFileSync(lockOf(world), lock.replace(/^branch:.*$/m, '<<<<<<< HEAD'));
  const { stderr, counts, projects } = await atlasOf(world);
  assert.match(stderr, `releases/${release}.lock.yaml:`);
  assert.equal([counts, projects], [{ identical: 0, comparable: 0, all: 0, unknown: 0 }, []]);
  assert.match(await lookup(world, invented), 'is named by none');
});

test('a project that the lock does not name has no files', async ({ world }) => {
  changeRecords(world, (records) => {
    const ghosts = records.map((each) => ({ ...each, project: 'acme/ghost', expected: invented }));
    return [...records, ...ghosts.filter(isSound)];
  });
  assert.equal((await atlasOf(world)).counts, known);
  assert.match(await lookup(world, invented), 'is named by none');
});

test('of a file of which two things are said neither is taken, and both are named', async ({ world }) => {
  const found = digestOf('what was built');
  let expected = '';
  changeRecords(world, (records) => {
    const sound = records.find(isSound);
    expected = sound?.expected ?? '';
    return [
      ...records.map((each) => (each === sound ? { ...each, verdict: 'different', found } : each)),
      sound ?? {},
    ];
  });
  const { stderr, counts, troubles } = await atlasOf(world);
  assert.match(stderr, `is said to be different (${found}) and identical`);
  assert.equal(counts, { ...known, identical: 5, comparable: 5, unknown: 1 });
  assert.equal(troubles, [
    'Some of its records contradict one another: of their files nothing is known here.',
  ]);
  assert.match(await lookup(world, expected), /: not known yet$/);
});

test('of what was built of other pins counts alone what came out as published, and that of no build', async ({
  world,
}) => {
  const found = digestOf('what was built');
  changeRecords(world, (records) => {
    const [first, second, third] = records.filter(isSound);
    return records.map((each) => {
      if (each === first) return { ...each, verdict: 'different', found, version: 'v0.0.1' };
      if (each === second) return { ...each, verdict: 'different', found, go: '1.2' };
      return each === third ? { ...each, go: '1.2', build: invented } : each;
    });
  });
  const { counts } = await atlasOf(world);
  assert.equal(counts, { ...known, identical: 4, comparable: 4, unknown: 2 });
  assert.match(await lookup(world, found), 'is named by none');
  assert.not.ok(existsSync(join(world.root, 'site', 'build', `${invented.slice(0, 20)}.html`)));
});

test.run();
