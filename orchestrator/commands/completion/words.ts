import { Argument } from '@commander-js/extra-typings';
import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';

export const defineCompletion: Define = (program, run) => {
  run(
    program
      .command('completion')
      .description(
        'prints what completes commands, options, releases, projects, platforms and images in a shell',
      )
      .addArgument(new Argument('<shell>', 'for which one').choices(['bash', 'zsh', 'fish']))
      .addHelpText('after', examples('completion bash')),
    async () => (await import('./completion.ts')).completion,
  );
  // What those scripts ask.
  run(
    program.command('complete', { hidden: true }).argument('[words...]', 'the last one is to be completed'),
    async () => (await import('./complete.ts')).completing(program),
  );
};
