import type { Json } from '../core/canonical-json.ts';

/** A chain of a graph's tasks that is done in one pod: what a worker gets by the digest of its document. */
export interface Chain {
  /** For people: `etcd-io/etcd`, `go 1.21.10`. */
  readonly name: string;
  /** SHA-256. */
  readonly document: string;
  /** The documents of those that come before it; each of them is a chain of the pipeline. */
  readonly needs: readonly string[];
}

/** A pod as Kubernetes has it, as far as pipelines take it apart. */
export interface Pod {
  readonly containers: readonly [Container];
  readonly volumes?: Json;
  readonly securityContext?: Json;
  readonly nodeSelector?: Json;
  readonly tolerations?: Json;
  readonly imagePullSecrets?: Json;
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly workingDir?: string;
  readonly env?: Json;
  readonly envFrom?: Json;
  readonly resources?: Json;
  readonly securityContext?: Json;
  readonly volumeMounts?: Json;
}

export interface Pipeline {
  /** `v1-30-eks-5` */
  readonly release: string;
  /** Each stands after those that it needs. */
  readonly chains: readonly Chain[];
  /** When it is written, RFC 3339: Prow counts a job's time from there. */
  readonly created: string;
  /** The pod that does a document; what stands for one in a system's own language is a document to it, too. */
  readonly podFor: (document: string) => Pod;
}

/** As Kubernetes calls things: RFC 1123, at most 63 characters. */
const longest = 63;

/** What everything of a pipeline is called by. */
export function pipelineName({ release }: Pick<Pipeline, 'release'>): string {
  return labelOf(`eksd-rebuild-${release}`, longest);
}

/** The name of a chain's step: of no two the same, and of the same chain always the same. */
export function stepName({ name, document }: Pick<Chain, 'name' | 'document'>): string {
  const mark = document.slice(0, 8);
  return `${labelOf(name, longest - mark.length - 1)}-${mark}`;
}

function labelOf(text: string, length: number): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return plain.slice(0, length).replace(/^[^a-z]+|-+$/g, '') || 'step';
}

/** The names of the steps that come before a chain's. */
export function namesBefore({ needs }: Chain, { chains }: Pipeline): readonly string[] {
  return chains.filter(({ document }) => needs.includes(document)).map(stepName);
}

/** A list for YAML without what is empty. */
export function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
