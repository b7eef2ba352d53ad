/** Builds the Go programs that files of test/real wait for: see `runBeside`. */
import { buildkitPrograms } from './buildkitd.ts';
import { clusterSchema } from './cluster-schema.ts';

await buildkitPrograms();
await clusterSchema();
