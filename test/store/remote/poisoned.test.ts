import * as fs from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../../orchestrator/core/canonical-json.ts';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { makeManifest } from '../../../orchestrator/store/manifest.ts';
import { encode } from '../../../orchestrator/store/remote/codec.ts';
import { treeObject } from '../../../orchestrator/store/remote/object-names.ts';
import type { TreeEntry } from '../../../orchestrator/store/store.ts';
import { filesIn } from '../../rig/publish-world.ts';
import { type Files, failureOf, inFolder } from '../fixture.ts';
import { contentOf, recordTree, type Shared, sharedIn } from './fixture.ts';

const files: Files = {
  'bin/tool': '*program',
  'docs/plain': 'words and words',
  'docs/leads': '->../bin/tool',
  large: Buffer.alloc(2 ** 20 + 7, 'large ').toString(),
};

/** A bomb: what it unfolds to has a quarter of a gigabyte. */
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const bomb = Buffer.concat([Buffer.of(1), brotliCompressSync(Buffer.alloc(2 ** 28), quick)]);

/** What becomes of an object's bytes. `undefined`: it is gone. */
const harms: Readonly<Record<string, (bytes: Buffer, others: readonly Buffer[]) => Buffer | undefined>> = {
  gone: () => undefined,
  empty: () => Buffer.alloc(0),
  'cut in half': (bytes) => bytes.subarray(0, bytes.length >> 1),
  'cut by a byte': (bytes) => bytes.subarray(0, -1),
  'longer by a byte': (bytes) => Buffer.concat([bytes, Buffer.of(0)]),
  'of another format': (bytes) => Buffer.concat([Buffer.of(9), bytes.subarray(1)]),
  'said to be plain': (bytes) => Buffer.concat([Buffer.of(0), bytes.subarray(1)]),
  'with a bit flipped at its begin': (bytes) => flipped(bytes, 1),
  'with a bit flipped in its middle': (bytes) => flipped(bytes, bytes.length >> 1),
  'with a bit flipped at its end': (bytes) => flipped(bytes, bytes.length - 1),
  'another one': (_, others) => others[0],
  'a bomb': () => bomb,
  'no JSON': () => Buffer.from('\0{"a":'),
};

function flipped(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes);
  other[at] = (other[at] ?? 0) ^ 4;
  return other;
}

for (const [name, harm] of Object.entries(harms)) {
  test(`an object that is ${name} counts as not there, is named once, and is mended by who makes it`, async () => {
    await inFolder(async (folder) => {
      const shared = sharedIn(folder);
      const one = await shared.machine();
      const { key, tree } = await recordTree(one, 'a', files);
      await one.settle();
      const sound = filesIn(shared.folder);
      const mine = [...sound];
      assert.ok(mine.length >= 4, 'a result, a tree, two chunks');
      for (const [object, bytes] of mine) {
        const path = join(shared.folder, object);
        const others = mine.flatMap(([other, each]) => (other === object ? [] : [each]));
        const harmed = harm(bytes, others);
        if (harmed === undefined) fs.rmSync(path);
        else fs.writeFileSync(path, harmed);
        const two = await shared.machine();
        const found = [await two.lookup(key), await two.lookup(key)];
        const isNeeded = found[0] === undefined;
        for (const each of found) assert.is(each?.tree, isNeeded ? undefined : tree, `${name} ${object}`);
        // What brotli has after its end is of no consequence.
        if (isNeeded) {
          await recordTree(two, 'a', files);
          const { complaints } = await two.settle();
          const isMissing = harmed === undefined && object.startsWith('results/');
          assert.is(complaints.length, isMissing ? 0 : 1, complaints.join('\n'));
          if (!isMissing) assert.match(complaints[0] ?? '', object);
          const three = await shared.machine({ mayWrite: false });
          assert.is((await three.lookup(key))?.tree, tree, `${name} ${object} was not mended`);
          assert.equal(contentOf(three, tree), contentOf(one, tree));
        } else assert.equal(contentOf(two, tree), contentOf(one, tree));
        fs.writeFileSync(path, bytes);
      }
    });
  });
}

const blob = { type: 'file', executable: false, size: 1, sha256: digestOf('x') } as const;

/** Trees that no machine makes, each with a document that is right for its name. */
const strange: Readonly<Record<string, readonly TreeEntry[]>> = {
  'with a file below a link': [
    { path: 'a', type: 'link', target: '/tmp' },
    { ...blob, path: 'a/x' },
  ],
  'with a link below a link': [
    { path: 'a', type: 'link', target: '/tmp' },
    { path: 'a/x', type: 'link', target: 'y' },
  ],
  'with a file below a file': [
    { ...blob, path: 'a' },
    { ...blob, path: 'a/x' },
  ],
  'with a path twice': [
    { ...blob, path: 'a' },
    { path: 'a', type: 'link', target: '/tmp' },
  ],
  'that leaves its folder': [{ ...blob, path: '../a' }],
  'with an absolute path': [{ ...blob, path: '/tmp/a' }],
  'with a size that is none': [{ ...blob, path: 'a', size: -1 }],
};

for (const [name, entries] of Object.entries(strange)) {
  test(`a tree ${name} is refused, and nothing is written`, async () => {
    await inFolder(async (folder) => {
      const shared = sharedIn(folder);
      const reference = await putTree(shared, entries);
      const two = await shared.machine();
      const before = [...filesIn(folder).keys()];
      assert.is(failureOf(await two.fetch(reference)).reason, 'store-damaged');
      assert.equal([...filesIn(folder).keys()], before);
    });
  });
}

/** Puts a tree whose one chunk is `x`. */
async function putTree({ place }: Shared, entries: readonly TreeEntry[]): Promise<string> {
  const { digest, text } = makeManifest(entries);
  const document = `${canonicalJson([[blob.sha256, 1]])}\n${text}\n${canonicalJson({ derived: [], folders: [] })}`;
  await place.put(treeObject(digest), await encode(Buffer.from(document)), 'always');
  await place.put(
    `chunks/${blob.sha256.slice(0, 2)}/${blob.sha256}`,
    await encode(Buffer.from('x')),
    'always',
  );
  return digest;
}

test('derived files with other bytes do not come in, though no tree has their digest', async () => {
  await inFolder(async (folder) => {
    const shared = sharedIn(folder);
    const one = await shared.machine();
    const { key } = await recordTree(one, 'a', files);
    await one.settle();
    const [object = ''] = [...filesIn(shared.folder).keys()].filter((name) => name.startsWith('trees/'));
    const path = join(shared.folder, object);
    const whole = fs.readFileSync(path);
    const text = (whole[0] === 1 ? brotliDecompressSync(whole.subarray(1)) : whole.subarray(1)).toString();
    const other = text.replace(digestOf('pack of a'), digestOf('x')).replace('"size":9', '"size":1');
    assert.is.not(other, text);
    fs.writeFileSync(path, await encode(Buffer.from(other)));
    const two = await shared.machine();
    assert.is(await two.lookup(key), undefined);
    assert.match((await two.settle()).complaints.join('\n'), 'other derived files than its name says');
  });
});

test.run();
