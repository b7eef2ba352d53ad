import type { Define } from '../words/define.ts';

export const defineLookup: Define = (program, run) =>
  run(
    program
      .command('lookup')
      .description('what a file is, by its SHA-256: of which releases, and whether it can be rebuilt')
      .argument('<file|sha256>', 'a file, or the SHA-256 of one')
      .option('--records <folder>', 'what was recorded of files (default: records/ of the root)')
      .option('--json', 'as JSON'),
    async () => (await import('./lookup.ts')).lookup,
  );
