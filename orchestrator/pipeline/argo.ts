import { defined } from '../core/defined.ts';
import { namesBefore, type Pipeline, pipelineName, stepName, unlessEmpty } from './pipeline.ts';

const parameter = 'document';

/** The template that does any chain, and the one that calls it for each. */
const names = { worker: 'worker', all: 'chains' } as const;

/** A Workflow with a graph of chains. https://argo-workflows.readthedocs.io/en/latest/fields/ (v1alpha1) */
export function asArgo(pipeline: Pipeline): readonly object[] {
  const pod = pipeline.podFor(`{{inputs.parameters.${parameter}}}`);
  const { imagePullSecrets, serviceAccountName, securityContext, automountServiceAccountToken } = pod;
  const [container] = pod.containers;
  // Argo's own container tells what came of a pod, by a token that the worker's does not see.
  const executor =
    automountServiceAccountToken === false
      ? { serviceAccountName: serviceAccountName ?? 'default' }
      : undefined;
  const { enableServiceLinks, volumes, nodeSelector, tolerations } = pod;
  const podSpecPatch = enableServiceLinks === undefined ? undefined : JSON.stringify({ enableServiceLinks });
  return [
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { generateName: `${pipelineName(pipeline).slice(0, 57)}-` },
      spec: {
        entrypoint: names.all,
        ...defined({ imagePullSecrets, serviceAccountName, securityContext, podSpecPatch }),
        ...defined({ automountServiceAccountToken, executor }),
        templates: [
          {
            name: names.worker,
            inputs: { parameters: [{ name: parameter }] },
            container,
            ...defined({ volumes, nodeSelector, tolerations }),
            // Of what is lost with its node; a build that fails is a result.
            retryStrategy: { limit: '2', retryPolicy: 'OnError' },
          },
          {
            name: names.all,
            dag: {
              // One failure does not stop the rest.
              failFast: false,
              tasks: pipeline.chains.map((chain) => ({
                name: stepName(chain),
                template: names.worker,
                ...defined({ dependencies: unlessEmpty(namesBefore(chain, pipeline)) }),
                arguments: { parameters: [{ name: parameter, value: chain.document }] },
              })),
            },
          },
        ],
      },
    },
  ];
}
