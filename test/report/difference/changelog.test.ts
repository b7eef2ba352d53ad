import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareReleases } from '../../../orchestrator/release/difference/compare-releases.ts';
import { changelogText } from '../../../orchestrator/report/difference/changelog.ts';
import { committedLock } from '../../rig/committed-releases.ts';

const side = (release: Parameters<typeof committedLock>[0]) => ({
  ...{ lock: committedLock(release), recipes: new Map(), ownPatches: new Map() },
});
const subject = {
  ...{ name: 'v1-30-acme-eks-2', of: 'v1-30-eks-39', commit: 'a'.repeat(40) },
  repository: 'https://github.com/aws/eks-distro.git',
};

test('headings as upstream has them, in its order, and ours after them; the same text for the same locks', () => {
  const write = () => changelogText(subject, compareReleases(side('v1-30-eks-5'), side('v1-30-eks-39')));
  const text = write();
  assert.equal(
    [...text.matchAll(/^#+ .*$/gm)].map(([line]) => line),
    [
      ...['# Changelog of `v1-30-acme-eks-2`', '## Changes', '### Patches', '### Projects', '### Base Image'],
      ...['### Go', '### Published files'],
    ],
  );
  assert.match(text, `[\`v1-30-eks-39\`](https://github.com/aws/eks-distro/tree/${'a'.repeat(40)})`);
  assert.match(text, '\n\n33 numbers lie between the two.\n\n');
  assert.is(write(), text);
  const back = changelogText(subject, compareReleases(side('v1-30-eks-39'), side('v1-30-eks-5')));
  assert.not.match(back, 'between the two');
});

test('nothing changed, and nothing to compare with', () => {
  const same = changelogText(subject, compareReleases(side('v1-30-eks-39'), side('v1-30-eks-39')));
  assert.match(same, '\n\nNo difference: it is one release.');
  assert.match(
    changelogText(subject, undefined),
    /\n\n## Changes\n\nNo release before it is known here\.\n$/,
  );
  const place = { ...subject, repository: '/somewhere/eks-distro', commit: undefined };
  assert.match(changelogText(place, undefined), 'Built from `v1-30-eks-39` of EKS Distro.');
});

test.run();
