import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Chain, Pipeline, Pod } from '../../orchestrator/pipeline/pipeline.ts';
import { pipelineSystems, renderPipeline } from '../../orchestrator/pipeline/render.ts';
import { documentsIn, pipelineSteps } from '../rig/pipeline-steps.ts';
import { sha } from '../rig/verdicts.ts';

const chain = (name: string, ...needs: readonly string[]): Chain => ({
  ...{ name, document: sha(name) },
  needs: needs.map(sha),
});

/** Two projects of the same Go, one of which has long names. */
const chains = [
  chain('go 1.21.10'),
  chain('etcd-io/etcd', 'go 1.21.10'),
  chain(`org/${'a-very-long-name.'.repeat(6)}`, 'go 1.21.10'),
  chain('sum', 'etcd-io/etcd', 'go 1.21.10'),
];

const podFor = (document: string): Pod => ({
  automountServiceAccountToken: false,
  serviceAccountName: 'rebuilder',
  securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
  nodeSelector: { 'kubernetes.io/arch': 'amd64' },
  containers: [
    {
      name: 'worker',
      image: 'registry.example/eksd-rebuild:0.1.0',
      args: ['worker', document, '--store', 's3://bucket/store'],
      env: [{ name: 'HOME', value: '/work' }],
      resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { memory: '4Gi' } },
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      volumeMounts: [{ name: 'work', mountPath: '/work' }],
    },
  ],
  volumes: [{ name: 'work', emptyDir: {} }],
});

const pipeline: Pipeline = { release: 'v1-30-eks-5', chains, podFor, created: '2026-01-02T03:04:05Z' };

for (const system of pipelineSystems) {
  test(`${system}: a step a chain, after those that it needs, with names that Kubernetes takes`, () => {
    const steps = pipelineSteps(renderPipeline(pipeline, system), system);
    const wanted = system === 'prow' ? chains.slice(2) : chains;
    assert.equal(
      steps.map(({ args }) => args),
      wanted.map(({ document }) => ['worker', document, '--store', 's3://bucket/store']),
    );
    const names = steps.map(({ name }) => name);
    assert.is(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
    const nameOf = new Map(wanted.map(({ document }, index) => [document, names[index]]));
    assert.equal(
      steps.map(({ after }) => [...after].sort()),
      wanted.map(({ needs }) =>
        system === 'prow' ? [] : needs.map((each) => nameOf.get(each) ?? '').sort(),
      ),
    );
  });

  test(`${system}: pods are what they are elsewhere: no root, no token, nothing to write but their folders`, () => {
    const text = renderPipeline(pipeline, system);
    const { containers, volumes, ...pod } = podFor('');
    for (const part of [pod.securityContext, containers[0].securityContext, pod.nodeSelector, volumes]) {
      assert.ok(holds(documentsIn(text), part), JSON.stringify(part));
    }
    assert.match(text, 'automountServiceAccountToken: false');
    assert.match(text, 'serviceAccountName: rebuilder');
    assert.is(renderPipeline(pipeline, system), text);
    assert.not.match(text, /[&*][a-z0-9]+$/m, 'nothing by reference');
  });
}

/** Whether a value is somewhere in another. */
function holds(value: unknown, part: unknown): boolean {
  if (JSON.stringify(value) === JSON.stringify(part)) return true;
  return (
    typeof value === 'object' && value !== null && Object.values(value).some((each) => holds(each, part))
  );
}

test.run();
