import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LockedProject } from '../../../orchestrator/config/lock/lock.ts';
import type { KubernetesVariant, LockedKubernetes } from '../../../orchestrator/config/project/kubernetes.ts';
import { type ProjectBuild, projectSchema } from '../../../orchestrator/config/project/project.ts';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { asRelativePath } from '../../../orchestrator/core/relative-path.ts';
import { kubernetesVariants } from '../../../orchestrator/verdict/explain/kubernetes-variants.ts';

const builds: readonly ProjectBuild[] = projectSchema.parse({
  schema: '1',
  description: 'Kubernetes',
  builds: [
    {
      programs: [{ package: './cmd/kubelet' }],
      flags: ['-gcflags=all=-trimpath={directory} ', '-gcflags', ' -trimpath={checkout}', '-tags=selinux,'],
      stamps: {
        'k8s.io/client-go/pkg/version.gitVersion': '{tag}-eks-{head.short}',
        'k8s.io/component-base/version.gitVersion': '{tag}-eks-{head.short}',
        'k8s.io/client-go/pkg/version.buildDate': '{commit.date.utc}',
      },
    },
  ],
}).builds;

const patches = [
  { path: asRelativePath('patches/0001-net.patch'), sha256: asDigest('1'.repeat(64)), changes: ['net'] },
  { path: asRelativePath('patches/0002-test.patch'), sha256: asDigest('2'.repeat(64)) },
];
const goBuilds = {
  '1.22.3-3@abc': {
    version: '1.22.3',
    release: 3,
    repository: 'https://x.example/go',
    commit: 'a'.repeat(40),
    patches,
  },
};

function overrideOf(name: KubernetesVariant, given: Partial<LockedKubernetes> = {}) {
  const locked = {
    tag: 'v1.30.1',
    go: { version: '1.22.2', flavour: 'official', read: '.go-version', others: [] },
    checksums: { changed: '2021-10-19T21:22:40Z' },
    kubernetes: {
      era: '1.30-1.33',
      stamping: { rule: 'E6', read: 'a script:1' },
      go: {
        rule: 'checkout',
        state: 'known',
        builder: { version: '1.22.3', read: 'x', build: '1.22.3-3@abc' },
      },
      variants: [name],
      ...given,
    },
  } as unknown as LockedProject;
  return kubernetesVariants(locked, builds, { branch: '1-30', goBuilds }).map(({ override }) => override);
}

test("the builder's Go is tried with the patches that count", () => {
  assert.equal(overrideOf('go-of-builder'), [
    {
      go: {
        version: '1.22.3',
        patches: [
          {
            ...{ path: 'patches/0001-net.patch', sha256: '1'.repeat(64) },
            ...{ repository: 'https://x.example/go', commit: 'a'.repeat(40) },
          },
        ],
      },
    },
  ]);
  assert.equal(overrideOf('go-of-builder', { go: { rule: 'checkout', state: 'known' } }), []);
  assert.equal(overrideOf('go-official'), [{ go: { version: '1.22.2', patches: [] } }]);
});

test('all names get the value of their key', () => {
  const [override] = overrideOf('all-names');
  const stamps = override?.stamps ?? {};
  assert.is(Object.keys(stamps).length, 8);
  assert.is(stamps['k8s.io/kubernetes/vendor/k8s.io/component-base/version.buildDate'], '{commit.date.utc}');
});

test('spaces beside a path go, on either side, and nothing else', () => {
  assert.equal(overrideOf('path-unspaced'), [
    { flags: ['-gcflags=all=-trimpath={directory}', '-gcflags', '-trimpath={checkout}', '-tags=selinux,'] },
  ]);
});

test('an abbreviation is longer in the version only', () => {
  assert.equal(overrideOf('short-head-8'), [
    {
      stamps: {
        'k8s.io/client-go/pkg/version.gitVersion': '{tag}-eks-{head.short:8}',
        'k8s.io/component-base/version.gitVersion': '{tag}-eks-{head.short:8}',
      },
    },
  ]);
});

test('another rule changes all that it says otherwise', () => {
  assert.equal(overrideOf('stamping-E3'), [
    {
      stamps: {
        'k8s.io/client-go/pkg/version.gitVersion': '{tag}-eks-1-30',
        'k8s.io/component-base/version.gitVersion': '{tag}-eks-1-30',
        'k8s.io/client-go/pkg/version.buildDate': '2021-10-19T21:22:40Z',
      },
    },
  ]);
  assert.is(
    overrideOf('stamping-E4')[0]?.stamps?.['k8s.io/client-go/pkg/version.buildDate'],
    '{head.author.utc}',
  );
});

test('tags are left out of the checkout', () => {
  assert.equal(
    [...overrideOf('tags-of-minor'), ...overrideOf('tags-none')],
    [{ tags: 'minor' }, { tags: 'none' }],
  );
});

test.run();
