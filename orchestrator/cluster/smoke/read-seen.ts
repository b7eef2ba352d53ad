import { digestIn } from './judge.ts';
import type { SeenContainer, SeenNode } from './seen.ts';

/** As much of Kubernetes' own types as is read here. */
export interface PodObject {
  readonly metadata?: {
    readonly namespace?: string;
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly initContainerStatuses?: readonly Status[];
    readonly containerStatuses?: readonly Status[];
  };
}

interface PodSpec {
  readonly initContainers?: readonly { readonly name: string; readonly image?: string }[];
  readonly containers: readonly { readonly name: string; readonly image?: string }[];
}

interface Status {
  readonly name: string;
  readonly imageID: string;
}

export interface NodeObject {
  readonly metadata?: { readonly name?: string };
  readonly status?: {
    readonly nodeInfo?: { readonly kubeletVersion: string };
    readonly images?: readonly { readonly names?: readonly string[] }[];
  };
}

/** The containers of pods that have not ended: what one of those ran, it runs no more. */
export function containersOf(pods: readonly PodObject[]): readonly SeenContainer[] {
  return pods
    .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
    .flatMap((pod) => {
      const { spec, status } = pod;
      const ids = new Map(
        [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map((each) => [
          each.name,
          each.imageID,
        ]),
      );
      return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name, image = '' }) => ({
        pod: nameOf(pod),
        image,
        digest: digestIn(ids.get(name) ?? ''),
      }));
    });
}

export function nodesOf(nodes: readonly NodeObject[]): readonly SeenNode[] {
  return nodes.map(({ metadata, status }) => ({
    name: metadata?.name ?? '',
    version: status?.nodeInfo?.kubeletVersion ?? '',
    images: (status?.images ?? []).map(({ names }) => names ?? []),
  }));
}

/** Those that answer for DNS, by the label that kubeadm and kOps give them. */
export function dnsPodsOf(pods: readonly PodObject[]): readonly PodObject[] {
  return pods.filter(
    ({ metadata, status }) =>
      metadata?.namespace === 'kube-system' &&
      metadata.labels?.['k8s-app'] === 'kube-dns' &&
      status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') === true,
  );
}

export function nameOf({ metadata }: PodObject): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}
