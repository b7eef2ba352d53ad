import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import type { PipelineSystem } from '../../orchestrator/pipeline/render.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents of others, which are looked into
type Document = any;

export const documentsIn = (text: string): readonly Document[] =>
  parseAllDocuments(text).map((each) => each.toJS());

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
export function pipelineSteps(text: string, system: PipelineSystem): readonly Step[] {
  const documents = documentsIn(text);
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
