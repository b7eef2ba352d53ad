import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareReleases } from '../../../orchestrator/release/difference/compare-releases.ts';
import { committedLock, committedRecipes, committedReleases } from '../../rig/committed-releases.ts';
import { turned } from '../../rig/compared.ts';

const numbers = (release: string) => (release.match(/[0-9]+/g) ?? []).map(Number);
const releases = [...committedReleases()].sort((a, b) => {
  const [x, y] = [numbers(a), numbers(b)];
  return (x[1] ?? 0) - (y[1] ?? 0) || (x[2] ?? 0) - (y[2] ?? 0);
});
const recipes = committedRecipes();
const sides = releases.map((release) => ({ lock: committedLock(release), recipes, ownPatches: new Map() }));

for (const [index, side] of sides.entries()) {
  const { release } = side.lock;
  test(`${release} and itself: no difference`, () => {
    const { differs, files, order } = compareReleases(side, side);
    assert.equal([differs, order, files.changed, files.unknown], [false, 'same', 0, 0]);
  });
  const next = sides[index + 1];
  if (next === undefined) continue;
  test(`${release} to ${next.lock.release} and back`, () => {
    const there = compareReleases(side, next);
    assert.equal([there.differs, there.order], [true, 'later']);
    assert.equal(compareReleases(next, side), turned(there));
    assert.equal(JSON.parse(JSON.stringify(there)), there, 'JSON says all of it');
  });
}

test('there are releases of one branch, and of many', () => {
  assert.ok(releases.length >= 20);
  assert.ok(releases.some((release, at) => numbers(release)[1] === numbers(releases[at + 1] ?? '')[1]));
});

test.run();
