import type { Define } from '../words/define.ts';

export const defineDoctor: Define = (program, run) =>
  run(
    program
      .command('doctor')
      .description('what is there of what is needed, what is missing, and how to get it')
      .option('--json', 'as JSON'),
    async () => (await import('./doctor.ts')).doctor,
  );
