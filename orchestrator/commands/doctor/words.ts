import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';

const summary = 'what is there of what is needed, what is missing, and how to get it';

const exitCodes =
  'Exit code 0: what is needed is there. What is limited is no failure: its line says what still works, and what helps. 4: something is MISSING.';

export const defineDoctor: Define = (program, run) =>
  run(
    program
      .command('doctor')
      .summary(summary)
      .description(`${summary}\n\n${exitCodes}`)
      .option('--json', 'as JSON')
      .addHelpText('after', examples('doctor')),
    async () => (await import('./doctor.ts')).doctor,
  );
