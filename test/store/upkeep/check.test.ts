import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Digest, digestOf } from '../../../orchestrator/core/digest.ts';
import { corrupt } from '../../rig/corrupt.ts';
import { inStore, must, recordFiles, type TestStore } from '../fixture.ts';

function at(store: TestStore, tree: Digest, path: string): string {
  return join(store.treePath(tree), path);
}

test('a sound store passes', async () => {
  await inStore(async (store) => {
    await recordFiles(store, 1, { a: 'same', x: '*run', link: '->a' });
    await recordFiles(store, 2, { b: 'same' });
    assert.equal(must(await store.check()), { blobs: 2, trees: 2, results: 2, dropped: [] });
  });
});

test('a damaged blob goes with the trees and results that need it, and the next run makes them again', async () => {
  await inStore(async (store) => {
    const files = { a: 'shared content', own: 'own' };
    const first = await recordFiles(store, 1, files);
    const second = await recordFiles(store, 2, { b: 'shared content' });
    const third = await recordFiles(store, 3, { c: 'own' });
    corrupt(at(store, first.tree, 'a'));
    const { dropped } = must(await store.check());
    assert.equal(
      dropped.map(({ what, name, why }) => [what, name, why.replace(/tree [0-9a-f]+/, 'tree')]).sort(),
      [
        ['blob', digestOf('shared content'), 'has other bytes'],
        ['result', first.key, 'its tree is gone'],
        ['result', second.key, 'its tree is gone'],
        ['tree', first.tree, 'a has other bytes'],
        ['tree', second.tree, 'b has other bytes'],
      ].sort(),
    );
    assert.is(await store.lookup(first.key), undefined);
    assert.ok(await store.lookup(third.key));
    assert.equal(await recordFiles(store, 1, files), first);
    assert.equal(must(await store.check()).dropped, []);
    assert.is(fs.readFileSync(at(store, first.tree, 'a'), 'utf8'), 'shared content');
  });
});

const damages: readonly (readonly [string, (folder: string) => void])[] = [
  ['dir/f is missing', (folder) => fs.rmSync(join(folder, 'dir/f'))],
  ['extra does not belong to it', (folder) => fs.writeFileSync(join(folder, 'extra'), '')],
  ['link points elsewhere', (folder) => relink(join(folder, 'link'))],
  ['dir/f is no file', (folder) => replaceByLink(join(folder, 'dir/f'))],
  ['link is no symbolic link', (folder) => replaceByFile(join(folder, 'link'))],
  ['dir/f has other bytes', (folder) => replaceByFile(join(folder, 'dir/f'))],
  ['dir/f has other permissions', (folder) => fs.chmodSync(join(folder, 'dir/f'), 0o555)],
  ['pack has other bytes', (folder) => corrupt(join(folder, 'pack'))],
  ['its manifest is missing or has other bytes', (folder) => corrupt(join(folder, '../manifest.json'))],
  ['its list of derived files cannot be read', (folder) => corrupt(join(folder, '../derived.json'))],
  ['dir/f is missing', (folder) => fs.rmSync(folder, { recursive: true })],
];

function relink(path: string): void {
  fs.unlinkSync(path);
  fs.symlinkSync('elsewhere', path);
}

function replaceByLink(path: string): void {
  fs.unlinkSync(path);
  fs.symlinkSync('../other', path);
}

function replaceByFile(path: string): void {
  fs.unlinkSync(path);
  fs.writeFileSync(path, 'hello', { mode: 0o444 });
}

for (const [what, damage] of damages) {
  test(`recheck and check notice: ${what}`, async () => {
    await inStore(async (store) => {
      const make = async () => {
        const folder = must(await store.temporaryFolder());
        fs.mkdirSync(join(folder, 'dir'));
        fs.writeFileSync(join(folder, 'dir/f'), 'world');
        fs.writeFileSync(join(folder, 'pack'), 'packed');
        fs.symlinkSync('dir/f', join(folder, 'link'));
        return must(await store.addTree(folder, (path) => path === 'pack'));
      };
      const tree = await make();
      assert.equal(must(await store.recheck(tree, 'content')), []);
      damage(store.treePath(tree));
      assert.is(must(await store.recheck(tree, 'content'))[0], what);
      assert.not.ok(fs.existsSync(store.treePath(tree)), 'not dropped by recheck');
      assert.is(await make(), tree);
      assert.equal(must(await store.check()).dropped, []);
      damage(store.treePath(tree));
      assert.match(
        must(await store.check())
          .dropped.map((dropped) => `${dropped.what} ${dropped.why}`)
          .join(),
        `tree ${what}`,
      );
      assert.not.ok(fs.existsSync(store.treePath(tree)), 'not dropped by check');
    });
  });
}

test('a damaged file found by recheck leaves the pool too, so that it comes into no other tree', async () => {
  await inStore(async (store) => {
    const { key, tree } = await recordFiles(store, 1, { a: 'shared content' });
    corrupt(at(store, tree, 'a'));
    assert.equal(must(await store.recheck(tree, 'content')), ['a has other bytes']);
    assert.is(await store.lookup(key), undefined);
    const second = await recordFiles(store, 2, { b: 'shared content' });
    assert.is(fs.readFileSync(at(store, second.tree, 'b'), 'utf8'), 'shared content');
    assert.equal(must(await store.recheck(second.tree, 'content')), []);
  });
});

test('of trees that are looked at together, the one asked for first is known first, however large', async () => {
  await inStore(async (store) => {
    const names = Array.from({ length: 600 }, (_, at) => [`f${at}`, 'same'] as const);
    const large = await recordFiles(store, 1, Object.fromEntries(names));
    const small = await recordFiles(store, 2, { f: 'same' });
    const known: Digest[] = [];
    const look = async (tree: Digest): Promise<void> => {
      must(await store.recheck(tree, 'metadata'));
      known.push(tree);
    };
    await Promise.all([look(large.tree), look(small.tree)]);
    assert.equal(known, [large.tree, small.tree]);
  });
});

test('what does not belong into the store goes; a result that was torn too', async () => {
  await inStore(async (store, folder) => {
    const { key } = await recordFiles(store, 1, { a: 'a' });
    const result = join(store.root, 'results', key.slice(0, 2), `${key}.json`);
    fs.truncateSync(result, 20);
    fs.mkdirSync(join(folder, 'outside'));
    fs.writeFileSync(join(folder, 'outside/file'), '');
    fs.mkdirSync(join(store.root, 'blobs/ab'));
    fs.mkdirSync(join(store.root, 'trees/ab'));
    fs.symlinkSync(join(folder, 'outside'), join(store.root, 'blobs/ab', 'a'.repeat(64)));
    fs.symlinkSync(join(folder, 'outside'), join(store.root, 'trees/ab/odd'));
    fs.symlinkSync(join(folder, 'outside'), join(store.root, 'trees/ac'));
    assert.equal(
      must(await store.check()).dropped.map(({ what, name, why }) => `${what} ${name.slice(0, 4)}: ${why}`),
      [
        'file tree: does not belong here',
        'blob aaaa: is no file',
        'tree odd: does not belong here',
        `result ${key.slice(0, 4)}: is not as it was written`,
      ],
    );
    assert.equal(fs.readdirSync(join(folder, 'outside')), ['file']);
  });
});

/** Of Go's build cache: what was compiled, as go names it. */
function compiled(store: TestStore, content: string): string {
  const name = `${digestOf(content)}-d`;
  const folder = join(store.root, 'go-build', name.slice(0, 2));
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(join(folder, name), content);
  return join(folder, name);
}

test('what Go compiled is what it is named by, or goes', async () => {
  await inStore(async (store) => {
    const [sound, damaged] = [compiled(store, 'sound'), compiled(store, 'damaged')];
    const long = Date.now() / 1000 - 60;
    fs.writeFileSync(damaged, 'other', { flag: 'r+' });
    fs.utimesSync(damaged, long, long);
    const { dropped } = must(await store.check());
    assert.equal(dropped, [
      { what: 'file', name: `go-build/${digestOf('damaged')}-d`, why: 'has other bytes' },
    ]);
    assert.equal([fs.existsSync(sound), fs.existsSync(damaged)], [true, false]);
  });
});

test('what go is writing just now is left to it', async () => {
  await inStore(async (store) => {
    const file = compiled(store, 'all of it');
    fs.writeFileSync(file, 'all of');
    const checked = store.check();
    setTimeout(() => fs.writeFileSync(file, 'all of it'), 200);
    assert.equal(must(await checked).dropped, []);
  });
});

test('a file in the place of a folder that is made beside the store goes; a link to a folder stays', async () => {
  await inStore(async (store, folder) => {
    fs.writeFileSync(join(store.root, 'go-build'), '');
    fs.symlinkSync('nowhere', join(store.root, 'git'));
    fs.mkdirSync(join(folder, 'elsewhere'));
    fs.symlinkSync(join(folder, 'elsewhere'), join(store.root, 'inspect'));
    const { dropped } = must(await store.check());
    assert.equal(dropped.map(({ name }) => name).sort(), ['git', 'go-build']);
    assert.ok(fs.existsSync(join(store.root, 'inspect')));
    assert.equal(must(await store.check()).dropped, []);
  });
});

test('a folder in the place of a result goes, by the check and by the next that records one', async () => {
  await inStore(async (store) => {
    const { key } = await recordFiles(store, 1, { a: 'a' });
    const file = join(store.root, 'results', key.slice(0, 2), `${key}.json`);
    for (const mend of [() => store.check(), () => recordFiles(store, 1, { a: 'a' })]) {
      fs.rmSync(file, { recursive: true, force: true });
      fs.mkdirSync(file);
      fs.writeFileSync(join(file, 'x'), '');
      assert.is(await store.lookup(key), undefined);
      await mend();
      assert.not.ok(fs.existsSync(join(file, 'x')));
    }
    assert.ok(await store.lookup(key));
  });
});

test.run();
