import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';

export const defineLookup: Define = (program, run) =>
  run(
    program
      .command('lookup')
      .summary('what a file is, by its SHA-256: of which releases, and whether it can be rebuilt')
      .description(
        'what a file is, by its SHA-256: of which releases, and whether it can be rebuilt, from locks and records. Exit code 5: nothing is known of it',
      )
      .argument('<file|sha256>', 'a file, or the SHA-256 of one')
      .option('--records <folder>', 'what was recorded of files (default: records/ of the root)')
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        examples(
          'lookup 65e5bd408ffd6b1d54ff397b7d3ee7abc0d25d3edb680638115ad1782dd5782a',
          'lookup /usr/bin/kubelet',
        ),
      ),
    async () => (await import('./lookup.ts')).lookup,
  );
