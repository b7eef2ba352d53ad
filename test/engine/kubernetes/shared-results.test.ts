import * as assert from 'uvu/assert';
import type { Digest } from '../../../orchestrator/core/digest.ts';
import { ok } from '../../../orchestrator/core/result.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import { suite } from '../../rig/suite.ts';
import { endsOf } from '../rig.ts';
import { type ClusterRig, newClusterRig } from './cluster-rig.ts';

const test = suite<{ rigs: ClusterRig[] }>('what pods bring to the store that they share');

test.before.each((context, defer) => {
  const rigs: ClusterRig[] = [];
  context.rigs = rigs;
  defer(() => Promise.all(rigs.map((rig) => rig.close())));
});

async function rigFor(rigs: ClusterRig[], ...given: Parameters<typeof newClusterRig>): Promise<ClusterRig> {
  const rig = await newClusterRig(...given);
  rigs.push(rig);
  return rig;
}

test('what a pod cannot bring to the shared store is told with why, and what it brought counts', async ({
  rigs,
}) => {
  const rig = await rigFor(rigs);
  const refusal = { reason: 'read-only', path: '/shared/tmp/x', help: 'Open it.' } as const;
  const [key] = (await rig.run('A2')).values();
  rig.store.results.clear();
  rig.unsent.set(key?.key as Digest, refusal);
  const outcomes = await rig.runThere('A1; A2; A3');
  assert.is(endsOf(outcomes), 'A1:ran A2:failed A3:ran');
  assert.equal(outcomes.get(asNodeId('A2'))?.end, { status: 'failed', failure: refusal });
});

const release = 'go; A1; A2 <- go A1; A3 <- A2';
const isReusable = ({ id }: { readonly id: string }) => id === 'go' || id === 'A1';

test('what is to be made again is, each once, and what is needed of another pod is not', async ({ rigs }) => {
  const rig = await rigFor(rigs, { fresh: 'one' });
  await rig.runThere(release);
  rig.ran.length = 0;
  const outcomes = await rig.runThere(release, { isReusable });
  assert.is(endsOf(outcomes), 'go:cached A1:cached A2:ran A3:ran');
  assert.equal(rig.ran, ['A2', 'A3']);
});

test('what comes out otherwise when it is made again is told, and nothing goes on with it', async ({
  rigs,
}) => {
  const rig = await rigFor(rigs, { fresh: 'one' });
  await rig.runThere(release);
  const { record } = rig.store;
  // As a shared store does.
  Object.assign(rig.store, {
    record: async (result: Parameters<typeof record>[0]) =>
      rig.store.results.has(result.key) ? ok(undefined) : record(result),
  });
  rig.deed = (node) => `another output of ${node.id}`;
  const outcomes = await rig.runThere(release, { isReusable });
  assert.is(endsOf(outcomes), 'go:cached A1:cached A2:failed A3:skipped');
  assert.match(JSON.stringify(outcomes.get(asNodeId('A2'))?.end), 'made again it is tree');
});

test.run();
