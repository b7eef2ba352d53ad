import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planRelease } from '../../orchestrator/plan/plan.ts';
import { compareWithExpected } from '../../orchestrator/release/expected-site.ts';
import { committedLock, committedRecipes, committedReleases } from '../rig/committed-releases.ts';

const recipes = committedRecipes();
/** Every Dockerfile that is asked for is there. */
const dockerfiles = Object.assign(new Map<string, string>(), {
  get: () => 'FROM scratch\n',
  has: () => true,
});
const sums = ['.sha256', '.sha512'];

for (const release of committedReleases()) {
  test(`${release}: the files of the recipes are those that upstream's lists name`, () => {
    const lock = committedLock(release);
    const { files, unplannedFiles } = planRelease({
      ...{
        lock,
        recipes,
        projects: Object.keys(lock.projects),
        isSelected: () => true,
        userPatches: new Map(),
      },
      images: { isWanted: () => true, dockerfiles, bases: new Map(), compilers: new Map() },
      archives: { registry: { host: 'registry.example.com', prefix: 'eks' } },
    });
    // What lacks a base here is planned for all that; its place is the same.
    const paths = new Set([...files, ...unplannedFiles].map(({ path }) => path));
    for (const path of [...paths]) {
      if (!/ATTRIBUTION\.txt$|\.docker_(tag|image_name)$/.test(path))
        for (const sum of sums) paths.add(`${path}${sum}`);
      const folder = path.split('/').slice(0, 2).join('/');
      for (const list of ['SHA256SUM', 'SHA512SUM'])
        for (const sum of ['', ...sums]) paths.add(`${folder}/${list}${sum}`);
    }
    const { missing, unexpected, unlisted } = compareWithExpected(paths, lock);
    assert.equal([missing.map(({ path }) => path), unexpected, unlisted], [[], [], []]);
  });
}

test.run();
