import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import type { Chain, Pipeline, Pod } from '../../orchestrator/pipeline/pipeline.ts';
import { pipelineSystems, renderPipeline } from '../../orchestrator/pipeline/render.ts';
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

// biome-ignore lint/suspicious/noExplicitAny: documents of others, which are looked into
type Document = any;

const documentsOf = (system: (typeof pipelineSystems)[number]): readonly Document[] =>
  parseAllDocuments(renderPipeline(pipeline, system)).map((each) => each.toJS());

interface Step {
  readonly name: string;
  readonly after: readonly string[];
  /** What the worker is called with, as the system would call it. */
  readonly args: readonly string[];
}

const filledIn = (
  args: readonly string[],
  parameters: readonly { readonly name: string; readonly value: string }[],
) =>
  args.map((word) =>
    parameters.reduce(
      (text, { name, value }) =>
        text.replace(`$(params.${name})`, value).replace(`{{inputs.parameters.${name}}}`, value),
      word,
    ),
  );

/** The steps of a pipeline, read from its documents as those systems read them. */
function stepsOf(system: (typeof pipelineSystems)[number]): readonly Step[] {
  const documents = documentsOf(system);
  if (system === 'tekton') {
    const [task, run] = documents;
    return run.spec.pipelineSpec.tasks.map((each: Document) => {
      assert.is(each.taskRef.name, task.metadata.name);
      return {
        name: each.name,
        after: each.runAfter ?? [],
        args: filledIn(task.spec.steps[0].args, each.params),
      };
    });
  }
  if (system === 'argo') {
    const { templates, entrypoint } = documents[0].spec;
    const { dag } = templates.find(({ name }: Document) => name === entrypoint);
    return dag.tasks.map((each: Document) => {
      const { container } = templates.find(({ name }: Document) => name === each.template);
      const args = filledIn(container.args, each.arguments.parameters);
      return { name: each.name, after: each.dependencies ?? [], args };
    });
  }
  return documents.map(({ spec }) => ({ name: spec.job, after: [], args: spec.pod_spec.containers[0].args }));
}

for (const system of pipelineSystems) {
  test(`${system}: a step a chain, after those that it needs, with names that Kubernetes takes`, () => {
    const steps = stepsOf(system);
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
      assert.ok(holds(documentsOf(system), part), JSON.stringify(part));
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
