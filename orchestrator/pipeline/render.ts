import { stringify } from 'yaml';
import { asArgo } from './argo.ts';
import type { Pipeline } from './pipeline.ts';
import { asProw } from './prow.ts';
import { asTekton } from './tekton.ts';

/** The systems that a plan can be written for, and how. */
const systems = { tekton: asTekton, argo: asArgo, prow: asProw } as const;

export type PipelineSystem = keyof typeof systems;
export const pipelineSystems = Object.keys(systems) as readonly PipelineSystem[];

/** A pipeline as a document of a system, or several, in YAML. */
export function renderPipeline(pipeline: Pipeline, system: PipelineSystem): string {
  const documents = systems[system](pipeline);
  // No folded lines, and nothing said by reference: both are read by eyes, and by tools with little YAML.
  return documents
    .map((each) => stringify(each, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
}
