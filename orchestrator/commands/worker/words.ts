import type { Define } from '../words/define.ts';
import { endpoint, expectedOwner, region } from '../words/options.ts';

/** What a pod runs: no command for people. */
export const defineWorker: Define = (program, run) =>
  run(
    program
      .command('worker', { hidden: true })
      .description('does the tasks of a document in a shared store, as "--on kubernetes" has pods do')
      .argument('<document>', 'its SHA-256')
      .requiredOption('--store <place>', 's3://BUCKET/PREFIX, or a folder')
      .addOption(region)
      .addOption(endpoint)
      .addOption(expectedOwner),
    async () => (await import('./worker.ts')).worker,
  );
