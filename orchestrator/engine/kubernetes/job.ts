import type { V1Job, V1PodSpec } from '@kubernetes/client-node';
import { defined } from '../../core/defined.ts';
import type { Digest } from '../../core/digest.ts';
import type { Platform } from '../../core/platform.ts';
import { container } from '../../tool/kubernetes/cluster.ts';

/** What of a pod is for its users to say. */
export interface PodOptions {
  readonly image: string;
  readonly imagePullSecrets?: readonly string[] | undefined;
  readonly platform: Platform;
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  readonly requests: { readonly cpu: string; readonly memory: string; readonly storage?: string | undefined };
  readonly tolerations?: readonly object[] | undefined;
  readonly serviceAccount?: string | undefined;
  readonly secret?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly volumes?: readonly VolumeOptions[] | undefined;
  readonly isolation: 'namespace' | 'users' | 'policy';
  /** Words of `worker` behind the document's digest: where the shared store is. */
  readonly words: readonly string[];
  /** Seconds after which a Job is ended, whatever it does. */
  readonly longest: number;
}

interface VolumeOptions {
  readonly at: string;
  readonly claim?: string | undefined;
  readonly hostPath?: string | undefined;
  readonly readOnly?: boolean | undefined;
}

const managedBy = 'app.kubernetes.io/managed-by=eksd-rebuild';

/** The label by which Jobs of a document are known. */
const documentLabel = 'eksd-rebuild/document';

/** Pods that have no network but what the NetworkPolicy lets them have. */
export const networkLabel = 'eksd-rebuild/network';

/** All Jobs of this program in a namespace. */
export const selector = managedBy;

/** A label's value has room for 63 characters. */
const labelOf = (document: Digest): string => document.slice(0, 63);

/** The Jobs of a document. */
export const selectorOf = (document: Digest): string => `${selector},${documentLabel}=${labelOf(document)}`;

/** @param attempt from 1. */
export function jobName(document: Digest, attempt: number): string {
  return `eksd-rebuild-${document.slice(0, 32)}-${attempt}`;
}

/** The attempt that a Job of a document is; undefined for any other. */
export function attemptOf({ metadata }: V1Job, document: Digest): number | undefined {
  const name = metadata?.name ?? '';
  const attempt = Number(name.slice(jobName(document, 1).length - 1));
  return metadata?.labels?.[documentLabel] === labelOf(document) && jobName(document, attempt) === name
    ? attempt
    : undefined;
}

/** Whoever runs as root in a pod may be it on the node. */
const user = 65_532;

/** Seconds: what is forgotten by who began it goes by itself. */
const keptSeconds = 3600;

/** What a pod has for itself: the store of its own, and the user's folder. */
const work = '/work';

/**
 * The Job that does one document. One pod, once: whether another try may mend what it failed for is this program's to say, which knows
 * a compiler's error from a node that went away.
 * @param network whether its tasks may fetch.
 */
export function jobOf(
  document: Digest,
  attempt: number,
  title: string,
  network: 'allowed' | 'none',
  options: PodOptions,
): V1Job {
  const labels = {
    [managedBy.split('=')[0] as string]: managedBy.split('=')[1] as string,
    [documentLabel]: labelOf(document),
    [networkLabel]: network,
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(document, attempt),
      labels,
      annotations: { 'eksd-rebuild/title': title },
    },
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: keptSeconds,
      activeDeadlineSeconds: options.longest,
      template: { metadata: { labels }, spec: podOf(document, options) },
    },
  };
}

/** The pod that does a document. */
export function podOf(document: Digest, options: PodOptions): V1PodSpec {
  const { requests, volumes = [], isolation } = options;
  const [os, arch] = options.platform.split('/') as [string, string];
  const variables = {
    HOME: work,
    TMPDIR: '/tmp',
    EKSD_REBUILD_CACHE: `${work}/cache`,
    ...options.environment,
  };
  const { cpu, memory, storage } = requests;
  return defined({
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    serviceAccountName: options.serviceAccount,
    imagePullSecrets: options.imagePullSecrets?.map((name) => ({ name })),
    nodeSelector: { 'kubernetes.io/os': os, 'kubernetes.io/arch': arch, ...options.nodeSelector },
    tolerations: options.tolerations === undefined ? undefined : [...options.tolerations],
    ...(isolation === 'users' ? { hostUsers: false } : {}),
    // A worker that is told to end records nothing any more.
    terminationGracePeriodSeconds: 10,
    securityContext: {
      runAsNonRoot: true,
      ...{ runAsUser: user, runAsGroup: user, fsGroup: user },
      // The runtime's own profile refuses user namespaces, which the sandbox of a task is made of.
      seccompProfile: { type: isolation === 'policy' ? 'RuntimeDefault' : 'Unconfined' },
    },
    containers: [
      {
        name: container,
        image: options.image,
        args: ['worker', document, ...options.words],
        workingDir: work,
        env: Object.entries(variables).map(([name, value]) => ({ name, value })),
        ...(options.secret === undefined ? {} : { envFrom: [{ secretRef: { name: options.secret } }] }),
        resources: {
          requests: defined({ cpu, memory, 'ephemeral-storage': storage }) as Record<string, string>,
          limits: { memory },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
          // Where the runtime hides parts of it, the kernel lets no sandbox have a /proc of its own (mount_too_revealing() of fs/namespace.c).
          ...(isolation === 'users' ? { procMount: 'Unmasked' } : {}),
        },
        volumeMounts: [
          { name: 'work', mountPath: work },
          { name: 'tmp', mountPath: '/tmp' },
          ...volumes.map(({ at, readOnly = false }, index) => ({
            name: `volume-${index}`,
            mountPath: at,
            readOnly,
          })),
        ],
      },
    ],
    volumes: [
      { name: 'work', emptyDir: {} },
      { name: 'tmp', emptyDir: {} },
      ...volumes.map(({ claim, hostPath }, index) => ({
        name: `volume-${index}`,
        ...(claim === undefined ? {} : { persistentVolumeClaim: { claimName: claim } }),
        ...(hostPath === undefined ? {} : { hostPath: { path: hostPath } }),
      })),
    ],
  }) as V1PodSpec;
}
