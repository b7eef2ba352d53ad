import { statfs } from 'node:fs/promises';
import type { Host } from '../../host.ts';
import type { Workspace } from '../../workspace/workspace.ts';

const gibibyte = 1024 ** 3;

/** Two toolchains and the build cache of one small project take more (measured on v1-30-eks-5). */
const scarce = gibibyte;

/** Says beforehand that there may be no room for what is made; what is in the store needs none. */
export async function warnOfDisk({ cache }: Workspace, host: Host): Promise<void> {
  const disk = await statfs(cache).catch(() => undefined);
  const free = disk === undefined ? undefined : disk.bavail * disk.bsize;
  if (free === undefined || free >= scarce) return;
  const amount = `${(free / gibibyte).toFixed(1)} GiB`;
  host.stderr.write(
    `Only ${amount} are free at ${cache}: to build one project takes more (eksd-rebuild cache gc).\n`,
  );
}
