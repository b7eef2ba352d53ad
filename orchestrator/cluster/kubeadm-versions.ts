/**
 * The newest version of its configuration that the kubeadm of a Kubernetes minor reads without reserve: v1beta3 came with
 * 1.22, v1beta4 with 1.31, where v1beta3 became deprecated. v1beta2 is gone by 1.28.
 */
export function kubeadmApi(minor: number): 'v1beta2' | 'v1beta3' | 'v1beta4' {
  if (minor < 22) return 'v1beta2';
  return minor < 31 ? 'v1beta3' : 'v1beta4';
}

/**
 * The first minor whose kubeadm asks for a pause image, and its tag; the newest first. `PauseVersion` of
 * cmd/kubeadm/app/constants, as `kubeadm config images list` of every release from 1.18.0 to 1.36.3 prints it
 * (kubernetes/minikube keeps the lists, pkg/minikube/constants/constants_kubeadm_images.go): no minor changed it between
 * its first release candidate and its last patch.
 */
const pauses: readonly (readonly [minor: number, tag: string])[] = [
  [36, '3.10.2'],
  [34, '3.10.1'],
  [31, '3.10'],
  [26, '3.9'],
  [25, '3.8'],
  [24, '3.7'],
  [23, '3.6'],
  [22, '3.5'],
  [21, '3.4.1'],
  [0, '3.2'],
];

/** The tag of pause that a minor's kubeadm asks for; of a minor that is not known yet, that of the newest one. */
export function kubeadmPause(minor: number): string {
  return tagOf(pauses, minor);
}

/**
 * The first minor whose kubeadm brings a version of CoreDNS, and the tag that it names it by; the newest first.
 * `CoreDNSVersion` beside `PauseVersion`, in the minor's first release: up to 1.30 by the same lists, after that as `kubeadm
 * config images list` prints it. A later patch brings no older one.
 */
const dnsVersions: readonly (readonly [minor: number, tag: string])[] = [
  [36, 'v1.14.2'],
  [35, 'v1.13.1'],
  [34, 'v1.12.1'],
  [33, 'v1.12.0'],
  [32, 'v1.11.3'],
  [29, 'v1.11.1'],
  [27, 'v1.10.1'],
  [25, 'v1.9.3'],
  [23, 'v1.8.6'],
  [22, 'v1.8.4'],
  [21, 'v1.8.0'],
  [19, '1.7.0'],
  [0, '1.6.7'],
];

/** The tag of the CoreDNS that a minor's kubeadm brings; of a minor that is not known yet, that of the newest one. */
export function kubeadmDns(minor: number): string {
  return tagOf(dnsVersions, minor);
}

function tagOf(tags: readonly (readonly [minor: number, tag: string])[], minor: number): string {
  const found = tags.find(([first]) => minor >= first);
  if (found === undefined) throw new Error(`no minor: ${minor}`);
  return found[1];
}
