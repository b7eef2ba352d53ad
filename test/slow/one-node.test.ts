import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { memoryRegistry } from '../oci/registry/memory-registry.ts';
import type { KubectlRan } from '../rig/api-server.ts';
import { type OneNode, portOf, startOneNode } from '../rig/one-node.ts';
import { putProbeImage } from '../rig/probe-image.ts';
import { suite } from '../rig/suite.ts';

/** That the cluster of these tests is one: what else is tested in it would show nothing. */
const test = suite<{ folder: string; node: OneNode; image: string }>(
  'a node of a cluster, with a real kubelet',
);

test.before(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'one-node-'));
  defer(() => rmSync(context.folder, { recursive: true }));
  defer(closeFakes);
  const images = await memoryRegistry();
  await putProbeImage(images, join(context.folder, 'probe'));
  context.node = await startOneNode({
    pause: async (registry) => {
      context.image = `${await registry(portOf(images.host))}/probe:1`;
      return context.image;
    },
  });
  defer(() => context.node.stop());
});

function fine({ code, stdout, stderr }: KubectlRan): string {
  assert.is(code, 0, `${stdout}${stderr}`);
  return stdout;
}

test('a pod runs in a network of pods, as nobody, and says what it has to say', async ({
  node,
  folder,
  image,
}) => {
  const file = join(folder, 'pod.json');
  const pod = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'says' } },
    spec: {
      ...{ restartPolicy: 'Never', automountServiceAccountToken: false },
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ name: 'probe', image, args: ['say', 'hello'] }],
    },
  };
  writeFileSync(file, JSON.stringify(pod));
  const { kubectl } = node.api;
  fine(await kubectl('apply', '-f', file));
  const phase = '--for=jsonpath={.status.phase}=Succeeded';
  fine(await kubectl('wait', phase, 'pod/says', '--timeout=60s'));
  assert.is(fine(await kubectl('logs', 'says')), 'hello\n');
  assert.match(fine(await kubectl('get', 'pod', 'says', '-o', 'jsonpath={.status.podIP}')), /^10\.244\./);
});

test.run();
