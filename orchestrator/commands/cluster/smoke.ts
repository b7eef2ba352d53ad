import { type ClusterRelease, neededImage } from '../../cluster/cluster-release.ts';
import { addressesIn, dnsQuestion, isWholeAnswer } from '../../cluster/smoke/dns-question.ts';
import {
  type Finding,
  judgeImages,
  judgeVersions,
  type KnownDigests,
  right,
  wrong,
} from '../../cluster/smoke/judge.ts';
import { containersOf, dnsPodsOf, nameOf, nodesOf, type PodObject } from '../../cluster/smoke/read-seen.ts';
import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { parseJson } from '../../core/json-text.ts';
import { countOf } from '../../core/numbers.ts';
import { type ImageIndex, isIndexType, type OciDigest } from '../../core/oci.ts';
import { repositoryOf } from '../../core/registry-place.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type InsecureOptions, insecureOf } from '../../oci/registry/endpoint.ts';
import { getManifest } from '../../oci/registry/manifests.ts';
import type { Registry } from '../../oci/registry/registry.ts';
import { openRegistries } from '../../run/wiring/registries.ts';
import { openProcesses } from '../../run/wiring/tools.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import { openConfig } from '../../tool/kubernetes/open-config.ts';
import { type ClusterView, viewCluster } from '../../tool/kubernetes/view.ts';
import { telling } from '../words/activity-of.ts';
import { reportFailure } from '../words/report-failure.ts';
import { type LoadOptions, loadClusterRelease } from './load.ts';

export interface SmokeOptions extends Omit<LoadOptions, 'files' | 'offline'>, InsecureOptions {
  /** Of the kubeconfig. */
  readonly context?: string;
  /** What names of the cluster end with. */
  readonly clusterDomain: string;
}

/** Questions to the registry at once. */
const questionsAtOnce = 8;

/**
 * `eksd-rebuild cluster smoke RELEASE`: whether a cluster runs what the release has: its version, its images by digest, and whether its
 * DNS answers. It only looks, and leaves nothing there.
 */
export async function clusterSmoke(release: string, options: SmokeOptions, host: Host): Promise<number> {
  const found = await tellingSmoke(release, options, host);
  if (!found.ok) return reportFailure(found.error, host);
  for (const { state, text } of found.value) host.stdout.write(`${signs[state]} ${text}\n`);
  return found.value.some(({ state }) => state === 'wrong') ? exitCode.different : exitCode.identical;
}

const signs = { right: '✔', wrong: '✖', note: '·' } as const;

async function tellingSmoke(
  name: string,
  options: SmokeOptions,
  host: Host,
): Promise<Result<readonly Finding[], Failure>> {
  const loaded = await loadClusterRelease(name, options, host);
  if (!loaded.ok) return loaded;
  const { release, workspace } = loaded.value;
  const server = neededImage(release, 'kubernetes/kube-apiserver');
  if (!server.ok) return server;
  const insecure = insecureOf(release.place.host, options);
  if (!insecure.ok) return insecure;
  const opened = openConfig({ context: options.context }, host);
  if (!opened.ok) return opened;
  const view = viewCluster(opened.value.config);
  const asking = (what: string) => `asking the cluster for ${what}`;
  const version = await telling(host, asking('its version'), view.version);
  if (!version.ok) return version;
  const nodes = await telling(host, asking('its nodes'), view.nodes);
  if (!nodes.ok) return nodes;
  const pods = await telling(host, asking('its pods'), view.pods);
  if (!pods.ok) return pods;
  const { run } = await openProcesses(host, workspace);
  const registries = openRegistries(workspace, run, host, { pushes: false });
  const opening = insecure.value === undefined ? {} : { insecure: insecure.value };
  const registry = await registries.open(release.place.host, opening);
  if (!registry.ok) return registry;
  const asked = `asking ${release.place.host} for images`;
  const known = await telling(host, asked, () => digestsOf(release, registry.value));
  if (!known.ok) return known;
  const dns = await telling(host, asking('its DNS'), () => tryDns(view, pods.value, options.clusterDomain));
  if (!dns.ok) return dns;
  const seen = { version: version.value, nodes: nodesOf(nodes.value), containers: containersOf(pods.value) };
  const tag = server.value.tag.replace(/-eks-.*$/, '');
  return ok([...judgeVersions(tag, seen), ...judgeImages(release, known.value, seen), ...dns.value]);
}

/** What each image of a release may be on a node: the index, or what is for the node in it. Manifest or report say which index. */
async function digestsOf(
  release: ClusterRelease,
  registry: Registry,
): Promise<Result<KnownDigests, Failure>> {
  const asked = await inParallel(release.images, questionsAtOnce, async ({ name, tag }) => {
    const said = release.digests.get(`${name}:${tag}`);
    const read = await getManifest(registry, repositoryOf(release.place, name), said ?? tag);
    if (!read.ok) return read;
    const digests = new Set<OciDigest>(said === undefined ? [] : [said]);
    if (read.value !== undefined) {
      digests.add(read.value.digest);
      if (isIndexType(read.value.mediaType)) {
        const index = parseJson(read.value.bytes.toString('utf8')) as ImageIndex | undefined;
        for (const { digest } of index?.manifests ?? []) digests.add(digest);
      }
    }
    return ok(digests.size === 0 ? [] : [[name, digests] as const]);
  });
  return asked.ok ? ok(new Map(asked.value.flat())) : asked;
}

/** Asks every pod that answers for DNS for a name that every cluster has. */
async function tryDns(
  view: ClusterView,
  pods: readonly PodObject[],
  domain: string,
): Promise<Result<readonly Finding[], Failure>> {
  const service = await view.serviceAddress('default', 'kubernetes');
  if (!service.ok) return service;
  const answering = dnsPodsOf(pods);
  if (answering.length === 0)
    return ok([wrong('DNS: no pod of kube-system with k8s-app=kube-dns is ready.')]);
  const name = `kubernetes.default.svc.${domain}`;
  const findings: Finding[] = [];
  for (const pod of answering) {
    const { namespace = '', name: podName = '' } = pod.metadata ?? {};
    const answer = await view.ask({ namespace, name: podName }, 53, dnsQuestion(name), isWholeAnswer);
    // That one pod does not answer is what was asked.
    if (!answer.ok && answer.error.reason !== 'cluster') return err(answer.error);
    const addresses = answer.ok
      ? addressesIn(answer.value)
      : { why: answer.error.reason === 'cluster' ? answer.error.detail : '' };
    const why = 'why' in addresses ? addresses.why : whyNot(addresses, service.value);
    if (why !== undefined) findings.push(wrong(`DNS: ${nameOf(pod)}, asked for ${name}: ${why}`));
  }
  const all = countOf(answering.length, 'pod');
  return ok(findings.length > 0 ? findings : [right(`DNS: asked of ${all}, ${name} is ${service.value}.`)]);
}

function whyNot(addresses: readonly string[], address: string | undefined): string | undefined {
  return address !== undefined && addresses.includes(address)
    ? undefined
    : `it says ${addresses.join(', ')}, and the service has ${address ?? 'no address'}`;
}
