import type { Define } from '../words/define.ts';

export const defineDoctor: Define = (program, run) =>
  run(
    program
      .command('doctor')
      .description('what is there of what is needed, what is missing, and how to get it')
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        '\nExit code 0: what is needed is there. What is limited is no failure: its line says what still works and what helps. 4: MISSING.',
      ),
    async () => (await import('./doctor.ts')).doctor,
  );
