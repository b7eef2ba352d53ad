import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { claimPlace } from '../../../orchestrator/store/remote/claim-place.ts';
import { putDocument, readDocument } from '../../../orchestrator/store/remote/documents.ts';
import { collectRemote } from '../../../orchestrator/store/remote/gc.ts';
import { documentObject, kinds } from '../../../orchestrator/store/remote/object-names.ts';
import { filesIn } from '../../rig/publish-world.ts';
import { type Files, failureOf, inFolder, must } from '../fixture.ts';
import { recordTree, type Shared, sharedIn } from './fixture.ts';

const files: Files = { tool: '*program' };

/** What whoever may write into the folder can put in an object's place. */
const others: Readonly<Record<string, (path: string) => unknown>> = {
  'a pipe': (path) => execFileSync('mkfifo', [path]),
  'an empty folder': (path) => fs.mkdirSync(path),
  'a folder': (path) => fs.mkdirSync(join(path, 'more'), { recursive: true }),
  'a link': (path) => fs.symlinkSync('/etc/passwd', path),
  'a link that leads nowhere': (path) => fs.symlinkSync('/nowhere', path),
};

for (const [what, make] of Object.entries(others)) {
  test(`${what} in the place of an object is named once, and a file takes its place`, async () => {
    await inFolder(async (folder) => {
      const shared = sharedIn(folder);
      const one = await shared.machine();
      const { key, tree } = await recordTree(one, 'a', files);
      await one.settle();
      for (const object of filesIn(shared.folder).keys()) {
        const path = join(shared.folder, object);
        fs.rmSync(path);
        make(path);
        const two = await shared.machine();
        assert.is(await two.lookup(key), undefined, object);
        await recordTree(two, 'a', files);
        const { complaints } = await two.settle();
        assert.match(complaints.join('\n'), new RegExp(`^In the shared store, ${object} is a .*[^\\n]*$`));
        assert.is(two.unsent(key), undefined);
        const three = await shared.machine({ mayWrite: false });
        assert.is((await three.lookup(key))?.tree, tree, `${object} was not mended`);
      }
      assert.is(fs.readFileSync('/etc/passwd', 'utf8').includes('root'), true);
    });
  });
}

test('a document in whose place a link stands is written as a file', async () => {
  await inFolder(async (folder) => {
    const { folder: root, place } = sharedIn(folder);
    const path = join(root, documentObject(digestOf('words')));
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.symlinkSync('/etc/passwd', path);
    assert.is(must(await readDocument(place, must(await putDocument(place, 'words')))), 'words');
    assert.ok(fs.lstatSync(path).isFile());
  });
});

test('a pipe in the place of the version ends in a complaint', async () => {
  await inFolder(async (folder) => {
    const { folder: root, place } = sharedIn(folder);
    must(await claimPlace(place, true));
    fs.rmSync(join(root, 'version'));
    execFileSync('mkfifo', [join(root, 'version')]);
    assert.is(failureOf(await claimPlace(place, true)).reason, 'store-damaged');
  });
});

const gc = ({ place }: Shared) => collectRemote(place, { keepDays: 1, now: Date.now, random: Math.random });

for (const kind of ['tmp', ...Object.values(kinds).map((each) => each.slice(0, -1))]) {
  test(`where ${kind} is a link, nothing is done where it leads`, async () => {
    await inFolder(async (folder) => {
      const shared = sharedIn(folder);
      fs.chmodSync(shared.folder, 0o777);
      const elsewhere = join(folder, 'elsewhere');
      fs.mkdirSync(join(elsewhere, 'own'), { recursive: true, mode: 0o700 });
      const long = new Date(Date.now() - 90 * 86_400_000);
      for (const name of ['note', 'own/key']) {
        fs.writeFileSync(join(elsewhere, name), 'mine');
        fs.utimesSync(join(elsewhere, name), long, long);
      }
      fs.symlinkSync(elsewhere, join(shared.folder, kind));
      const one = await shared.machine();
      await recordTree(one, 'a', files);
      const { complaints } = await one.settle();
      const failure = failureOf(await gc(shared));
      assert.is(failure.reason, 'store-damaged');
      if (['results', 'trees', 'chunks', 'tmp'].includes(kind))
        assert.match(complaints[0] ?? '', `${join(shared.folder, kind)}: is a symbolic link`);
      assert.equal([...filesIn(elsewhere).keys()].sort(), ['note', 'own/key']);
      assert.is(fs.statSync(elsewhere).mode & 0o777, 0o700);
    });
  });
}

test('folders deeper than anything that is written there keep nobody from gc', async () => {
  await inFolder(async (folder) => {
    const shared = sharedIn(folder);
    const one = await shared.machine();
    await recordTree(one, 'a', files);
    await one.settle();
    const name = 'a'.repeat(200);
    const ways = ['results', 'tmp'].map((way) => join(shared.folder, way, name));
    for (const way of ways) {
      fs.mkdirSync(way);
      // By steps: no call takes the whole path.
      const deeper = "for (let at = 0; at < 30; at++, process.chdir('d')) require('node:fs').mkdirSync('d');";
      execFileSync(process.execPath, ['-e', deeper.replaceAll("'d'", JSON.stringify(name))], { cwd: way });
      fs.utimesSync(way, 0, 0);
    }
    const gone = await gc(shared);
    execFileSync('rm', ['-rf', ...ways]);
    assert.is(must(gone).results, 0);
  });
});

test.run();
