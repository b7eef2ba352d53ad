import { createHash } from 'node:crypto';

/** What a manifest is to be about. */
export interface ClusterManifest {
  /** `1-30` */
  readonly channel: string;
  readonly number: number;
  /** Where the site is, without a slash at its end. */
  readonly baseUri: string;
  /** Where images are. */
  readonly registry: string;
  /** Tags by component. */
  readonly tags: Readonly<Record<'kubernetes' | 'etcd' | 'coredns' | 'cni-plugins', string>>;
  /** Of files, by path below the artifacts; those that it has none of are `sumOf` theirs. */
  readonly sums?: ReadonlyMap<string, string>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const sumOf = (path: string, bits = 256) => createHash(`sha${bits}`).update(path).digest('hex');
export const digestOfImage = (name: string) => `sha256:${sumOf(`image ${name}`)}`;

const controlPlane = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'];

/** The tags of v1-30-eks-5. */
export const tagsOf130 = {
  ...{ kubernetes: 'v1.30.1', etcd: 'v3.5.13', coredns: 'v1.11.1', 'cni-plugins': 'v1.4.0' },
} as const;

/**
 * A manifest as upstream's tool writes it, with all that a cluster is started from: of each file the sums are those of its path
 * (`sumOf`), of each image the digest is that of its name (`digestOfImage`).
 */
export function clusterManifest({
  channel,
  number,
  baseUri,
  registry,
  tags,
  sums = new Map(),
  annotations = {},
}: ClusterManifest): string {
  const artifacts = `${baseUri}/kubernetes-${channel}/releases/${number}/artifacts`;
  const archive = (folder: string, name: string, os: string, arch: string) => `
    - arch:
      - ${arch}
      archive:
        sha256: ${sums.get(`${folder}/${name}`) ?? sumOf(`${folder}/${name}`)}
        sha512: ${sumOf(`${folder}/${name}`, 512)}
        uri: ${artifacts}/${folder}/${name}
      description: ${name} for ${os}/${arch}
      name: ${name}
      os: ${os}
      type: Archive`;
  const image = (name: string, tag: string) => `
    - arch:
      - amd64
      - arm64
      description: ${name} container image
      image:
        imageDigest: ${digestOfImage(name)}
        uri: ${registry}/${name}:${tag}-eks-${channel}-${number}
      name: ${name.split('/').at(-1)}-image
      os: linux
      type: Image`;
  const component = (name: keyof typeof tags, assets: readonly string[]) => `
  - assets:${assets.join('')}
    gitTag: ${tags[name]}
    name: ${name}`;
  const kubernetes = `kubernetes/${tags.kubernetes}`;
  const files = ['amd64', 'arm64'].flatMap((arch) =>
    ['kubelet', 'kubectl', ...controlPlane.map((name) => `${name}.tar`)].map((name) =>
      archive(kubernetes, `bin/linux/${arch}/${name}`, 'linux', arch),
    ),
  );
  const plugins = ['arm64', 'amd64'].map((arch) =>
    archive(
      `plugins/${tags['cni-plugins']}`,
      `cni-plugins-linux-${arch}-${tags['cni-plugins']}.tar.gz`,
      'linux',
      arch,
    ),
  );
  const components = [
    component('kubernetes', [
      ...files,
      archive(kubernetes, 'bin/windows/amd64/kubelet.exe', 'windows', 'amd64'),
      ...[...controlPlane, 'pause'].map((name) => image(`kubernetes/${name}`, tags.kubernetes)),
    ]),
    component('cni-plugins', plugins),
    component('etcd', [image('etcd-io/etcd', tags.etcd)]),
    component('coredns', [image('coredns/coredns', tags.coredns)]),
  ];
  const lines = Object.entries(annotations).map(([name, text]) => `\n    ${name}: '${text}'`);
  return `apiVersion: distro.eks.amazonaws.com/v1alpha1
kind: Release
metadata:
  creationTimestamp: null
  name: kubernetes-${channel}-eks-${number}${lines.length === 0 ? '' : `\n  annotations:${lines.join('')}`}
spec:
  channel: ${channel}
  number: ${number}
status:
  date: "2024-05-28T18:11:48Z"
  components:${components.join('')}
`;
}
