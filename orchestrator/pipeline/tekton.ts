import { defined } from '../core/defined.ts';
import { namesBefore, type Pipeline, pipelineName, stepName, unlessEmpty } from './pipeline.ts';

/** As a Task's parameter is written in it. */
const parameter = 'document';

/**
 * A Task that does any chain, and a PipelineRun with one of it for each. https://tekton.dev/docs/pipelines/pipeline-api/ (v1). A step's
 * `resources` are called `computeResources` there, and what a pod has beside its containers stands in the run.
 */
export function asTekton(pipeline: Pipeline): readonly object[] {
  const name = pipelineName(pipeline);
  const { containers, volumes, serviceAccountName, ...pod } = pipeline.podFor(`$(params.${parameter})`);
  const [{ resources, ...container }] = containers;
  const { securityContext, nodeSelector, tolerations, imagePullSecrets } = pod;
  const { automountServiceAccountToken, enableServiceLinks } = pod;
  const podTemplate = defined({
    ...{ securityContext, nodeSelector, tolerations, imagePullSecrets },
    ...{ automountServiceAccountToken, enableServiceLinks },
  });
  return [
    {
      apiVersion: 'tekton.dev/v1',
      kind: 'Task',
      metadata: { name },
      spec: {
        description: `Does a chain of tasks of ${pipeline.release}, and puts into the shared store what comes of it.`,
        params: [{ name: parameter, type: 'string' }],
        steps: [{ ...container, ...defined({ computeResources: resources }) }],
        ...defined({ volumes }),
      },
    },
    {
      apiVersion: 'tekton.dev/v1',
      kind: 'PipelineRun',
      metadata: { generateName: `${name.slice(0, 57)}-` },
      spec: {
        // A release takes hours, and Tekton gives one.
        timeouts: { pipeline: '0' },
        taskRunTemplate: defined({ serviceAccountName, podTemplate }),
        pipelineSpec: {
          tasks: pipeline.chains.map((chain) => ({
            name: stepName(chain),
            displayName: chain.name,
            ...defined({ runAfter: unlessEmpty(namesBefore(chain, pipeline)) }),
            taskRef: { name },
            // A worker fails where a machine or a network does; a build that fails is a result.
            retries: 2,
            timeout: '0',
            params: [{ name: parameter, value: chain.document }],
          })),
        },
      },
    },
  ];
}
