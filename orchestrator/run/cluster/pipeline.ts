import { type Digest, digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { awaitedBy, chainsOf } from '../../engine/kubernetes/chains.ts';
import { documentOf } from '../../engine/kubernetes/document.ts';
import { podOf } from '../../engine/kubernetes/job.ts';
import type { Host } from '../../host.ts';
import type { Chain, Pipeline, Pod } from '../../pipeline/pipeline.ts';
import type { BuildNode, Graph } from '../../plan/node.ts';
import type { NodeId } from '../../plan/node-base.ts';
import { claimPlace } from '../../store/remote/claim-place.ts';
import { putDocument } from '../../store/remote/documents.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { openRemotePlace } from '../shared/place.ts';
import { isDoneHere } from './done-here.ts';
import { foldersOf, lacking, podsOf, settingsOf } from './open-place.ts';

/**
 * A graph as a pipeline of workers over the shared store, where the documents of its chains are put: a text alone, which nobody began. Errors:
 * `usage` where the settings do not say enough, or a task can be done on this machine alone; those of `putDocument`.
 */
export async function makePipeline(
  release: string,
  graph: Graph<BuildNode>,
  workspace: Workspace,
  host: Host,
): Promise<Result<Pipeline, Failure>> {
  const { kubernetes } = workspace;
  const place = await openRemotePlace(workspace.store, host);
  if (!place.ok) return place;
  if (place.value === undefined)
    return lacking('--as', 'store.remote', 'A store that all steps share: s3://BUCKET/PREFIX, or a folder.');
  const pods = podsOf('--as', workspace, host);
  if (!pods.ok) return pods;
  if (kubernetes.isolation === 'policy') return err(policed);
  const isHere = isDoneHere(workspace, foldersOf(kubernetes));
  const own = [...graph.nodes.values()].filter(isHere);
  if (own.length > 0) return err(boundTo(own));
  const byNode = chainsOf(graph, isHere);
  const documents = new Map<object, { readonly text: string; readonly digest: Digest }>();
  for (const chain of new Set(byNode.values())) {
    const text = documentOf(graph, chain.wanted, pods.value.platform, settingsOf(workspace, pods.value));
    documents.set(chain, { text, digest: digestOf(text) });
  }
  const claimed = await claimPlace(place.value, true);
  if (!claimed.ok) return claimed;
  for (const { text } of documents.values()) {
    const put = await putDocument(place.value, text);
    if (!put.ok) return put;
  }
  const digestsOf = (nodes: readonly NodeId[]) =>
    [...new Set(nodes.flatMap((id) => byNode.get(id) ?? []))].flatMap(
      (chain) => documents.get(chain)?.digest ?? [],
    );
  const chains = [...new Set(byNode.values())].map((chain): Chain => {
    const needs = digestsOf(awaitedBy(graph, chain));
    return { name: chain.name, document: documents.get(chain)?.digest ?? '', needs };
  });
  const created = `${new Date(host.now()).toISOString().slice(0, 19)}Z`;
  const podFor = (document: string) => podOf(document as Digest, pods.value) as unknown as Pod;
  return ok({ release, chains: inOrder(chains), podFor, created });
}

/** Each after those that it needs. */
function inOrder(chains: readonly Chain[]): readonly Chain[] {
  const byDocument = new Map(chains.map((chain) => [chain.document, chain]));
  const ordered = new Set<Chain>();
  const visit = (chain: Chain): void => {
    for (const need of chain.needs) {
      const before = byDocument.get(need);
      if (before !== undefined && !ordered.has(before)) visit(before);
    }
    ordered.add(chain);
  };
  chains.forEach(visit);
  return [...ordered];
}

const policed: Failure = {
  reason: 'usage',
  message: 'kubernetes.isolation is policy: a pipeline has no pods that the NetworkPolicy tells apart.',
  help: 'Say namespace, or give the steps to "--on kubernetes".',
};

function boundTo(nodes: readonly BuildNode[]): Failure {
  const names = nodes.slice(0, 3).map(({ id }) => id);
  const more = nodes.length > names.length ? `, and ${nodes.length - names.length} more` : '';
  return {
    reason: 'usage',
    message: `${countOf(nodes.length, 'task')} can be done on this machine alone: ${names.join(', ')}${more}.`,
    help: 'Name repositories and toolchains that pods reach, or folders that they see (kubernetes.volumes).',
  };
}
