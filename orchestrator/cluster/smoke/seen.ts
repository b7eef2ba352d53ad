import type { OciDigest } from '../../core/oci.ts';

/** What a cluster runs, as far as it matters here. */
export interface SeenCluster {
  /** Of the API server. */
  readonly version: string;
  readonly nodes: readonly SeenNode[];
  readonly containers: readonly SeenContainer[];
}

export interface SeenNode {
  readonly name: string;
  /** Of its kubelet. */
  readonly version: string;
  /** By the names that it has for them, with tags and with digests. */
  readonly images: readonly (readonly string[])[];
}

export interface SeenContainer {
  /** `kube-system/coredns-5d78c9869d-x7x2k` */
  readonly pod: string;
  /** As the pod names it. */
  readonly image: string;
  /** What the node has behind that; undefined where it came by no registry, or is not there yet. */
  readonly digest: OciDigest | undefined;
}

/** The namespace of what belongs to a cluster itself. */
export const systemNamespace = 'kube-system';
