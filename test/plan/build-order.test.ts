import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rankNodes } from '../../orchestrator/engine/rank.ts';
import { planRelease } from '../../orchestrator/plan/plan.ts';
import { secondsOf } from '../../orchestrator/task/kinds.ts';
import { committedLock, committedRecipes } from '../rig/committed-releases.ts';

/** Seconds of one processor from nothing, for linux/amd64, as `test/bench/workers.ts` measured them. */
const measured = {
  'containernetworking/plugins': 49,
  'coredns/coredns': 218,
  'etcd-io/etcd': 92,
  'kubernetes-csi/external-attacher': 161,
  'kubernetes-csi/external-provisioner': 190,
  'kubernetes-csi/external-resizer': 191,
  'kubernetes-csi/external-snapshotter': 220,
  'kubernetes-csi/livenessprobe': 75,
  'kubernetes-csi/node-driver-registrar': 69,
  'kubernetes-sigs/aws-iam-authenticator': 210,
  'kubernetes-sigs/metrics-server': 261,
  'kubernetes/cloud-provider-aws': 331,
  'kubernetes/release': 15,
};

test('what takes longest begins first, so that workers end at about the same time', () => {
  const { graph } = planRelease({
    ...{ lock: committedLock('v1-30-eks-5'), recipes: committedRecipes(), projects: Object.keys(measured) },
    ...{ isSelected: (platform) => platform === 'linux/amd64', userPatches: new Map() },
  });
  const ranks = rankNodes(graph, secondsOf);
  const first = (project: string) =>
    Math.min(
      ...[...graph.nodes.values()]
        .filter(({ projects }) => projects.length === 1 && projects[0] === project)
        .map(({ id }) => ranks.get(id) ?? Number.NaN),
    );
  const order = Object.entries(measured).sort(([a], [b]) => first(a) - first(b));
  assert.is(order[0]?.[0], 'kubernetes/cloud-provider-aws');
  const all = order.reduce((sum, [, seconds]) => sum + seconds, 0);
  for (const count of [2, 3, 4]) {
    const workers = Array<number>(count).fill(0);
    for (const [, seconds] of order) {
      const free = workers.indexOf(Math.min(...workers));
      workers[free] = (workers[free] ?? 0) + seconds;
    }
    const ratio = all / Math.max(...workers);
    assert.ok(ratio > 0.93 * count, `${count} workers are ${ratio.toFixed(2)} times as fast as one`);
  }
});

test.run();
