import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderDiagnostic } from '../../orchestrator/core/diagnostic.ts';
import { branded, isProjectName } from '../../orchestrator/core/names.ts';
import { readExpectedLists } from '../../orchestrator/release/expected-lists.ts';
import { fakeUpstream, lastTree } from '../rig/upstream.ts';

async function read(
  project: string,
  files: Readonly<Record<string, string>>,
  lacking: readonly string[] = [],
): Promise<unknown> {
  const tree = lastTree(fakeUpstream([{ files }], lacking));
  const context = { tree, branch: '1-21', number: 5 };
  const found = await readExpectedLists(branded(isProjectName, project), 'v3.4.16', context);
  if (found.ok) return found.value;
  return found.error.reason === 'configuration'
    ? found.error.diagnostics.map(renderDiagnostic).join('\n')
    : found.error.reason;
}

const etcd = 'projects/etcd-io/etcd';
const site = 'kubernetes-$RELEASE_BRANCH/releases/$RELEASE/artifacts';
const kubernetesTag = { 'projects/kubernetes/kubernetes/1-21/GIT_TAG': 'v1.21.5\n' };

test('the lists of now have paths below what is published', async () => {
  const lists = {
    [`${etcd}/expected_artifacts`]: 'SHA256SUM\netcd-linux-amd64-$GIT_TAG.tar.gz\n',
    [`${etcd}/expected_images`]: 'bin/linux/amd64/etcd.tar',
  };
  const wanted = {
    artifacts: {
      file: `${etcd}/expected_artifacts`,
      paths: ['SHA256SUM', 'etcd-linux-amd64-v3.4.16.tar.gz'],
    },
    images: { file: `${etcd}/expected_images`, paths: ['bin/linux/amd64/etcd.tar'] },
  };
  assert.equal(await read('etcd-io/etcd', lists), wanted);
  // Whatever else lies there is of another day.
  assert.equal(await read('etcd-io/etcd', { ...lists, [`${etcd}/expected_artifacts_etcd`]: '$X' }), wanted);
});

test('earlier ones are cut to the same: what went into the folder of Kubernetes were images', async () => {
  const found = await read('etcd-io/etcd', {
    ...kubernetesTag,
    [`${etcd}/expected_artifacts_etcd`]: `${site}/etcd/$GIT_TAG/etcd-linux-amd64-$GIT_TAG.tar.gz\n`,
    [`${etcd}/expected_artifacts_kubernetes`]: `${site}/kubernetes/$KUBERNETES_GIT_TAG/bin/linux/amd64/etcd.tar\n`,
  });
  assert.equal(found, {
    artifacts: { file: `${etcd}/expected_artifacts_etcd`, paths: ['etcd-linux-amd64-v3.4.16.tar.gz'] },
    images: { file: `${etcd}/expected_artifacts_kubernetes`, paths: ['bin/linux/amd64/etcd.tar'] },
  });
});

test("Kubernetes' own earlier list has its archives and its images", async () => {
  const own = 'projects/kubernetes/kubernetes';
  const found = await read('kubernetes/kubernetes', {
    ...kubernetesTag,
    [`${own}/expected_artifacts_kubernetes`]: `${site}/kubernetes/$GIT_TAG/SHA256SUM\n${site}/kubernetes/$GIT_TAG/bin/linux/amd64/pause.tar\n`,
  });
  assert.equal(found, {
    artifacts: {
      file: `${own}/expected_artifacts_kubernetes`,
      paths: ['SHA256SUM', 'bin/linux/amd64/pause.tar'],
    },
  });
});

test('a project without a list has none', async () => {
  assert.is(await read('etcd-io/etcd', { [`${etcd}/Makefile`]: '' }), undefined);
});

test('a malformed list is shown at its line in the commit, and one whose content is lost is out of reach', async () => {
  const list = { [`${etcd}/expected_images`]: 'a\n$RELEASE/b\n' };
  assert.match(
    String(await read('etcd-io/etcd', list)),
    /^[0-9a-f]{12}:projects\/etcd-io\/etcd\/expected_images:2:1: error: there is no placeholder \$RELEASE/,
  );
  assert.is(await read('etcd-io/etcd', list, ['a\n$RELEASE/b\n']), 'source-unavailable');
  const earlier = { [`${etcd}/expected_artifacts_etcd`]: `${site}/etcd/v9/x\n` };
  assert.match(
    String(await read('etcd-io/etcd', earlier)),
    'this line is outside kubernetes-1-21/releases/5/artifacts/etcd/v3.4.16/',
  );
});

test.run();
