import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { err } from '../../../orchestrator/core/result.ts';
import { checkRemote } from '../../../orchestrator/store/remote/check.ts';
import { claimPlace } from '../../../orchestrator/store/remote/claim-place.ts';
import { putDocument } from '../../../orchestrator/store/remote/documents.ts';
import { collectRemote, type RemoteGcReport } from '../../../orchestrator/store/remote/gc.ts';
import { takeLease } from '../../../orchestrator/store/remote/lease.ts';
import { filesIn } from '../../rig/publish-world.ts';
import { type Files, failureOf, inFolder, must } from '../fixture.ts';
import { contentOf, recordTree, type Shared, sharedIn } from './fixture.ts';

const day = 86_400_000;
const files: Files = { 'bin/tool': '*program', large: Buffer.alloc(2 ** 20 + 7, 'large ').toString() };

/** Makes all that is there so many days older, but what has one of these words in its name. */
function age({ folder }: Shared, days: number, ...but: readonly string[]): void {
  for (const name of filesIn(folder).keys()) {
    if (but.some((word) => name.includes(word))) continue;
    const time = (fs.statSync(join(folder, name)).mtimeMs - days * day) / 1000;
    fs.utimesSync(join(folder, name), time, time);
  }
}

const collect = async ({ place }: Shared, keepDays: number): Promise<RemoteGcReport> =>
  must(await collectRemote(place, { keepDays, now: Date.now, random: Math.random }));

const kindsIn = ({ folder }: Shared): readonly string[] =>
  [...filesIn(folder).keys()].map((name) => name.slice(0, name.indexOf('/'))).sort();

test('what was not used goes, first what points and a day later what it pointed at; the rest stays whole', async () => {
  await inFolder(async (folder) => {
    const shared = sharedIn(folder);
    const one = await shared.machine();
    const old = await recordTree(one, 'old', { ...files, only: 'here' });
    const kept = await recordTree(one, 'kept', files);
    await one.settle();
    must(await putDocument(shared.place, 'a job'));
    fs.mkdirSync(join(shared.folder, 'tmp'), { recursive: true });
    fs.writeFileSync(join(shared.folder, 'tmp', 'half'), 'half');
    age(shared, 10);
    // Used again: who looks it up renews it.
    const user = await shared.machine();
    assert.ok(await user.lookup(kept.key));
    await user.settle();

    const first = await collect(shared, 5);
    assert.equal([first.results, first.trees, first.documents, first.leftovers], [1, 0, 1, 1]);
    assert.is(first.waiting, 1);
    // Who had read the old result has a day to fetch its tree.
    const late = await shared.machine({ mayWrite: false });
    assert.is(await late.lookup(old.key), undefined);
    const [tree = ''] = [...filesIn(shared.folder).keys()].filter((name) => name.includes(`/${old.tree}`));
    must(await late.fetch(tree.slice(tree.lastIndexOf('/') + 1)));
    assert.equal(contentOf(late, old.tree), contentOf(one, old.tree));

    assert.is((await collect(shared, 5)).trees, 0);
    age(shared, 2, kept.key);
    const second = await collect(shared, 5);
    assert.equal([second.results, second.trees, second.waiting], [0, 1, 0]);
    assert.ok(second.chunks >= 1);
    assert.equal(must(await checkRemote(shared.place, false)).damaged, []);
    const three = await shared.machine();
    assert.is((await three.lookup(kept.key))?.tree, kept.tree);
    assert.equal(contentOf(three, kept.tree), contentOf(one, kept.tree));
    assert.is(await three.lookup(old.key), undefined);
  });
});

test('nothing goes that a writer who lives may have used since it began, or what is on its way', async () => {
  await inFolder(async (folder) => {
    const shared = sharedIn(folder);
    const one = await shared.machine();
    await recordTree(one, 'a', files);
    await one.settle();
    const lease = await takeLease(shared.place, { now: () => Date.now() - day / 2, random: Math.random });
    age(shared, 1, 'leases');
    assert.is((await collect(shared, 0)).results, 0);
    await lease.release();
    // Trees without a result, as of a writer that was killed: gone a day later.
    for (const name of filesIn(shared.folder).keys())
      if (name.startsWith('results/')) fs.rmSync(join(shared.folder, name));
    age(shared, -1, 'leases');
    const young = await collect(shared, 0);
    assert.equal([young.trees, young.chunks], [0, 0]);
    age(shared, 2);
    const old = await collect(shared, 0);
    assert.is(old.trees, 1);
    assert.ok(old.chunks > 0);
    assert.equal(kindsIn(shared), []);
  });
});

test('a lease that gives no sign of life for long holds nothing, and goes', async () => {
  await inFolder(async (folder) => {
    const shared = sharedIn(folder);
    const one = await shared.machine();
    await recordTree(one, 'a', files);
    await one.settle();
    const { name } = await takeLease(shared.place, { now: () => Date.now() - 3 * day, random: Math.random });
    age(shared, 2);
    assert.is((await collect(shared, 1)).results, 1);
    assert.not.ok(filesIn(shared.folder).has(name));
  });
});

test('check finds each object that is not as it was written, and drops it with what points at it', async () => {
  await inFolder(async (folder) => {
    const shared = sharedIn(folder);
    const one = await shared.machine();
    await recordTree(one, 'a', files);
    await recordTree(one, 'b', { other: 'one' });
    await one.settle();
    const sound = must(await checkRemote(shared.place, true));
    assert.equal([sound.results, sound.trees, sound.damaged], [2, 2, []]);
    const before = filesIn(shared.folder);
    for (const [object, bytes] of before) {
      const path = join(shared.folder, object);
      const other = Buffer.from(bytes);
      const at = bytes.length >> 1;
      other[at] = (other[at] ?? 0) ^ 4;
      fs.writeFileSync(path, other);
      const looked = must(await checkRemote(shared.place, false));
      const names = looked.damaged.map(({ name }) => name);
      assert.ok(names.includes(object), object);
      const isPointed = !object.startsWith('results/');
      assert.is(
        names.some((name) => name.startsWith('results/')),
        true,
      );
      assert.ok(!isPointed || names.length > 1, object);
      assert.equal([...filesIn(shared.folder).keys()], [...before.keys()]);
      fs.writeFileSync(path, bytes);
    }
    const [chunk = ''] = [...before.keys()].filter((name) => name.startsWith('chunks/'));
    fs.writeFileSync(join(shared.folder, chunk), 'x');
    const refused: Failure = { reason: 'read-only', path: shared.folder };
    const kept = must(await checkRemote({ ...shared.place, remove: async () => err(refused) }, true));
    assert.equal(
      [kept.damaged.length, kept.stays],
      [3, refused],
      'what cannot be dropped is named all the same',
    );
    const dropped = must(await checkRemote(shared.place, true)).damaged.map(({ name }) => name);
    assert.equal(
      dropped.map((name) => name.slice(0, name.indexOf('/'))),
      ['results', 'trees', 'chunks'],
    );
    assert.equal(must(await checkRemote(shared.place, true)).damaged, []);
  });
});

test('a place is made of an empty one by who may write, and none of one that somebody else has', async () => {
  await inFolder(async (folder) => {
    const { place, folder: root } = sharedIn(folder);
    assert.is(must(await claimPlace(place, false)), 'absent');
    assert.equal([...filesIn(root).keys()], []);
    assert.is(must(await claimPlace(place, true)), 'there');
    assert.is(must(await claimPlace(place, false)), 'there');
    fs.writeFileSync(join(root, 'version'), 'eksd-rebuild store 1\n');
    assert.match(
      JSON.stringify(failureOf(await claimPlace(place, true))),
      'no shared store that this version reads',
    );
    fs.rmSync(join(root, 'version'));
    fs.writeFileSync(join(root, 'thesis.doc'), 'mine');
    assert.match(JSON.stringify(failureOf(await claimPlace(place, true))), 'thesis.doc');
    assert.equal([...filesIn(root).keys()], ['thesis.doc']);
  });
});

test.run();
