import type { KubernetesEra } from '../config/project/kubernetes.ts';

/** A Kubernetes tag in numbers: `v1.34.0-rc.2` is minor 34, patch 0, `rc` 2. */
export interface KubernetesVersion {
  readonly minor: number;
  readonly patch: number;
  /** Undefined where it is no pre-release. */
  readonly before: { readonly kind: 'alpha' | 'beta' | 'rc'; readonly number: number } | undefined;
}

/** Undefined where a text is no tag of Kubernetes. */
export function parseKubernetesVersion(tag: string): KubernetesVersion | undefined {
  const match = /^v?1\.([0-9]+)\.([0-9]+)(?:-(alpha|beta|rc)\.([0-9]+))?$/.exec(tag);
  if (match === null) return undefined;
  const kind = match[3] as NonNullable<KubernetesVersion['before']>['kind'] | undefined;
  return {
    minor: Number(match[1]),
    patch: Number(match[2]),
    before: kind === undefined ? undefined : { kind, number: Number(match[4]) },
  };
}

/** Below 0 where `a` comes before `b`. A pre-release comes before its release. */
export function compareKubernetesVersions(a: KubernetesVersion, b: KubernetesVersion): number {
  return (
    a.minor - b.minor ||
    a.patch - b.patch ||
    stageOf(a) - stageOf(b) ||
    (a.before?.number ?? 0) - (b.before?.number ?? 0)
  );
}

function stageOf({ before }: KubernetesVersion): number {
  return before === undefined ? 3 : ['alpha', 'beta', 'rc'].indexOf(before.kind);
}

/** The first minor that EKS Distro had. */
export const oldestMinor = 18;

/**
 * The era of a version. What changed between two: 1.20 added a build tag; 1.24 the way flags are given; 1.25 module mode;
 * 1.30 the workspace; 1.34 one more build tag.
 * @throws RangeError for a minor before 1.18: EKS Distro never had one.
 */
export function eraOf({ minor }: KubernetesVersion): KubernetesEra {
  if (minor < oldestMinor) throw new RangeError(`no release has Kubernetes 1.${minor}`);
  if (minor <= 19) return '1.18-1.19';
  if (minor <= 23) return '1.20-1.23';
  if (minor === 24) return '1.24';
  if (minor <= 29) return '1.25-1.29';
  return minor <= 33 ? '1.30-1.33' : '1.34-';
}

/**
 * Whether Kubernetes' own scripts give `-trimpath` in the place of the checkout's path (kubernetes/kubernetes#121894 of
 * 1.30; its backports #122679, #122678 and #122682). The one to 1.26 came after its last version. 1.26.15, 1.28.8 and
 * 1.29.3 were read, and 1.27.13, 1.28.9 and 1.29.4; 1.27.12 is of the same day as 1.28.8.
 */
export function trimsPaths({ minor, patch }: KubernetesVersion): boolean {
  const first = { 27: 13, 28: 9, 29: 4 }[minor];
  return first === undefined ? minor >= 30 : patch >= first;
}

/**
 * Whether Kubernetes' own scripts take the Go that `.go-version` names (kubernetes/kubernetes#115377 and its backports),
 * and not the first one on the PATH. The last versions before it were read: 1.24.10 and 1.26.2 do not.
 */
export function takesGoOfCheckout({ minor, patch }: KubernetesVersion): boolean {
  const first = { 24: 12, 25: 8, 26: 3 }[minor];
  return first === undefined ? minor >= 27 : patch >= first;
}
