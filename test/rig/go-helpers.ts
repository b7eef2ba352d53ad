import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { classifierVersion } from '../../orchestrator/task/licenses/inputs.ts';
import { findHostGo } from '../../orchestrator/tool/go/go.ts';
import { createGoHelper } from '../../orchestrator/tool/go/helper.ts';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { userBuildCache } from './go-tools.ts';

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));
const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);
const run = createRunProcess({ isolation: noIsolation, now: () => performance.now() });

/**
 * Compiles what looks inside programs and what recognises licences into a folder, as below the program's own `inspect`: with what they
 * take of Go's packages, half a minute of a processor. What is there already is left. Gives their absolute paths.
 */
export async function compileHelpers(folder: string): Promise<readonly string[]> {
  const hostGo = () => findHostGo(run, environment, folder);
  const options = { buildCache: userBuildCache(), hostGo, run };
  const source = (path: string) => join(packageFolder, 'orchestrator', path);
  const helpers = [
    createGoHelper({ ...options, folder, source: source('verdict/inspect/gobinary') }),
    createGoHelper({
      ...{ ...options, folder: join(folder, 'licenses'), source: source('task/licenses/licensecheck') },
      fetches: { what: classifierVersion, environment },
    }),
  ];
  const { signal } = new AbortController();
  const programs: string[] = [];
  for (const helper of helpers) {
    const program = await helper(signal);
    if (!program.ok) throw new Error(JSON.stringify(program.error));
    programs.push(program.value);
  }
  return programs;
}
