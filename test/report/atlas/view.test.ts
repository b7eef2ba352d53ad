import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareReleases } from '../../../orchestrator/release/difference/compare-releases.ts';
import { rangesOf } from '../../../orchestrator/report/atlas/order.ts';
import { changesOf } from '../../../orchestrator/report/atlas/view/change.ts';
import { committedLock, committedRecipes, committedReleases } from '../../rig/committed-releases.ts';

test('releases that follow one another are one range, and nothing between its ends is left out', () => {
  const name = (...numbers: readonly number[]) => numbers.map((number) => `v1-30-eks-${number}`);
  const names = [...name(1, 2, 3, 5, 9, 10), 'v1-31-eks-11', 'mine', 'mine-01', 'mine-02'];
  const ranges = rangesOf(names);
  assert.equal(
    ranges.map((range) => [range[0], range.length]),
    [
      ['v1-30-eks-1', 3],
      ['v1-30-eks-5', 1],
      ['v1-30-eks-9', 2],
      ['v1-31-eks-11', 1],
      ['mine', 1],
      ['mine-01', 1],
      ['mine-02', 1],
    ],
  );
  assert.equal(ranges.flat(), names);
  assert.equal(rangesOf([]), []);
});

const recipes = committedRecipes();
const sides = [...committedReleases()].map((release) => ({
  lock: committedLock(release),
  recipes,
  ownPatches: new Map(),
}));

test('in a few words is said what the locks themselves say: versions, patches, files', () => {
  let [steps, told] = [0, 0];
  for (const [at, before] of sides.entries()) {
    const after = sides[at + 1];
    if (after === undefined) continue;
    const changes = changesOf(compareReleases(before, after));
    const all = changes.map(({ what, how }) => `${what}: ${how.join('; ')}`).join('\n');
    for (const [project, { tag, patches, checksums }] of Object.entries(after.lock.projects)) {
      const was = before.lock.projects[project];
      if (was === undefined) assert.match(all, `${project}: new, ${tag}`);
      if (was === undefined || was.tag === tag) continue;
      steps += 1;
      const own = changes.find(({ what }) => what === project);
      assert.is(own?.how[0], `${was.tag} to ${tag}`);
      const fresh = patches.filter(({ sha256 }) => !was.patches.some((each) => each.sha256 === sha256));
      assert.ok((own?.patches?.length ?? 0) >= Math.min(1, fresh.length));
      if (checksums?.authority !== 'built' || was.checksums?.authority !== 'built') continue;
      const sums = new Map(was.checksums.files.map((file) => [`${file.platform} ${file.name}`, file.sha256]));
      const changed = checksums.files.filter(({ platform, name, sha256 }) => {
        const old = sums.get(`${platform} ${name}`);
        return old !== undefined && old !== sha256;
      }).length;
      if (changed === 0) continue;
      told += 1;
      assert.match(own?.how.join('; ') ?? '', changed === 1 ? '1 file changed' : `${changed} files changed`);
    }
    assert.equal(changesOf(compareReleases(after, after)), []);
  }
  assert.ok(steps > 20 && told > 20, `${steps} ${told}`);
});

test.run();
