import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import { reportOf, verdictsOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World }>('decoded');

test.before(async (context) => {
  context.world = await warmWorld();
});

/** What the cache holds of the lock. */
function lockEntry({ cache }: World): { readonly file: string; readonly text: string } {
  const entries = readdirSync(join(cache, 'decoded')).map((name) => {
    const file = join(cache, 'decoded', name);
    return { file, text: readFileSync(file, 'utf8') };
  });
  const found = entries.filter(({ text }) => text.includes(`"release":"${release}"`));
  assert.is(found.length, 1);
  const [entry = { file: '', text: '' }] = found;
  return entry;
}

test('a plan is the same, to the byte, whether lock and recipes were decoded or kept', async ({ world }) => {
  const kept = await world.run(['plan', release, '--json']);
  rmSync(join(world.cache, 'decoded'), { recursive: true });
  assert.equal(await world.run(['plan', release, '--json']), kept);
  assert.ok(lockEntry(world));
});

test('whoever can write the cache changes nothing of what is expected of files', async ({ world }) => {
  await world.run(['verify', release]);
  const before = verdictsOf(reportOf(world, release));
  const { file, text } = lockEntry(world);
  const json = text.slice(text.indexOf('\n') + 1);
  const forged = json.replaceAll(/"sha256":"[0-9a-f]/g, '"sha256":"0');
  assert.is.not(forged, json);
  const digest = createHash('sha256')
    .update(`${basename(file, '.json')}\n${forged}`)
    .digest('hex');
  writeFileSync(file, `${digest}\n${forged}`);
  assert.is((await world.run(['verify', release])).code, 0);
  assert.equal(verdictsOf(reportOf(world, release)), before);
  assert.is(lockEntry(world).text, text);
});

test('a lock that was edited is complained about however often it is read', async ({ world }) => {
  const file = join(world.root, 'releases', `${release}.lock.yaml`);
  const lock = readFileSync(file, 'utf8');
  writeFileSync(file, lock.replace(/^number: [0-9]+$/m, 'number: 77'));
  for (let time = 0; time < 2; time += 1) {
    const ran = await world.run(['plan', release]);
    assert.is(ran.code, 2);
    assert.match(ran.stderr, 'error: the lock was edited by hand');
  }
  writeFileSync(file, lock);
  assert.is((await world.run(['plan', release])).code, 0);
});

test.run();
