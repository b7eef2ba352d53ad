import { Option } from '@commander-js/extra-typings';
import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { method, selecting } from '../words/options.ts';

export const definePlan: Define = (program, run) =>
  run(
    selecting(program.command('plan'))
      .description('the graph: tasks, what is cached, and why each other one is not')
      .addOption(method)
      .addOption(new Option('--dot', 'as a Graphviz graph').conflicts('json'))
      .option('--json', 'as JSON')
      .addOption(
        new Option(
          '--commands',
          'the commands that compile, with their environments, by every method',
        ).conflicts('dot'),
      )
      .addOption(
        new Option(
          '--as <system>',
          'as a pipeline of that system over the shared store, a step a chain of tasks',
        )
          .choices(['tekton', 'argo', 'prow'])
          .conflicts(['dot', 'json', 'commands']),
      )
      .addHelpText('after', examples('plan sample', 'plan v1-30-eks-5 --project etcd-io/etcd --commands')),
    async () => (await import('./plan.ts')).plan,
  );
