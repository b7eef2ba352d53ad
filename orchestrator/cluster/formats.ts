/** What the configuration of a cluster is for. */
export const clusterFormats = ['kubeadm', 'kops'] as const;

export type ClusterFormat = (typeof clusterFormats)[number];
