import { Argument } from '@commander-js/extra-typings';
import type { Define } from '../words/define.ts';

export const defineCompletion: Define = (program, run) => {
  run(
    program
      .command('completion')
      .description('prints what completes the words of this program in a shell')
      .addArgument(new Argument('<shell>', 'for which one').choices(['bash', 'zsh', 'fish'])),
    async () => (await import('./completion.ts')).completion,
  );
  // What those scripts ask.
  run(
    program.command('complete', { hidden: true }).argument('[words...]', 'the last one is to be completed'),
    async () => (await import('./complete.ts')).completing(program),
  );
};
