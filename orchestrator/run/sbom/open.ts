import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../host.ts';
import { openInspector } from '../explain/look-inside.ts';
import type { Rebuilt } from '../rebuild.ts';
import { openProcesses } from '../wiring/tools.ts';
import { openSboms, type Sboms } from './gather.ts';

/** Bills of materials of a run, by what this machine has to look inside programs. */
export async function sbomsOf(rebuilt: Rebuilt, host: Host): Promise<Sboms> {
  const { workspace } = rebuilt.prepared;
  const inspector = openInspector(workspace, await openProcesses(host, workspace), host);
  const scratch = join(workspace.cache, 'inspect');
  await mkdir(scratch, { recursive: true });
  return openSboms(rebuilt, { inspector, scratch, signal: host.signal });
}
