import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { takeLease } from '../../../orchestrator/store/remote/lease.ts';
import { type Files, inFolder } from '../fixture.ts';
import { contentOf, recordTree, sharedIn } from './fixture.ts';

/** Nobody's; and a group that nobody else is in. */
const nobody = 65_534;

const files: Files = { 'bin/tool': '*program', 'docs/plain': 'plain' };

const day = 86_400_000;

/** Runs as nobody, to whom nothing is given. */
async function asNobody<T>(body: () => Promise<T>): Promise<T> {
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([nobody]);
  process.setegid?.(nobody);
  process.seteuid?.(nobody);
  try {
    return await body();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
  }
}

function everythingIn(folder: string): ReadonlyMap<string, fs.Stats> {
  const names = fs.readdirSync(folder, { recursive: true }).map(String);
  return new Map(names.map((name) => [name, fs.statSync(join(folder, name))]));
}

for (const [how, mode, group] of [
  ['to its group', 0o2770, nobody],
  ['to all', 0o777, 0],
] as const) {
  test(`users share a folder that is open ${how}, and what is made in it is as open`, async () => {
    await inFolder(async (folder) => {
      fs.chmodSync(folder, 0o777);
      const shared = sharedIn(folder);
      fs.chownSync(shared.folder, 0, group);
      fs.chmodSync(shared.folder, mode);
      const owner = await shared.machine();
      const first = await recordTree(owner, 'a', files);
      assert.equal((await owner.settle()).complaints, []);
      const second = await asNobody(async () => {
        const other = await shared.machine();
        // Folders for two digits of names are there of both then, or of either.
        for (let at = 0; at < 20; at++) await recordTree(other, `b${at}`, { ...files, at: `${at}` });
        const recorded = await recordTree(other, 'b', { ...files, more: 'more' });
        assert.is((await other.lookup(first.key))?.tree, first.tree);
        assert.equal((await other.settle()).complaints, []);
        assert.is(other.unsent(recorded.key), undefined);
        return { ...recorded, content: contentOf(other, recorded.tree) };
      });
      const reader = await shared.machine();
      assert.is((await reader.lookup(second.key))?.tree, second.tree);
      assert.equal(contentOf(reader, second.tree), second.content);
      for (const [name, facts] of everythingIn(shared.folder)) {
        const open = facts.isDirectory() ? mode : mode & 0o644;
        assert.is(facts.mode & 0o7777, open, name);
        if (mode === 0o2770) assert.is(facts.gid, group, name);
      }
    });
  });
}

test('who uses what another user brought long ago renews it', async () => {
  await inFolder(async (folder) => {
    fs.chmodSync(folder, 0o777);
    const shared = sharedIn(folder);
    fs.chmodSync(shared.folder, 0o777);
    const owner = await shared.machine();
    const { key, tree } = await recordTree(owner, 'a', files);
    await owner.settle();
    const old = (Date.now() - 2 * day) / 1000;
    for (const name of everythingIn(shared.folder).keys()) fs.utimesSync(join(shared.folder, name), old, old);
    await asNobody(async () => {
      const other = await shared.machine();
      assert.is((await other.lookup(key))?.tree, tree);
      assert.equal((await other.settle()).complaints, []);
    });
    const results = [...everythingIn(shared.folder)].filter(([name]) => /^results\/..\/./.test(name));
    assert.is(results.length, 1);
    assert.ok(results.every(([, { mtimeMs }]) => mtimeMs > Date.now() - day));
    assert.is((await (await shared.machine()).lookup(key))?.tree, tree);
  });
});

test('who may not write is told which folder refuses and what to do, before anything is made', async () => {
  await inFolder(async (folder) => {
    fs.chmodSync(folder, 0o777);
    const shared = sharedIn(folder);
    const owner = await shared.machine();
    await recordTree(owner, 'a', files);
    await owner.settle();
    await asNobody(async () => {
      const { refusal } = await takeLease(shared.place, { now: Date.now, random: Math.random });
      assert.is(refusal?.reason, 'read-only');
      assert.match(JSON.stringify(refusal), `"path":"${shared.folder}/`);
      assert.match(JSON.stringify(refusal), `All who share ${shared.folder} have to be let`);
      const other = await shared.machine();
      const { key } = await recordTree(other, 'b', { ...files, more: 'more' });
      const { complaints } = await other.settle();
      assert.match(complaints.join('\n'), `${shared.folder}/`);
      assert.is(other.unsent(key)?.reason, 'read-only');
    });
  });
});

test('a file that this user may not read is named, and counts as not there', async () => {
  await inFolder(async (folder) => {
    fs.chmodSync(folder, 0o777);
    const shared = sharedIn(folder);
    fs.chmodSync(shared.folder, 0o777);
    const owner = await shared.machine();
    const { key } = await recordTree(owner, 'a', files);
    await owner.settle();
    const [name = ''] = [...everythingIn(shared.folder).keys()].filter((each) =>
      /^results\/..\/./.test(each),
    );
    fs.chmodSync(join(shared.folder, name), 0o600);
    await asNobody(async () => {
      const other = await shared.machine();
      assert.is(await other.lookup(key), undefined);
      assert.match((await other.settle()).complaints.join('\n'), `${name} cannot be read (EACCES)`);
    });
  });
});

test.run();
