import * as assert from 'uvu/assert';
import type { UnsealedLock } from '../../orchestrator/config/lock/lock-file.ts';
import { type ReadAtTag, withKubernetes } from '../../orchestrator/release/kubernetes-pins.ts';
import { fileIn } from '../../orchestrator/release/upstream.ts';
import { suite } from '../rig/suite.ts';
import { fakeUpstream, lastTree } from '../rig/upstream.ts';

const test = suite('pins of Kubernetes');

const script = 'projects/kubernetes/kubernetes/build/lib/binaries.sh';

const bump = (to: string) => `diff --git a/.go-version b/.go-version
--- a/.go-version
+++ b/.go-version
@@ -1 +1 @@
-1.0.0
+${to}
`;

interface Given {
  readonly tag: string;
  readonly go?: string;
  readonly flavour?: 'official' | 'eks-go';
  readonly patches?: readonly string[];
  readonly lacking?: readonly string[];
  readonly script?: string;
  readonly readAtTag?: ReadAtTag;
}

type Pins = UnsealedLock['projects'][string];

async function pinsFor(given: Given): Promise<Pins> {
  const { tag, go = '1.22.3', patches = [], flavour = 'official' } = given;
  const paths = patches.map((_, index) => `patches/000${index + 1}.patch`);
  const files = Object.fromEntries(paths.map((path, index) => [path, patches[index] ?? '']));
  const text = given.script ?? 'export KUBE_GIT_VERSION_FILE=$4';
  const tree = lastTree(fakeUpstream([{ files: { ...files, [script]: text } }], given.lacking));
  const versions = paths.flatMap((path) => fileIn(tree, path) ?? []);
  const pins: Pins = {
    repository: 'https://git.example/kubernetes/kubernetes.git',
    tag,
    commit: 'unresolved',
    go: {
      version: go,
      flavour,
      build: 'x',
      read: 'ATTRIBUTION.txt:4',
      others: [{ version: '1.0.0', read: 'image' }],
    },
    patches: [],
  };
  const found = await withKubernetes(pins, versions, tree, '1-30', given.readAtTag);
  if (!found.ok) throw new Error(JSON.stringify(found.error));
  return found.value;
}

test("the checkout's Go is pinned, and what the builder's witnesses say is shown beside it", async () => {
  const { go, kubernetes } = await pinsFor({ tag: 'v1.30.1' });
  assert.equal([go?.version, go?.flavour, go?.build], ['1.22.2', 'official', undefined]);
  assert.equal(go?.others, [
    { version: '1.22.3', read: 'ATTRIBUTION.txt:4' },
    { version: '1.0.0', read: 'image' },
  ]);
  assert.equal(kubernetes?.go, {
    rule: 'checkout',
    state: 'known',
    builder: { version: '1.22.3', read: 'ATTRIBUTION.txt:4', build: 'x' },
  });
  assert.equal(kubernetes?.variants, ['all-names', 'go-of-builder', 'short-head-8']);
});

test('the last patch that writes .go-version counts, and one whose content is missing says nothing', async () => {
  const patches = [bump('1.23.6'), 'another', bump('1.23.10')];
  assert.is((await pinsFor({ tag: 'v1.28.15', patches })).go?.version, '1.23.10');
  const { go } = await pinsFor({ tag: 'v1.28.15', patches, lacking: [bump('1.23.10')] });
  assert.equal([go?.version, go?.read], ['1.23.6', '.go-version, as patches/0001.patch leaves it']);
});

test("where both are of one version, it was the builder's own", async () => {
  const { go, kubernetes } = await pinsFor({ tag: 'v1.24.15', go: '1.19.10', flavour: 'eks-go' });
  assert.equal([go?.flavour, go?.build, go?.read], ['eks-go', 'x', 'ATTRIBUTION.txt:4']);
  assert.is(kubernetes?.go.builder, undefined);
  assert.equal(kubernetes?.variants, ['go-official', 'path-unspaced', 'short-head-8']);
});

test("before its scripts read .go-version, the builder's Go counts, whatever a patch writes there", async () => {
  const { go, kubernetes } = await pinsFor({ tag: 'v1.23.17', go: '1.19.12', patches: [bump('1.20.10')] });
  assert.equal([go?.version, kubernetes?.go], ['1.19.12', { rule: 'builder', state: 'known' }]);
});

test('what is noted nowhere is read from the repository, where it is at hand', async () => {
  const asked: string[] = [];
  const readAtTag: ReadAtTag = async (repository, tag, path) => {
    asked.push(`${repository} ${tag} ${path}`);
    return '1.24.13\n';
  };
  const { go, kubernetes } = await pinsFor({ tag: 'v1.34.9', readAtTag });
  assert.equal([go?.version, go?.read, kubernetes?.go.state], ['1.24.13', '.go-version of v1.34.9', 'known']);
  assert.equal(asked, ['https://git.example/kubernetes/kubernetes.git v1.34.9 .go-version']);
  asked.length = 0;
  await pinsFor({ tag: 'v1.30.1', readAtTag });
  assert.equal(asked, [], 'a lock must not depend on what is at hand');
});

test('what nobody knows is unresolved, and the builder stands for it', async () => {
  for (const text of [undefined, 'latest']) {
    const { go, kubernetes } = await pinsFor({ tag: 'v1.34.9', readAtTag: async () => text });
    assert.equal([go?.version, kubernetes?.go.state], ['1.22.3', 'unresolved']);
  }
});

test('what is inferred depends on era, Go and rule', async () => {
  const variants = async (given: Given) => (await pinsFor(given)).kubernetes?.variants;
  const e4 = 'KUBE_GIT_VERSION=x\n./hack/update-vendor.sh';
  assert.equal(await variants({ tag: 'v1.20.11', go: '1.15.15', script: e4 }), [
    'all-names',
    'stamping-E3',
    'stamping-E6',
  ]);
  assert.equal(await variants({ tag: 'v1.27.6', go: '1.20.8' }), ['path-unspaced', 'short-head-8']);
  assert.equal(await variants({ tag: 'v1.29.3', go: '1.21.8' }), ['path-unspaced', 'short-head-8']);
  assert.equal(await variants({ tag: 'v1.29.4', go: '1.21.9' }), ['short-head-8']);
  assert.equal(await variants({ tag: 'v1.33.1', go: '1.24.2' }), [
    'all-names',
    'tags-of-minor',
    'tags-none',
    'short-head-8',
  ]);
  assert.equal(await variants({ tag: 'v1.23.17', go: '1.19.12' }), ['path-unspaced', 'short-head-8']);
});

test.run();
