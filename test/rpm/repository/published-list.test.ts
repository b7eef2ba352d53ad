import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ok } from '../../../orchestrator/core/result.ts';
import {
  findPublishedList,
  type PublishedHistory,
} from '../../../orchestrator/rpm/repository/published-list.ts';

const lists = 'eks-distro-base-minimal-packages';
const minimal = 'eks-distro-minimal-base';

function history(files: Readonly<Record<string, string>>, commits: readonly string[]): PublishedHistory {
  return {
    commitsThatSet: async () => ok(commits),
    read: async (commit, path) => ok(files[`${commit}:${path}`]),
  };
}

const tags = (base: string, nonroot: string): string =>
  `al2:\n  ${minimal}: ${base}\n  ${minimal}-nonroot: ${nonroot}\nal2023:\n  ${minimal}: T.2023\n`;
const listText =
  'gpg-pubkey-c87f5b1a-593863f8\nlibstdc++-7.3.1-17.amzn2.x86_64\ntzdata-2024a-1.amzn2.0.1.noarch\n';

const files = {
  'c1:EKS_DISTRO_TAG_FILE.yaml': tags('T', 'null'),
  [`c1:${lists}/2/linux_amd64/base`]: 'setup-1-1.noarch\n',
  [`c1:${lists}/2/linux_arm64/base`]: 'setup-1-1.noarch\n',
  'c2:EKS_DISTRO_TAG_FILE.yaml': tags('T', 'T'),
  [`c2:${lists}/2/linux_amd64/base`]: listText,
  [`c2:${lists}/2/linux_arm64/base`]: 'libstdc++-7.3.1-18.amzn2.aarch64\n',
};

test('the commit is the first at which the image has the tag, and an image without a list has its parent’s', async () => {
  const found = await findPublishedList(
    'T',
    [`${minimal}-nonroot`, minimal],
    'al2',
    history(files, ['c1', 'c2']),
  );
  if (!found.ok) throw new Error(found.error.reason);
  assert.is(found.value.commit, 'c2');
  assert.equal(found.value.keys, ['c87f5b1a-593863f8']);
  const [amd, arm] = ['x86_64', 'aarch64'] as const;
  assert.equal(
    [...(found.value.packages.get(amd) ?? [])],
    [
      ['libstdc++', { version: '7.3.1', release: '17.amzn2' }],
      ['tzdata', { version: '2024a', release: '1.amzn2.0.1' }],
    ],
  );
  assert.equal(found.value.packages.get(arm)?.get('libstdc++'), { version: '7.3.1', release: '18.amzn2' });
  const other = await findPublishedList('T', [minimal], 'al2', history(files, ['c1', 'c2']));
  assert.is(other.ok && other.value.commit, 'c1');
});

test('before there was one file of tags, each image had its own, and lists no folder of a distribution', async () => {
  const old = {
    'c0:EKS_DISTRO_MINIMAL_BASE_TAG_FILE': 'T\n',
    [`c0:${lists}/linux_amd64/base`]: listText,
    [`c0:${lists}/linux_arm64/base`]: listText,
  };
  const found = await findPublishedList('T', [minimal], 'al2', history(old, ['c0']));
  assert.is(found.ok && found.value.commit, 'c0');
  assert.is((await findPublishedList('T', [minimal], 'al2023', history(old, ['c0']))).ok, false);
});

test('a tag of the other distribution, and an image that has no lists', async () => {
  const of2023 = await findPublishedList('T.2023', [minimal], 'al2', history(files, ['c1', 'c2']));
  assert.match(
    of2023.ok ? '' : (of2023.error as { message: string }).message,
    /never had the tag T\.2023 on al2/,
  );
  const standard = { 'c1:EKS_DISTRO_TAG_FILE.yaml': 'al2:\n  eks-distro-base: T\n' };
  const none = await findPublishedList('T', ['eks-distro-base'], 'al2', history(standard, ['c1']));
  assert.match(none.ok ? '' : (none.error as { message: string }).message, /is not recorded anywhere/);
});

test.run();
