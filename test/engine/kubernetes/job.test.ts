import type { V1Job, V1Pod } from '@kubernetes/client-node';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { attemptOf, jobOf, type PodOptions } from '../../../orchestrator/engine/kubernetes/job.ts';
import { stateOf } from '../../../orchestrator/engine/kubernetes/job-state.ts';
import { readPodLine } from '../../../orchestrator/engine/kubernetes/pod-lines.ts';
import { leastRole } from '../../../orchestrator/engine/kubernetes/role.ts';

const document = asDigest('a'.repeat(64));
const options: PodOptions = {
  ...{
    image: 'registry.example.com/eksd-rebuild:1',
    platform: 'linux/arm64',
    isolation: 'namespace',
    longest: 60,
  },
  ...{
    requests: { cpu: '2', memory: '4Gi' },
    words: ['--store', 's3://bucket/p'],
    serviceAccount: 'builder',
  },
  nodeSelector: { pool: 'builds' },
  volumes: [{ at: '/shared', claim: 'efs' }],
};
const made = jobOf(document, 1, 'etcd-io/etcd', 'allowed', options);

test('a pod is nobody on its node: no root, no token, no capability, nothing to write but its own folders', () => {
  const spec = made.spec?.template.spec;
  assert.is(spec?.automountServiceAccountToken, false);
  assert.is(spec?.securityContext?.runAsNonRoot, true);
  assert.equal(spec?.containers[0]?.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  assert.is(spec?.securityContext?.seccompProfile?.type, 'Unconfined');
  const strict = jobOf(document, 1, 'x', 'none', { ...options, isolation: 'policy' });
  assert.is(strict.spec?.template.spec?.securityContext?.seccompProfile?.type, 'RuntimeDefault');
  const apart = jobOf(document, 1, 'x', 'none', { ...options, isolation: 'users' }).spec?.template.spec;
  assert.is(apart?.hostUsers, false);
  // An API server takes it of no other pod.
  assert.is(apart?.containers[0]?.securityContext?.procMount, 'Unmasked');
  assert.equal(spec?.nodeSelector, {
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'arm64',
    pool: 'builds',
  });
  assert.equal(spec?.containers[0]?.args, ['worker', document, '--store', 's3://bucket/p']);
  assert.is(made.spec?.backoffLimit, 0, 'another try is for this program to begin');
});

test('a Job says which document it does, and which try it is', () => {
  assert.is(attemptOf(made, document), 1);
  assert.is(attemptOf(jobOf(document, 12, 'x', 'none', options), document), 12);
  assert.is(attemptOf(made, asDigest('b'.repeat(64))), undefined);
  const [, ...others] = JSON.stringify(
    leastRole({ namespace: 'x', isolation: 'policy', storeAddresses: [] }),
  ).split('"egress":');
  assert.match(others.join(), /^\[\]/, 'a store in a volume takes no network');
});

const job: V1Job = { metadata: { name: 'job', uid: 'uid' } };
const podOf = (status: V1Pod['status']): V1Pod => ({
  metadata: {
    name: 'pod',
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'job', uid: 'uid' }],
  },
  ...(status === undefined ? {} : { status }),
});
const containerIn = (state: object) => [
  { name: 'worker', image: '', imageID: '', ready: false, restartCount: 0, state },
];
const terminated = (exitCode: number, reason = 'Error') => containerIn({ terminated: { exitCode, reason } });
const target = [{ type: 'DisruptionTarget', status: 'True', message: 'Preempted in favor of x' }];

/** What a pod's status comes to, in short: whether another try may help is whether there is no help. */
const cases: readonly (readonly [string, V1Pod['status'], string])[] = [
  ['nothing yet', { phase: 'Pending' }, 'waiting: its container is made'],
  [
    'no room',
    { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes' }] },
    'waiting: 0/3 nodes',
  ],
  [
    'no image',
    {
      phase: 'Pending',
      containerStatuses: containerIn({ waiting: { reason: 'ErrImagePull', message: 'x' } }),
    },
    'waiting: ErrImagePull: x soon',
  ],
  [
    'no such name',
    { phase: 'Pending', containerStatuses: containerIn({ waiting: { reason: 'InvalidImageName' } }) },
    'waiting: InvalidImageName at-once',
  ],
  ['at work', { phase: 'Running' }, 'running'],
  ['done', { phase: 'Succeeded', containerStatuses: terminated(0, 'Completed') }, 'ended: 0'],
  ['its own failure', { phase: 'Failed', containerStatuses: terminated(4) }, 'ended: 4'],
  ['killed', { phase: 'Failed', containerStatuses: terminated(137) }, 'lost: its worker was ended (137)'],
  [
    'too much memory',
    { phase: 'Failed', containerStatuses: terminated(137, 'OOMKilled') },
    'lost: it took more memory than its pod has, with help',
  ],
  ['evicted', { phase: 'Failed', reason: 'Evicted', message: 'low on disk' }, 'lost: Evicted: low on disk'],
  [
    'preempted',
    { phase: 'Failed', conditions: target, containerStatuses: terminated(143) },
    'lost: Preempted in favor of x',
  ],
  ['a silent node', { phase: 'Unknown' }, 'lost: its node says nothing any more'],
];

for (const [what, status, expected] of cases) {
  test(`a pod: ${what}`, () => {
    const state = stateOf(job, [
      podOf(status),
      { metadata: { name: 'of another' }, status: { phase: 'Running' } },
    ]);
    const said =
      state.kind === 'waiting'
        ? `: ${state.why}${state.refused === undefined ? '' : ` ${state.refused}`}`
        : state.kind === 'ended'
          ? `: ${state.exitCode}`
          : state.kind === 'lost'
            ? `: ${state.why}${state.help === undefined ? '' : ', with help'}`
            : '';
    assert.is(`${state.kind}${said}`, expected);
  });
}

test('a Job without a pod: one to come, one that is gone, one that took too long', () => {
  assert.is(stateOf(job, []).kind, 'waiting');
  assert.is(stateOf({ ...job, status: { failed: 1 } }, []).kind, 'lost');
  const late = { conditions: [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' }] };
  assert.match(JSON.stringify(stateOf({ ...job, status: late }, [])), 'limits.minutes');
});

test('a line that is none of a worker, or of another version, is none', () => {
  const failure = { reason: 'network', what: 'x', detail: 'y' };
  assert.ok(readPodLine(JSON.stringify({ type: 'failed', node: 'x', failure, commands: [] })));
  for (const wrong of [
    'warning: x',
    '{"type":"made","node":"x"}',
    '{"type":"started"}',
    JSON.stringify({ type: 'failed', node: 'x', failure: { reason: 'unheard-of' }, commands: [] }),
    JSON.stringify({ type: 'failed', node: 'x', failure, commands: [{}] }),
  ]) {
    assert.is(readPodLine(wrong), undefined, wrong);
  }
});

test.run();
