import type { ClusterRelease } from '../../orchestrator/cluster/cluster-release.ts';

/** A release of each minor: the tags of Kubernetes, etcd and CoreDNS, as its lock has them. */
export const eras: Readonly<Record<string, readonly [kubernetes: string, etcd: string, coredns: string]>> = {
  'v1-18-eks-17': ['v1.18.20', 'v3.4.18', 'v1.7.0'],
  'v1-19-eks-22': ['v1.19.16', 'v3.4.18', 'v1.8.0'],
  'v1-20-eks-22': ['v1.20.15', 'v3.4.21', 'v1.8.3'],
  'v1-21-eks-28': ['v1.21.14', 'v3.4.21', 'v1.8.4'],
  'v1-22-eks-28': ['v1.22.17', 'v3.5.7', 'v1.8.7'],
  'v1-23-eks-33': ['v1.23.17', 'v3.5.9', 'v1.8.7'],
  'v1-24-eks-36': ['v1.24.17', 'v3.5.10', 'v1.9.3'],
  'v1-25-eks-40': ['v1.25.16', 'v3.5.13', 'v1.9.3'],
  'v1-26-eks-39': ['v1.26.15', 'v3.5.13', 'v1.9.3'],
  'v1-27-eks-41': ['v1.27.16', 'v3.5.15', 'v1.11.1'],
  'v1-28-eks-57': ['v1.28.15', 'v3.5.16', 'v1.11.4'],
  'v1-29-eks-46': ['v1.29.15', 'v3.5.16', 'v1.12.1'],
  'v1-30-eks-5': ['v1.30.1', 'v3.5.13', 'v1.11.1'],
  'v1-31-eks-28': ['v1.31.11', 'v3.5.16', 'v1.12.1'],
  'v1-32-eks-21': ['v1.32.7', 'v3.5.16', 'v1.12.1'],
  'v1-33-eks-11': ['v1.33.3', 'v3.5.16', 'v1.12.2'],
  'v1-34-eks-2': ['v1.34.0-rc.0', 'v3.5.16', 'v1.12.2'],
  'v1-35-eks-2': ['v1.35.0-beta.0', 'v3.5.21', 'v1.12.4'],
  'v1-36-eks-7': ['v1.36.2', 'v3.6.12', 'v1.14.3'],
};

/** One of them, with its images in `registry.example.com:5000/eks` or as `given` says. */
export function releaseOf(name: string, given: Partial<ClusterRelease> = {}): ClusterRelease {
  const [, branch = '', number = ''] = /^v(.*)-eks-(.*)$/.exec(name) ?? [];
  const [kubernetes = '', etcd = '', coredns = ''] = eras[name] ?? [];
  const image = (path: string, project: string, tag: string) => {
    return { name: path, project, tag: `${tag}-eks-${branch}-${number}` };
  };
  return {
    release: name,
    branch,
    images: [
      image('coredns/coredns', 'coredns/coredns', coredns),
      image('etcd-io/etcd', 'etcd-io/etcd', etcd),
      image('kubernetes-csi/livenessprobe', 'kubernetes-csi/livenessprobe', 'v2.12.0'),
      image('kubernetes-sigs/aws-iam-authenticator', 'kubernetes-sigs/aws-iam-authenticator', 'v0.6.20'),
      image('kubernetes-sigs/metrics-server', 'kubernetes-sigs/metrics-server', 'v0.7.1'),
      image(
        'kubernetes/cloud-provider-aws/cloud-controller-manager',
        'kubernetes/cloud-provider-aws',
        kubernetes,
      ),
      image('kubernetes/go-runner', 'kubernetes/release', 'v0.16.4'),
      ...['kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler', 'pause'].map((each) =>
        image(`kubernetes/${each}`, 'kubernetes/kubernetes', kubernetes),
      ),
    ],
    place: { host: 'registry.example.com:5000', prefix: 'eks' },
    digests: new Map(),
    artifacts: {
      url: 'https://files.example.com/eks',
      kubernetes: `kubernetes/${kubernetes}`,
      plugins: {
        amd64: 'plugins/v1.4.0/cni-plugins-linux-amd64-v1.4.0.tar.gz',
        arm64: 'plugins/v1.4.0/cni-plugins-linux-arm64-v1.4.0.tar.gz',
      },
      sums: [],
    },
    ...given,
  };
}

export function without(release: ClusterRelease, name: string): ClusterRelease {
  return { ...release, images: release.images.filter((image) => image.name !== name) };
}

/** The value of a result that has one. */
export function must<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.value;
}
