import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ruleIn, stampingIn } from '../../orchestrator/release/kubernetes-stamping.ts';
import { commitId, fakeUpstream, lastTree } from '../rig/upstream.ts';

const script = 'projects/kubernetes/kubernetes/build/lib/binaries.sh';
const own = 'projects/kubernetes/kubernetes/1-18';

/** Lines that tell the states of upstream's script from each other, in words of our own. */
const states = {
  E0: ['cd "$1"', 'hack/make-rules/build.sh cmd/kubelet'],
  E3: [
    'SOURCE_DATE_EPOCH=$(git log -n 1 --pretty=format:%ct $release_branch/patches)',
    'KUBE_GIT_VERSION=$tag-eks-$release_branch',
    './hack/update-vendor.sh',
    'hack/make-rules/build.sh -trimpath cmd/kubelet',
  ],
  E4: [
    'SOURCE_DATE_EPOCH=$(git -C $1 log -1 --format=%at)',
    'KUBE_GIT_VERSION=$tag-eks-$release_branch',
    './hack/update-vendor.sh',
  ],
  E5: [
    'SOURCE_DATE_EPOCH=$(git -C $1 log -1 --format=%at)',
    'KUBE_GIT_VERSION=$tag-eks-$release_branch',
    '# ./hack/update-vendor.sh',
  ],
  E6: ['export KUBE_GIT_VERSION_FILE=$4', '# ./hack/update-vendor.sh'],
} as const;

for (const [rule, lines] of Object.entries(states)) {
  test(`${rule} is told by what upstream's script says, and not by what is a comment in it`, () => {
    assert.is(ruleIn(lines.join('\n')).rule, rule);
  });
}

test('the line that tells it is named', async () => {
  const stamping = await stampingIn(
    lastTree(fakeUpstream([{ files: { [script]: states.E6.join('\n') } }])),
    '1-18',
  );
  assert.equal(stamping.ok && stamping.value, { rule: 'E6', read: `${script}:1` });
});

test('E3 takes the day of the last change of the patches, one that was removed as well, as of the commit that is read', async () => {
  const upstream = fakeUpstream([
    {
      files: {
        [script]: states.E3.join('\n'),
        [`${own}/patches/0001-a.patch`]: 'a',
        [`${own}/patches/0002-b.patch`]: 'b',
      },
    },
    { files: { [`${own}/patches/0002-b.patch`]: null } },
    { files: { 'README.md': 'more', 'projects/kubernetes/kubernetes/1-19/patches/0001-c.patch': 'c' } },
    { files: { [`${own}/patches/0001-a.patch`]: 'later' } },
  ]);
  const tree = { ...lastTree(upstream), place: 2 };
  const stamping = await stampingIn(tree, '1-18');
  assert.equal(stamping.ok && stamping.value?.patched, '2022-01-02T00:00:00Z');
});

test('a tree without the script has no rule, and one whose script is missing cannot be read', async () => {
  const none = await stampingIn(lastTree(fakeUpstream([{ files: { a: 'b' } }])), '1-18');
  assert.equal(none, { ok: true, value: undefined });
  const text = states.E6.join('\n');
  const lost = await stampingIn(lastTree(fakeUpstream([{ files: { [script]: text } }], [text])), '1-18');
  assert.ok(!lost.ok && lost.error.reason === 'source-unavailable');
  assert.match(lost.error.wanted, commitId(0));
});

test.run();
