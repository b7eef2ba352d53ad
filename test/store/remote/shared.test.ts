import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDigest, digestOf } from '../../../orchestrator/core/digest.ts';
import { ok } from '../../../orchestrator/core/result.ts';
import { putDocument, readDocument } from '../../../orchestrator/store/remote/documents.ts';
import type { RemotePlace } from '../../../orchestrator/store/remote/place.ts';
import { filesIn } from '../../rig/publish-world.ts';
import { type Files, failureOf, inFolder, must } from '../fixture.ts';
import { contentOf, recordTree, sharedIn } from './fixture.ts';

const large = Buffer.alloc(3 * 2 ** 20, 'a large one, ').toString();

const files: Files = {
  'bin/tool': '*program',
  'bin/again': '*program',
  'docs/plain': 'program',
  'docs/leads': '->../bin/tool',
  large: large,
  '.git/HEAD': 'ref: refs/heads/main\n',
  'name with\nline': 'odd',
  empty: '',
};

/** Text that does not fold much. */
function noise(seed: string, length: number): string {
  return createHash('shake256', { outputLength: length / 2 })
    .update(seed)
    .digest('hex');
}

test('what one machine recorded, another has: all of its tree, and nothing is made', async () => {
  await inFolder(async (folder) => {
    const shared = sharedIn(folder);
    const one = await shared.machine();
    const { key, tree } = await recordTree(one, 'a', files);
    const gone = await one.settle();
    assert.is(gone.stored.results, 1);
    assert.equal(gone.complaints, []);

    const two = await shared.machine({ mayWrite: false });
    const before = filesIn(shared.folder);
    const found = await two.lookup(key);
    assert.equal(found, await one.lookup(key));
    assert.equal(contentOf(two, tree), contentOf(one, tree));
    assert.ok(contentOf(two, tree).has('.git/refs/') && contentOf(two, tree).has('.git/packs/one'));
    assert.equal(must(await two.recheck(tree, 'content')), []);
    const came = await two.settle();
    assert.is(came.fetched.results, 1);
    assert.equal([came.stored, came.complaints], [{ results: 0, bytes: 0 }, []]);
    assert.equal(filesIn(shared.folder), before);
    // The large file is words that repeat.
    assert.ok(came.fetched.bytes < 20_000, `${came.fetched.bytes}`);
    assert.is(came.fetched.bytes, gone.stored.bytes);
  });
});

test('what nobody recorded is nowhere, without a complaint; a result is found without its tree', async () => {
  await inFolder(async (folder) => {
    const shared = sharedIn(folder);
    const [one, two] = [await shared.machine(), await shared.machine()];
    const { key, tree } = await recordTree(one, 'a', files);
    await one.settle();
    assert.is(await two.lookup(digestOf('nobody')), undefined);
    assert.is(await two.find(digestOf('nobody')), undefined);
    assert.is((await two.find(key))?.tree, tree);
    assert.not.ok(fs.existsSync(two.treePath(tree)));
    assert.equal((await two.settle()).complaints, []);
  });
});

test('trees that are alike share what is the same, and a machine fetches only what it has not', async () => {
  await inFolder(async (folder) => {
    const shared = sharedIn(folder);
    const one = await shared.machine();
    const many = (version: string): Files =>
      Object.fromEntries(
        Array.from({ length: 600 }, (_, at) => [
          `mod/${String(at).padStart(4, '0')}.go`,
          noise(at < 590 ? `${at}` : `${version} ${at}`, 5000 + (at % 7) * 2000),
        ]),
      );
    const { key: first } = await recordTree(one, 'v1', many('v1'));
    const stored = (await one.settle()).stored.bytes;
    const { key: second } = await recordTree(one, 'v2', many('v2'));
    const more = (await one.settle()).stored.bytes - stored;
    const chunks = [...filesIn(shared.folder).keys()].filter((name) => name.startsWith('chunks/'));
    assert.ok(chunks.length > 4 && chunks.length < 40, `${chunks.length} chunks`);
    const two = await shared.machine();
    assert.ok(await two.lookup(first));
    const all = (await two.settle()).fetched.bytes;
    const tree = (await two.lookup(second))?.tree ?? asDigest('');
    assert.equal(contentOf(two, tree), contentOf(one, tree));
    const rest = (await two.settle()).fetched.bytes - all;
    assert.ok(more < stored * 0.7, `${more} of ${stored} were brought again`);
    assert.ok(rest < all * 0.7, `${rest} of ${all} were fetched again`);
  });
});

test('a local hit is brought there, too, and one that lies there for long is renewed', async () => {
  await inFolder(async (folder) => {
    const shared = sharedIn(folder);
    const alone = await shared.machine({ mayWrite: false });
    const { key } = await recordTree(alone, 'a', files);
    await alone.settle();
    assert.equal([...filesIn(shared.folder).keys()], []);
    const day = 86_400_000;
    const there = () =>
      new Map(
        [...filesIn(shared.folder).keys()].map((name) => [
          name,
          fs.statSync(join(shared.folder, name)).mtimeMs,
        ]),
      );
    const writer = await shared.machine({ place: shared.place });
    await recordTree(writer, 'a', files);
    await writer.settle();
    for (const name of there().keys()) {
      const old = (Date.now() - 2 * day) / 1000;
      fs.utimesSync(join(shared.folder, name), old, old);
    }
    const later = await shared.machine();
    assert.ok(await later.lookup(key));
    await later.settle();
    const results = [...there()].filter(([name]) => name.startsWith('results/'));
    assert.is(results.length, 1);
    assert.ok(results.every(([, time]) => time > Date.now() - day));
  });
});

test('a place that does not answer is left alone, told once, and asked for the last time at the end', async () => {
  await inFolder(async (folder) => {
    const shared = sharedIn(folder);
    let calls = 0;
    let isDown = true;
    const gone = { ok: false, error: { reason: 'network', what: 'asking', detail: 'ECONNREFUSED' } } as const;
    const failing = (name: keyof RemotePlace) => {
      const real = shared.place[name] as (...given: never[]) => Promise<unknown>;
      return (...given: never[]) => {
        calls += 1;
        return isDown ? Promise.resolve(gone) : real(...given);
      };
    };
    const names = ['read', 'put', 'facts', 'renew', 'list', 'remove', 'sweep'] as const;
    const place = { ...shared.place, ...Object.fromEntries(names.map((name) => [name, failing(name)])) };
    const one = await shared.machine({ place: place as RemotePlace });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await recordTree(one, name, files);
    for (const name of ['x', 'y', 'z']) assert.is(await one.lookup(digestOf(name)), undefined);
    const { complaints } = await one.settle();
    assert.is(complaints.length, 3, complaints.join('\n'));
    assert.match(complaints.join('\n'), 'ECONNREFUSED');
    assert.match(complaints.join('\n'), '6 results could not be brought');
    assert.ok(calls < 40, `${calls} calls`);
    isDown = false;
    assert.is((await one.settle()).stored.results, 6);
    const two = await shared.machine();
    const { key } = await recordTree(await shared.machine({ mayWrite: false }), 'f', files);
    assert.ok(await two.lookup(key));
  });
});

test('another result under the same key is told, and the first stays', async () => {
  await inFolder(async (folder) => {
    const shared = sharedIn(folder);
    const [one, two] = [await shared.machine(), await shared.machine()];
    const { key, tree } = await recordTree(one, 'a', files);
    await one.settle();
    const other = await recordTree(two, 'a', { ...files, 'bin/tool': '*other' });
    assert.is(other.key, key);
    const { complaints, stored } = await two.settle();
    assert.is(stored.results, 0);
    assert.is(complaints.length, 1);
    assert.match(complaints[0] ?? '', `tree ${tree}, and here ${other.tree}`);
    assert.is((await (await shared.machine()).find(key))?.tree, tree);
  });
});

test('documents go by their digest', async () => {
  await inFolder(async (folder) => {
    const { place, folder: objects } = sharedIn(folder);
    const digest = must(await putDocument(place, '{"job": 1}'));
    assert.equal(await readDocument(place, digest), ok('{"job": 1}'));
    assert.is(must(await putDocument(place, '{"job": 1}')), digest);
    assert.is(failureOf(await readDocument(place, digestOf('none'))).reason, 'store-damaged');
    const path = join(objects, 'documents', digest.slice(0, 2), digest);
    fs.writeFileSync(path, fs.readFileSync(path).fill('x', 5));
    assert.is(failureOf(await readDocument(place, digest)).reason, 'store-damaged');
  });
});

test.run();
