import { createReadStream, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contentOf, openIntake, writeArchive } from '../../../orchestrator/task/base/archive.ts';
import type { RootEntries, RootEntry } from '../../../orchestrator/task/base/entry.ts';
import { fileEntry } from '../../../orchestrator/task/base/rules.ts';
import { type TarEntry, walkTar } from '../../../orchestrator/tool/tar/tar-stream.ts';

const plain = { mode: 0o755, uid: 0, gid: 0, mtime: 1_700_000_000, xattrs: {} };
const deep = `usr/share/${'a long name/'.repeat(12)}file`;
const capability = { 'security.capability': '0100000200200000000000000000000000000000' };

/** One of each kind, with all that is unusual about any. */
function entries(): RootEntries {
  return new Map<string, RootEntry>([
    ['usr/bin/second', { ...fileEntry(Buffer.from('both'), 0o4755, 9), inode: 1 }],
    ['usr/bin/first', { ...fileEntry(Buffer.from('both'), 0o4755, 9), inode: 1 }],
    [
      'usr/bin/pinger',
      { ...fileEntry(Buffer.alloc(513, 'p'), 0o755, 9), xattrs: capability, uid: 71, gid: 72 },
    ],
    ['usr', { ...plain, kind: 'folder' }],
    [deep, fileEntry(Buffer.from('deep'), 0o644, 9)],
    ['far', { ...plain, kind: 'symbolic-link', mode: 0o777, target: `/${deep}` }],
    ['null', { ...plain, kind: 'character-device', device: '1:3', uid: 5_000_000 }],
    ['näme', fileEntry(Buffer.alloc(0), 0o644, 9)],
  ]);
}

async function write(all: RootEntries): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), 'archive-')), 'layer.tar');
  await writeArchive(all, file);
  return file;
}

test('an archive says all that is known of each file, in the order of paths', async () => {
  const read: (TarEntry & { readonly text: string })[] = [];
  await walkTar(createReadStream(await write(entries())), async (entry, content) => {
    const pieces: Buffer[] = [];
    for await (const piece of content) pieces.push(piece);
    read.push({ ...entry, text: Buffer.concat(pieces).toString() });
  });
  assert.equal(
    read.map(({ path, kind }) => `${path} ${kind}`),
    [
      'far symbolic-link',
      'null character-device',
      'näme file',
      'usr/ folder',
      'usr/bin/first file',
      'usr/bin/pinger file',
      'usr/bin/second hard-link',
      `${deep} file`,
    ],
  );
  const of = (path: string) => read.find((each) => each.path === path);
  assert.is(of('usr/bin/second')?.target, 'usr/bin/first');
  assert.is(of('far')?.target, `/${deep}`);
  assert.equal([of('null')?.device, of('null')?.uid], ['1:3', 5_000_000]);
  const pinger = of('usr/bin/pinger');
  assert.equal([pinger?.uid, pinger?.gid, pinger?.xattrs], [71, 72, capability]);
  assert.equal([of('usr/bin/first')?.mode, of('usr/bin/first')?.mtime], [0o4755, 9]);
  assert.is(pinger?.text, 'p'.repeat(513));
});

test('the same entries in another order give the same bytes', async () => {
  const [one, two] = [await write(entries()), await write(new Map([...entries()].reverse()))];
  assert.ok(readFileSync(one).equals(readFileSync(two)));
});

test('what is taken in is what was written, and names of one file stay together', async () => {
  const intake = await openIntake(join(mkdtempSync(join(tmpdir(), 'intake-')), 'content'));
  await walkTar(createReadStream(await write(entries())), intake.onEntry);
  await intake.close();
  assert.equal([...intake.entries.keys()].sort(), [...entries().keys()].sort());
  for (const [path, entry] of entries()) {
    const taken = intake.entries.get(path);
    assert.ok(taken !== undefined, path);
    if (taken === undefined) continue;
    assert.ok((await contentOf(taken)).equals(await contentOf(entry)), path);
    const { content, inode, ...rest } = taken;
    const { content: _, inode: __, ...wanted } = entry;
    assert.equal(rest, wanted, path);
    assert.is(content?.sha256, entry.content?.sha256);
  }
  const [first, second] = ['first', 'second'].map((name) => intake.entries.get(`usr/bin/${name}`)?.inode);
  assert.ok(first !== undefined && first === second);
  assert.is(intake.entries.get('usr/bin/pinger')?.inode, undefined);
});

test('a later layer takes the place of an earlier one', async () => {
  const intake = await openIntake(join(mkdtempSync(join(tmpdir(), 'intake-')), 'content'));
  for (const text of ['old', 'newer']) {
    const archive = await write(new Map([['a', fileEntry(Buffer.from(text), 0o644, 1)]]));
    await walkTar(createReadStream(archive), intake.onEntry);
  }
  await intake.close();
  const entry = intake.entries.get('a');
  assert.is(entry && (await contentOf(entry)).toString(), 'newer');
});

test.run();
