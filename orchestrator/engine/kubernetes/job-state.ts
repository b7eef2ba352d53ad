import type { V1ContainerStatus, V1Job, V1Pod } from '@kubernetes/client-node';

/** What a Job and its pods come to. */
export type JobState =
  /** No pod of it does anything yet. `refused`: why it never will, where the cluster says so. */
  | { readonly kind: 'waiting'; readonly why: string; readonly refused?: 'soon' | 'at-once' }
  | { readonly kind: 'running'; readonly pod: string }
  /** The worker came to its end. */
  | { readonly kind: 'ended'; readonly pod: string; readonly exitCode: number }
  /** It was ended before. `help`: what its user can do, where another try would end alike. */
  | { readonly kind: 'lost'; readonly pod?: string; readonly why: string; readonly help?: string };

/** Reasons for which a container waits in vain (kubelet's `images` and `kuberuntime`): until somebody changes something, or for good. */
const imageReasons = ['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable'];
const finalReasons = [
  ...['InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError', 'CreateContainerConfigError'],
  ...['CreateContainerError', 'RunContainerError'],
];

/** A process that was told to end: by somebody who deletes its pod, or a node that is shut down. */
const toldToEnd = [130, 137, 143];

/**
 * Reads what a cluster says of a Job. Pure. @param pods all of them; those of others are left out. @param warning what was said last of the
 * Job itself.
 */
export function stateOf(job: V1Job, pods: readonly V1Pod[], warning = 'no pod yet'): JobState {
  const uid = job.metadata?.uid;
  const own = pods.filter(({ metadata }) => metadata?.ownerReferences?.some((owner) => owner.uid === uid));
  const pod = own.find(({ status }) => status?.phase === 'Succeeded') ?? own.at(-1);
  const isGoing = job.metadata?.deletionTimestamp !== undefined;
  const failed = job.status?.conditions?.find(({ type, status }) => type === 'Failed' && status === 'True');
  if (failed?.reason === 'DeadlineExceeded') {
    const help = 'Give tasks more time: limits.minutes of the settings.';
    return { kind: 'lost', ...nameOf(pod), why: 'it took longer than a Job may', help };
  }
  if (pod !== undefined) {
    const state = stateOfPod(pod);
    if (state.kind === 'ended' || state.kind === 'lost') return state;
    return isGoing ? { kind: 'lost', ...nameOf(pod), why: 'somebody removes the Job' } : state;
  }
  if (isGoing) return { kind: 'lost', why: 'somebody removes the Job' };
  const isDone = failed !== undefined || (job.status?.succeeded ?? 0) > 0 || (job.status?.failed ?? 0) > 0;
  if (isDone) return { kind: 'lost', why: `its pod is gone${failed?.message ? `: ${failed.message}` : ''}` };
  return { kind: 'waiting', why: warning };
}

function stateOfPod(pod: V1Pod): JobState {
  const { status } = pod;
  const name = pod.metadata?.name ?? '';
  const [container] = status?.containerStatuses ?? [];
  const disruption = status?.conditions?.find(
    ({ type, status: is }) => type === 'DisruptionTarget' && is === 'True',
  );
  const exitCode = container?.state?.terminated?.exitCode;
  if (status?.phase === 'Succeeded') return { kind: 'ended', pod: name, exitCode: exitCode ?? 0 };
  if (status?.phase === 'Failed') return stateOfFailed(pod, container, disruption?.message);
  if (pod.metadata?.deletionTimestamp !== undefined) {
    return { kind: 'lost', pod: name, why: disruption?.message ?? 'its pod is removed' };
  }
  if (status?.phase === 'Unknown') return { kind: 'lost', pod: name, why: 'its node says nothing any more' };
  if (status?.phase === 'Running') return { kind: 'running', pod: name };
  const { reason = '', message = '' } = container?.state?.waiting ?? {};
  const why = [reason, message].filter((word) => word !== '').join(': ');
  if (finalReasons.includes(reason)) return { kind: 'waiting', why, refused: 'at-once' };
  if (imageReasons.includes(reason)) return { kind: 'waiting', why, refused: 'soon' };
  const unscheduled = status?.conditions?.find(
    ({ type, status: is }) => type === 'PodScheduled' && is === 'False',
  );
  return { kind: 'waiting', why: unscheduled?.message ?? (why || 'its container is made') };
}

function stateOfFailed(pod: V1Pod, container: V1ContainerStatus | undefined, disruption?: string): JobState {
  const { status } = pod;
  const name = pod.metadata?.name ?? '';
  const ended = container?.state?.terminated;
  if (ended?.reason === 'OOMKilled') {
    const help = 'Give pods more: kubernetes.requests.memory of the settings.';
    return { kind: 'lost', pod: name, why: 'it took more memory than its pod has', help };
  }
  if (disruption !== undefined) return { kind: 'lost', pod: name, why: disruption };
  // Evicted, NodeLost, Preempting, Shutdown, Terminated: kubelet's and the scheduler's.
  if (status?.reason !== undefined && status.reason !== '') {
    return { kind: 'lost', pod: name, why: [status.reason, status.message].filter(Boolean).join(': ') };
  }
  if (ended === undefined) return { kind: 'lost', pod: name, why: 'its container is gone' };
  if (toldToEnd.includes(ended.exitCode)) {
    return { kind: 'lost', pod: name, why: `its worker was ended (${ended.exitCode})` };
  }
  return { kind: 'ended', pod: name, exitCode: ended.exitCode };
}

function nameOf(pod: V1Pod | undefined): { readonly pod?: string } {
  const name = pod?.metadata?.name;
  return name === undefined ? {} : { pod: name };
}
