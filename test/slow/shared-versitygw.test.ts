import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openStore } from '../../orchestrator/store/open-store.ts';
import { checkRemote } from '../../orchestrator/store/remote/check.ts';
import { claimPlace } from '../../orchestrator/store/remote/claim-place.ts';
import { collectRemote } from '../../orchestrator/store/remote/gc.ts';
import { sharedStore } from '../../orchestrator/store/remote/shared.ts';
import { filesIn } from '../rig/publish-world.ts';
import { clientOf, placeIn } from '../rig/shared-places.ts';
import { suite } from '../rig/suite.ts';
import { type Gateway, startGateway } from '../rig/versitygw.ts';
import { must, storeOptions } from '../store/fixture.ts';
import { contentOf, recordTree } from '../store/remote/fixture.ts';

/** What moto does not look at: sums, conditions, copies onto themselves. */
const test = suite<{ folder: string; gateway: Gateway }>('a shared store in S3 as versitygw has it');

test.before(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'shared-versitygw-'));
  defer(() => rmSync(context.folder, { recursive: true }));
  context.gateway = await startGateway(context.folder, defer);
  await clientOf(context.gateway.url).createBucket({ Bucket: 'builds' });
});

test('what one machine made another has; what is used is renewed; what is not goes', async ({
  folder,
  gateway,
}) => {
  const place = placeIn(gateway.url, 'builds');
  assert.is(must(await claimPlace(place, true)), 'there');
  const open = async (name: string) =>
    sharedStore(must(await openStore(join(folder, name), storeOptions())), place, {
      ...{ mayWrite: true, seal: undefined, now: Date.now, signal: new AbortController().signal },
    });
  const one = await open('one');
  const used = await recordTree(one, 'used', {
    large: randomBytes(9_000_000).toString('latin1'),
    small: 'a',
  });
  const idle = await recordTree(one, 'idle', {
    large: randomBytes(1_200_000).toString('latin1'),
    small: 'b',
  });
  assert.equal((await one.settle()).complaints, []);
  const objects = join(gateway.root, 'builds');
  const old = Date.now() / 1000 - 10 * 86_400;
  for (const name of filesIn(objects).keys()) utimesSync(join(objects, name), old, old);

  const two = await open('two');
  assert.is((await two.lookup(used.key))?.tree, used.tree);
  assert.equal(contentOf(two, used.tree), contentOf(one, used.tree));
  assert.equal((await two.settle()).complaints, []);
  const policy = { keepDays: 5, now: Date.now, random: Math.random };
  const first = must(await collectRemote(place, policy));
  assert.equal([first.results, first.waiting], [1, 1]);
  const list = [...filesIn(objects).keys()].filter((name) => name.includes('/swept/'));
  assert.is(list.length, 1);
  for (const name of list) utimesSync(join(objects, name), old, old);
  assert.is(must(await collectRemote(place, policy)).trees, 1);
  assert.equal(must(await checkRemote(place, false)).damaged, []);
  const three = await open('three');
  assert.is((await three.lookup(used.key))?.tree, used.tree);
  assert.is(await three.lookup(idle.key), undefined);
});

test('an object that was there first stays, whole or in parts', async ({ gateway }) => {
  const place = placeIn(gateway.url, 'builds');
  assert.equal(must(await place.put('chunks/first', Buffer.from('one'), 'absent')), 'written');
  assert.equal(must(await place.put('chunks/first', Buffer.from('two'), 'absent')), 'there');
  assert.equal(must(await place.facts('chunks/first'))?.size, 3);
  assert.equal(must(await place.put('chunks/first', Buffer.from('four'), 'always')), 'written');
  assert.equal(must(await place.facts('chunks/first'))?.size, 4);
  assert.is(must(await place.facts('chunks/none')), undefined);
  must(await place.renew('chunks/none'));
  must(await place.remove(['chunks/first', 'chunks/none']));
  assert.is(must(await place.facts('chunks/first')), undefined);
});

test.run();
