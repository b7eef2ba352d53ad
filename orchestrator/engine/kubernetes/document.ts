import { canonicalJson, type Json } from '../../core/canonical-json.ts';
import { areTexts, parseJson } from '../../core/json-text.ts';
import { isPlatform, type Platform } from '../../core/platform.ts';
import type { Graph } from '../../plan/node.ts';
import type { NodeBase, NodeId } from '../../plan/node-base.ts';
import { closureOf } from '../closure.ts';
import { awaitedBy, type Chain, chainsOf } from './chains.ts';

/**
 * What a worker gets: a graph, and which of its nodes are asked for. It has all that they need, too, which comes from the shared store
 * by its keys, and is made where that has lost it. Nothing in it says what is made already, so who asks for the same once more finds
 * the Job that he began before.
 */
export interface JobDocument<N extends NodeBase> {
  readonly schema: typeof documentSchema;
  /** That keys are made for, and the worker runs on. */
  readonly platform: Platform;
  /** What a node needs stands before it. */
  readonly nodes: readonly N[];
  /** In the graph's order. */
  readonly wanted: readonly NodeId[];
  readonly settings: WorkerSettings;
}

/** What of the settings deeds go by, beside what nodes say. Keys are not made of it. */
export interface WorkerSettings {
  readonly mirrors: Readonly<Record<string, string>>;
  /** Bytes. */
  readonly memory: number;
  readonly processes: number;
  readonly minutes: number;
  readonly sandbox: 'required' | 'where-possible' | 'never';
  /** What can be made again of what is asked for is, whatever the store has: the name of the run that wants it so. */
  readonly fresh?: string;
}

/** Raised when a worker of before would misread it. */
const documentSchema = 1;

export function documentOf<N extends NodeBase>(
  graph: Graph<N>,
  wanted: readonly NodeId[],
  platform: Platform,
  settings: WorkerSettings,
): string {
  const nodes = [...closureOf(graph, wanted)].flatMap((id) => graph.nodes.get(id) ?? []);
  return `${canonicalJson({ schema: documentSchema, platform, nodes, wanted, settings } as unknown as Json)}\n`;
}

/** A chain as a step of somebody else's pipeline. */
export interface ChainDocument {
  readonly name: string;
  /** Names of chains that are done before. */
  readonly needs: readonly string[];
  /** What its worker is asked for. */
  readonly text: string;
}

/** The documents of all chains of a graph, in its order; what is done on this machine (`isHere`) is in none. */
export function documentsOf<N extends NodeBase>(
  graph: Graph<N>,
  isHere: (node: N) => boolean,
  platform: Platform,
  settings: WorkerSettings,
): readonly ChainDocument[] {
  const chains = chainsOf(graph, isHere);
  const names = new Map<Chain, string>();
  for (const chain of new Set(chains.values())) {
    const taken = [...names.values()].filter(
      (name) => name === chain.name || name.startsWith(`${chain.name} #`),
    );
    names.set(chain, taken.length === 0 ? chain.name : `${chain.name} #${taken.length + 1}`);
  }
  return [...names].map(([chain, name]) => {
    const before = new Set(awaitedBy(graph, chain).flatMap((id) => names.get(chains.get(id) as Chain) ?? []));
    return { name, needs: [...before], text: documentOf(graph, chain.wanted, platform, settings) };
  });
}

/**
 * Reads one back; undefined where it is none, or of another version. Anybody's digest vouches for anybody's text: that it is a graph, and what
 * is asked for is in it, is looked at; what nodes of a kind have besides is their deeds' business.
 */
export function readDocument<N extends NodeBase>(text: string): JobDocument<N> | undefined {
  const value = parseJson(text) as { readonly [name in keyof JobDocument<N>]?: unknown } | undefined;
  if (value?.schema !== documentSchema) return undefined;
  const { platform, nodes, wanted, settings } = value;
  if (typeof platform !== 'string' || !isPlatform(platform) || !isSettings(settings)) return undefined;
  if (!Array.isArray(nodes) || !areTexts(wanted)) return undefined;
  const known = new Set<string>();
  for (const node of nodes) {
    if (!isNode(node) || known.has(node.id) || !node.needs.every((need) => known.has(need))) return undefined;
    known.add(node.id);
  }
  return wanted.every((id) => known.has(id)) ? (value as JobDocument<N>) : undefined;
}

function isNode(value: unknown): value is NodeBase {
  if (!isObject(value)) return false;
  const { id, needs, title, projects } = value;
  return typeof id === 'string' && typeof title === 'string' && areTexts(needs) && areTexts(projects);
}

const sandboxes: readonly unknown[] = ['required', 'where-possible', 'never'];

function isSettings(value: unknown): value is WorkerSettings {
  if (!isObject(value) || !isObject(value['mirrors'])) return false;
  const { mirrors, memory, processes, minutes, sandbox, fresh } = value;
  const areLimits = [memory, processes, minutes].every((each) => typeof each === 'number' && each > 0);
  const isFresh = fresh === undefined || typeof fresh === 'string';
  return areTexts(Object.values(mirrors as object)) && areLimits && isFresh && sandboxes.includes(sandbox);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
