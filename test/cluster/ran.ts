import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterOptions, cluster } from '../../orchestrator/commands/cluster/cluster.ts';
import { type ClusterManifest, tagsOf130 } from '../rig/cluster-manifest.ts';
import { testHost } from '../rig/host.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command with the committed locks, in a folder with a home. It asks nobody unless that is said. */
export async function run(
  folder: string,
  given: Partial<ClusterOptions>,
  release = 'v1-34-eks-2',
): Promise<Ran> {
  const texts = { stdout: '', stderr: '' };
  const output = (name: keyof typeof texts) => ({
    write: (text: string) => {
      texts[name] += text;
    },
    ...{ draw: () => {}, isTerminal: false, columns: 100, rows: 24, hasColours: false },
  });
  const host = testHost({
    cwd: folder,
    packageFolder: join(import.meta.dirname, '..', '..'),
    env: { HOME: join(folder, 'home') },
    stdout: output('stdout'),
    stderr: output('stderr'),
  });
  const asked = { registry: 'registry.example.com/eks', offline: true, ...given };
  const code = await cluster(release, asked, host);
  return { code, ...texts };
}

/** Whose manifests these are. */
export const release = 'v1-30-eks-5';
export const upstreams: ClusterManifest = {
  ...{ channel: '1-30', number: 5, baseUri: 'https://distro.eks.amazonaws.com', tags: tagsOf130 },
  registry: 'public.ecr.aws/eks-distro',
};
export const artifacts = 'https://distro.eks.amazonaws.com/kubernetes-1-30/releases/5/artifacts';

/** Runs by a manifest, of whose images nothing but that says where they are. */
export function runBy(
  folder: string,
  text: string,
  { registry, ...options }: Partial<ClusterOptions> = {},
): Promise<Ran> {
  writeFileSync(join(folder, 'release.yaml'), text);
  const given = { manifest: 'release.yaml', output: 'out', ...options };
  return run(folder, { ...given, ...({ registry } as Partial<ClusterOptions>) }, release);
}
