import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Digest, digestOf } from '../../orchestrator/core/digest.ts';
import { openStore } from '../../orchestrator/store/open-store.ts';
import { addFiles, failureOf, inStore, must, recordFiles, storeOptions, writeFiles } from './fixture.ts';

const aSha = digestOf('a');

test('a tree is the SHA-256 of its manifest: paths in code-unit order, and nothing of times, owners or places', async () => {
  await inStore(async (store) => {
    const tree = await addFiles(store, { 'b/é x': 'a', 'B/run': '*a', 'b.go': '->B/run' });
    const manifest =
      `[{"executable":true,"path":"B/run","sha256":"${aSha}","size":1,"type":"file"},` +
      `{"path":"b.go","target":"B/run","type":"link"},` +
      `{"executable":false,"path":"b/é x","sha256":"${aSha}","size":1,"type":"file"}]`;
    assert.is(tree, digestOf(manifest));
    assert.equal(must(await store.entries(tree)), JSON.parse(manifest));
  });
});

test('the folder is taken over: permissions and times are made the same, the contents kept', async () => {
  await inStore(async (store) => {
    const folder = must(await store.temporaryFolder());
    writeFiles(folder, { 'd/file': 'text', 'd/run': '*text', 'd/link': '->nowhere' });
    fs.chmodSync(join(folder, 'd/file'), 0o666);
    fs.chmodSync(join(folder, 'd/run'), 0o4700);
    fs.chmodSync(join(folder, 'd'), 0o555);
    const tree = must(await store.addTree(folder));
    assert.not.ok(fs.existsSync(folder));
    const at = (path: string) => fs.lstatSync(join(store.treePath(tree), path));
    assert.is(at('d/file').mode & 0o7777, 0o444);
    assert.is(at('d/run').mode & 0o7777, 0o555);
    assert.is(at('d').mode & 0o7777, 0o755);
    assert.equal(
      [at('d'), at('d/file'), at('d/link')].map((found) => found.mtime.toISOString().slice(0, 10)),
      ['1980-01-01', '1980-01-01', '1980-01-01'],
    );
    assert.is(fs.readlinkSync(join(store.treePath(tree), 'd/link')), 'nowhere');
    assert.is(fs.readFileSync(join(store.treePath(tree), 'd/run'), 'utf8'), 'text');
  });
});

test('links are recorded, not followed: what they point at stays as it is', async () => {
  await inStore(async (store, folder) => {
    fs.mkdirSync(join(folder, 'outside'));
    fs.writeFileSync(join(folder, 'outside/mine'), 'mine', { mode: 0o640 });
    const tree = await addFiles(store, { out: `->${join(folder, 'outside')}` });
    assert.equal(must(await store.entries(tree)), [
      { path: 'out', type: 'link', target: join(folder, 'outside') },
    ]);
    assert.is(fs.statSync(join(folder, 'outside/mine')).mode & 0o777, 0o640);
  });
});

test('a file that another name can change is copied first', async () => {
  await inStore(async (store, folder) => {
    fs.writeFileSync(join(folder, 'elsewhere'), 'one', { mode: 0o644 });
    const output = must(await store.temporaryFolder());
    fs.linkSync(join(folder, 'elsewhere'), join(output, 'file'));
    const tree = must(await store.addTree(output));
    fs.writeFileSync(join(folder, 'elsewhere'), 'two');
    assert.is(fs.readFileSync(join(store.treePath(tree), 'file'), 'utf8'), 'one');
    assert.is(fs.statSync(join(folder, 'elsewhere')).mode & 0o777, 0o644);
  });
});

test('trees share files, once they are on the disk; an executable one is another file', async () => {
  await inStore(async (store) => {
    const first = await recordFiles(store, 1, { a: 'same', twin: 'same', x: '*same' });
    const second = await recordFiles(store, 2, { b: 'same', y: '*same', own: 'own' });
    const inode = (tree: Digest, path: string) => fs.statSync(join(store.treePath(tree), path)).ino;
    assert.is(inode(first.tree, 'a'), inode(first.tree, 'twin'));
    assert.is(inode(first.tree, 'a'), inode(second.tree, 'b'));
    assert.is(inode(first.tree, 'x'), inode(second.tree, 'y'));
    assert.is.not(inode(first.tree, 'a'), inode(first.tree, 'x'));
    assert.is(must(await store.size()).blobs, 4 + 4 + 3);
  });
});

test('a blob that was cut short is not linked but replaced', async () => {
  await inStore(async (store) => {
    await recordFiles(store, 1, { a: 'whole' });
    const blob = join(store.root, 'blobs', digestOf('whole').slice(0, 2), digestOf('whole'));
    fs.chmodSync(blob, 0o644);
    fs.truncateSync(blob, 2);
    fs.chmodSync(blob, 0o444);
    const { tree } = await recordFiles(store, 2, { b: 'whole' });
    assert.is(fs.readFileSync(join(store.treePath(tree), 'b'), 'utf8'), 'whole');
    assert.is(fs.readFileSync(blob, 'utf8'), 'whole');
  });
});

test('derived files are kept, and are no part of the digest', async () => {
  await inStore(async (store) => {
    const isDerived = (path: string) => path.startsWith('.git/pack');
    const first = await addFiles(store, { '.git/HEAD': 'x', '.git/pack/1': 'one', f: 'f' }, isDerived);
    const second = await addFiles(store, { '.git/HEAD': 'x', '.git/pack/2': 'two', f: 'f' }, isDerived);
    assert.is(first, second);
    assert.equal(
      must(await store.entries(first)).map((entry) => entry.path),
      ['.git/HEAD', 'f'],
    );
    assert.is(fs.readFileSync(join(store.treePath(first), '.git/pack/1'), 'utf8'), 'one');
  });
});

test('names and things that do not travel are refused, with where they stand', async () => {
  await inStore(async (store) => {
    const refused = async (make: (folder: string) => void) => {
      const folder = must(await store.temporaryFolder());
      make(folder);
      const { reason, path, detail } = failureOf(await store.addTree(folder)) as {
        reason: string;
        path: string;
        detail: string;
      };
      return `${reason}: ${path} ${detail}`;
    };
    assert.is(
      await refused((folder) => writeFiles(folder, { 'a/b\\c': '' })),
      'unsafe-path: a/b\\c holds a backslash',
    );
    assert.is(
      await refused((folder) => execFileSync('mkfifo', [join(folder, 'pipe')])),
      'unsafe-path: pipe is neither a file nor a folder nor a symbolic link',
    );
    assert.is(
      await refused((folder) => fs.writeFileSync(Buffer.from(`${folder}/\xff`, 'latin1'), '')),
      'unsafe-path: \uFFFD is not UTF-8',
    );
    assert.equal(fs.readdirSync(join(store.root, 'tmp')), []);
    assert.is(must(await store.size()).trees, 0);
  });
});

test('the same tree twice is one; a tree that was never made durable must prove itself first', async () => {
  await inStore(async (store) => {
    const tree = await addFiles(store, { f: 'content' });
    const torn = join(store.treePath(tree), 'f');
    fs.chmodSync(torn, 0o644);
    fs.writeFileSync(torn, '\0\0\0\0\0\0\0');
    fs.chmodSync(torn, 0o444);
    assert.is(await addFiles(store, { f: 'content' }), tree);
    assert.is(fs.readFileSync(torn, 'utf8'), 'content');
    const { ino } = fs.statSync(torn);
    assert.is(await addFiles(store, { f: 'content' }), tree);
    assert.is(fs.statSync(torn).ino, ino);
    assert.equal(fs.readdirSync(join(store.root, 'tmp')), []);
  });
});

test('a link in the place of a tree or a shard is not followed', async () => {
  await inStore(async (store, folder) => {
    const tree = await addFiles(store, { f: 'content' });
    const place = join(store.treePath(tree), '..');
    fs.renameSync(place, join(folder, 'elsewhere'));
    fs.symlinkSync(join(folder, 'elsewhere'), place);
    assert.is(await addFiles(store, { f: 'content' }), tree);
    assert.ok(fs.lstatSync(place).isDirectory());
  });
  await inStore(async (store, folder) => {
    const tree = await addFiles(store, { f: 'content' });
    await store.close();
    const shard = join(store.treePath(tree), '../..');
    fs.mkdirSync(join(folder, 'elsewhere'));
    fs.rmSync(shard, { recursive: true });
    fs.symlinkSync(join(folder, 'elsewhere'), shard);
    const later = must(await openStore(store.root, storeOptions()));
    const output = must(await later.temporaryFolder());
    writeFiles(output, { f: 'content' });
    assert.match(JSON.stringify(failureOf(await later.addTree(output))), /store-damaged.*is a symbolic link/);
    assert.equal(fs.readdirSync(join(folder, 'elsewhere')), []);
    await later.close();
  });
});

test.run();
