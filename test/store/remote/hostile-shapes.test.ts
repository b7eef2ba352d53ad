import { brotliCompressSync, constants } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson, type Json } from '../../../orchestrator/core/canonical-json.ts';
import { digestOf, digestOfJson } from '../../../orchestrator/core/digest.ts';
import { makeManifest } from '../../../orchestrator/store/manifest.ts';
import { checkRemote } from '../../../orchestrator/store/remote/check.ts';
import { claimPlace } from '../../../orchestrator/store/remote/claim-place.ts';
import { encode } from '../../../orchestrator/store/remote/codec.ts';
import { putDocument, readDocument } from '../../../orchestrator/store/remote/documents.ts';
import { collectRemote } from '../../../orchestrator/store/remote/gc.ts';
import {
  chunkObject,
  documentObject,
  resultObject,
  treeObject,
} from '../../../orchestrator/store/remote/object-names.ts';
import { chunkNames } from '../../../orchestrator/store/remote/tree-document.ts';
import { resultKey } from '../../../orchestrator/store/result-key.ts';
import type { TreeEntry } from '../../../orchestrator/store/store.ts';
import { inFolder, must } from '../fixture.ts';
import { recordTree, type Shared, sharedIn } from './fixture.ts';

const key = resultKey('test', { name: 'a' });
const blob = { type: 'file', executable: false, size: 1, sha256: digestOf('x') } as const;
const sound = makeManifest([{ ...blob, path: 'f' }]).text;
const nothing = canonicalJson({ derived: [], folders: [] });

/** Puts a tree of one chunk, `x`, and a result that names it. */
async function putTree({ place }: Shared, manifest: string): Promise<string> {
  const tree = digestOf(manifest);
  const text = `${canonicalJson([[blob.sha256, 1]])}\n${manifest}\n${nothing}`;
  must(await claimPlace(place, true));
  must(await place.put(chunkObject(blob.sha256), await encode(Buffer.from('x')), 'always'));
  must(await place.put(treeObject(tree), await encode(Buffer.from(text)), 'always'));
  return tree;
}

async function putResult({ place }: Shared, reference: string, inner: string): Promise<void> {
  const text = canonicalJson({ reference, result: inner });
  must(await place.put(resultObject(key, undefined), await encode(Buffer.from(text)), 'always'));
}

function resultOf(tree: string, more: Readonly<Record<string, Json>> = {}): string {
  const named = { key, kind: 'test', title: 'test a', inputs: { name: 'a' }, tree };
  const value = { ...named, seconds: 1, commands: [], ...more };
  return canonicalJson({ digest: digestOfJson(value), result: value });
}

/** It counts as not there, is named, is made here, and is then there. */
async function countsAsMissing(shared: Shared, object: string): Promise<void> {
  const one = await shared.machine();
  assert.is(await one.lookup(key), undefined);
  const { tree } = await recordTree(one, 'a', { f: 'x' });
  const { complaints } = await one.settle();
  assert.is(complaints.length, 1, complaints.join('\n'));
  assert.match(complaints[0] ?? '', object);
  const two = await shared.machine({ mayWrite: false });
  assert.is((await two.lookup(key))?.tree, tree);
}

const command = { argv: ['go'], cwd: '/', env: {}, exitCode: 0, seconds: 1, isolation: 'none' };

/** Results that have the right key and a right digest. */
const results: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  'whose command is null': { commands: [null] },
  'whose command is a number': { commands: [5] },
  'whose command has no words': { commands: [{ ...command, argv: [] }] },
  'whose command has words that are none': { commands: [{ ...command, argv: [{}] }] },
  'whose command has an environment of numbers': { commands: [{ ...command, env: { A: 1 } }] },
  'whose command was kept from the network by nothing known': {
    commands: [{ ...command, isolation: 'magic' }],
  },
  'whose notes are none': { notes: [{}] },
  'that took less than no time': { seconds: -1 },
};
for (const [name, more] of Object.entries(results)) {
  test(`a result ${name} counts as not there`, async () => {
    await inFolder(async (folder) => {
      const shared = sharedIn(folder);
      const tree = await putTree(shared, sound);
      await putResult(shared, tree, resultOf(tree, { commands: [command] }));
      assert.ok(await (await shared.machine()).lookup(key), 'as it is otherwise, it counts');
      await putResult(shared, tree, resultOf(tree, more));
      await countsAsMissing(shared, resultObject(key, undefined));
    });
  });
}

const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const texts: Readonly<Record<string, string>> = {
  'lists that lie in one another': `{"digest":"x","result":{"key":"${key}","inputs":${deep}}}`,
  'a number that is too large': `{"digest":"x","result":{"key":"${key}","seconds":1e999}}`,
};
for (const [name, inner] of Object.entries(texts)) {
  test(`a result with ${name} counts as not there, and keeps nobody from upkeep`, async () => {
    await inFolder(async (folder) => {
      const shared = sharedIn(folder);
      const tree = await putTree(shared, sound);
      await putResult(shared, tree, inner);
      await countsAsMissing(shared, resultObject(key, undefined));
      await putResult(shared, tree, inner);
      assert.is(must(await checkRemote(shared.place, true)).damaged.length, 1);
      await putResult(shared, tree, inner);
      const options = { keepDays: 1, now: Date.now, random: Math.random };
      assert.is(must(await collectRemote(shared.place, options)).results, 1);
    });
  });
}

const link = { path: 'l', type: 'link' } as const;
const trees: Readonly<Record<string, readonly TreeEntry[]>> = {
  'a name that is too long': [{ ...blob, path: 'a'.repeat(256) }],
  'a path that is too long': [{ ...blob, path: `${'a/'.repeat(1600)}a` }],
  'a link that leads to NUL': [{ ...link, target: 'a\0b' }],
  'a link that leads to nothing': [{ ...link, target: '' }],
  'a link that leads too far': [{ ...link, target: 'a'.repeat(4096) }],
  'names of half characters': [
    { ...blob, path: '\ud800' },
    { ...blob, path: '\ud801' },
  ],
  'half a byte': [{ ...blob, path: 'f', size: 0.5 }],
};
for (const [name, entries] of Object.entries(trees)) {
  test(`a tree with ${name} counts as not there, and others are read all the same`, async () => {
    await inFolder(async (folder) => {
      const shared = sharedIn(folder);
      const tree = await putTree(shared, makeManifest([{ ...blob, path: 'f' }, ...entries]).text);
      await putResult(shared, tree, resultOf(tree));
      await countsAsMissing(shared, treeObject(tree));
    });
  });
}

const unfolded = (text: Buffer) =>
  Buffer.concat([
    Buffer.of(1),
    brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  ]);

const bombs: Readonly<Record<string, () => Buffer>> = {
  'line ends': () => Buffer.alloc(2 ** 28 - 1, '\n'),
  'a line without end': () => Buffer.alloc(2 ** 26 - 1, 'a'),
  'lists for chunks': () => Buffer.from(`[${'[],'.repeat(20_000_000)}[]]\n${sound}\n${nothing}`),
};
for (const [name, make] of Object.entries(bombs)) {
  test(`a tree's document of millions of ${name} costs neither memory nor time`, async () => {
    await inFolder(async (folder) => {
      const shared = sharedIn(folder);
      const tree = await putTree(shared, sound);
      await putResult(shared, tree, resultOf(tree));
      const bomb = unfolded(make());
      assert.ok(bomb.length < 2 ** 18);
      must(await shared.place.put(treeObject(tree), bomb, 'always'));
      const began = performance.now();
      const options = { keepDays: 1, now: Date.now, random: Math.random };
      must(await collectRemote(shared.place, options));
      await countsAsMissing(shared, treeObject(tree));
      assert.ok(performance.now() - began < 20_000);
    });
  });
}

test('chunks are read as they are written, and nothing else is', () => {
  const [one, two] = [digestOf('1'), digestOf('2')];
  assert.equal(chunkNames('[]'), []);
  assert.equal(chunkNames(`[["${one}",1]]`), [one]);
  assert.equal(chunkNames(`[["${one}",12],["${two}",3]]`), [one, two]);
  const others = ['', '[', ']', '[[]]', '{}', `["${one}",1]`, `[["${one}",0]]`, `[["${one}",-1]]`];
  const broken = [`[["${one}",1]`, `[["${one}",1],]`, `[["${one}",1]]]`, `[["${one}",1]["${two}",1]]`];
  for (const text of [...others, ...broken]) assert.is(chunkNames(text), undefined, text);
});

test('a document with other bytes is found by check, and replaced by who puts it', async () => {
  await inFolder(async (folder) => {
    const { place } = sharedIn(folder);
    const digest = must(await putDocument(place, 'words'));
    const poison = async () =>
      must(await place.put(documentObject(digest), await encode(Buffer.from('other')), 'always'));
    await poison();
    assert.is(must(await putDocument(place, 'words')), digest);
    assert.is(must(await readDocument(place, digest)), 'words');
    await poison();
    const { damaged } = must(await checkRemote(place, true));
    assert.equal(damaged, [{ name: documentObject(digest), why: 'has other bytes' }]);
    assert.equal(must(await checkRemote(place, true)).damaged, []);
  });
});

test.run();
