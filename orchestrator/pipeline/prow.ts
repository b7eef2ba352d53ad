import { type Pipeline, pipelineName, stepName } from './pipeline.ts';

/**
 * A ProwJob for each chain that no other needs. https://docs.prow.k8s.io/docs/life-of-a-prow-job/ (v1): Prow has no graph, and takes no
 * containers that come one after the other. What a chain needs of others its worker takes from the shared store, or makes itself.
 */
export function asProw(pipeline: Pipeline): readonly object[] {
  const { chains, created } = pipeline;
  const needed = new Set(chains.flatMap(({ needs }) => needs));
  return chains
    .filter(({ document }) => !needed.has(document))
    .map((chain) => ({
      apiVersion: 'prow.k8s.io/v1',
      kind: 'ProwJob',
      metadata: { name: `${pipelineName(pipeline)}-${stepName(chain)}` },
      spec: {
        type: 'periodic',
        agent: 'kubernetes',
        cluster: 'default',
        job: stepName(chain),
        pod_spec: { ...pipeline.podFor(chain.document), restartPolicy: 'Never' },
      },
      status: { state: 'triggered', startTime: created },
    }));
}
