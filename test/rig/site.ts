import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { vouchingChannel } from '../../orchestrator/publish/beside.ts';
import { writeReleaseChannel } from '../../orchestrator/publish/manifest/channel.ts';

/** What a site is made with. */
export interface TestSite {
  readonly channel?: string;
  readonly number?: number;
  readonly topic?: string;
  readonly base?: string;
  /** The release that it was rebuilt from, where it is published under another name. */
  readonly of?: string;
  /** Artifacts by path below `artifacts/`: archives are in the manifest, and what has sums beside it is said by its name. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

export const testArtifacts = {
  'plugins/v1.4.0/cni-plugins-linux-amd64-v1.4.0.tar.gz': 'plugins for amd64',
  'plugins/v1.4.0/cni-plugins-linux-arm64-v1.4.0.tar.gz': 'plugins for arm64',
  'kubernetes/v1.30.0/bin/linux/amd64/kubectl': 'a program',
  'kubernetes/v1.30.0/bin/linux/amd64/pause.docker_tag': 'v1.30.0\n',
  'kubernetes/v1.30.0/ATTRIBUTION.txt': 'who has the rights\n',
};

const hex = (algorithm: string, content: string | Buffer) =>
  createHash(algorithm).update(content).digest('hex');

/** Lays out a site as upstream's layout has it, written here a second time: manifest, channel, CRDs, artifacts and their sums. */
export function makeSite(folder: string, site: TestSite = {}): void {
  const { channel = '1-30', number = 5, topic, base = 'https://releases.example.com' } = site;
  const { files = testArtifacts } = site;
  const write = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const artifacts = `kubernetes-${channel}/releases/${number}/artifacts`;
  const lists = new Map<string, string[]>();
  for (const [path, content] of Object.entries(files)) {
    write(`${artifacts}/${path}`, content);
    if (/ATTRIBUTION\.txt$|\.docker_/.test(path)) continue;
    const folderOf = path.split('/').slice(0, 2).join('/');
    const name = path.slice(folderOf.length + 1);
    for (const algorithm of ['sha256', 'sha512']) {
      const line = `${hex(algorithm, content)}  ${name}\n`;
      write(`${artifacts}/${path}.${algorithm}`, line);
      const list = `${artifacts}/${folderOf}/${algorithm.toUpperCase()}SUM`;
      lists.set(list, [...(lists.get(list) ?? []), line]);
    }
  }
  for (const [path, lines] of lists) {
    const text = lines.join('');
    write(path, text);
    for (const algorithm of ['sha256', 'sha512']) {
      write(`${path}.${algorithm}`, `${hex(algorithm, text)}  ${path.slice(path.lastIndexOf('/') + 1)}\n`);
    }
  }
  const archives = Object.entries(files).filter(([path]) => path.endsWith('.tar.gz'));
  const manifest = {
    apiVersion: 'distro.eks.amazonaws.com/v1alpha1',
    kind: 'Release',
    metadata: {
      name: `kubernetes-${channel}-eks-${number}`,
      ...(site.of === undefined ? {} : { annotations: { 'eksd-rebuild/release': site.of } }),
    },
    spec: { channel, number },
    status: {
      date: '2024-06-01T00:00:00Z',
      components: [
        {
          name: 'cni-plugins',
          gitTag: 'v1.4.0',
          assets: archives.map(([path, content]) => ({
            name: path.split('/').at(-1),
            type: 'Archive',
            description: 'an archive',
            os: 'linux',
            arch: ['amd64'],
            archive: {
              uri: `${base}/${artifacts}/${path}`,
              sha256: hex('sha256', content),
              sha512: hex('sha512', content),
            },
          })),
        },
        {
          name: 'etcd',
          assets: ['etcd', 'coredns'].map((name) => ({
            name: `${name}-image`,
            type: 'Image',
            description: `${name} container image`,
            os: 'linux',
            arch: ['amd64', 'arm64'],
            image: {
              uri: `registry.example.com/eks/${name}-io/${name}:v1-eks-${channel}-${number}`,
              imageDigest: `sha256:${'a'.repeat(64)}`,
            },
          })),
        },
      ],
    },
  };
  // JSON is YAML, and a line a value.
  const manifestFile = `kubernetes-${channel}/kubernetes-${channel}-eks-${number}.yaml`;
  write(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  const crds = ['releases', 'releasechannels'].map(
    (name) => `crds/${name}.distro.eks.amazonaws.com-v1alpha1.yaml`,
  );
  for (const path of crds) write(path, `kind: CustomResourceDefinition # ${path}\n`);
  const own = { name: channel, active: true, latestRelease: number, ...(topic && { snsTopicArn: topic }) };
  const paths = [manifestFile, ...crds];
  const sums = paths.map((path) => [path, hex('sha256', readFileSync(join(folder, path)))] as const);
  write(
    `releasechannels/${channel}.yaml`,
    site.of === undefined ? writeReleaseChannel(own) : vouchingChannel(own, sums),
  );
}
