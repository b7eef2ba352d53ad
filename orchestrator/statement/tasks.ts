import type { Json } from '../core/canonical-json.ts';
import { digestOf } from '../core/digest.ts';
import type { NodeReport } from '../report/run-report.ts';

/**
 * Not told: a toolchain's key has the machine that compiles in it, modules are known by their sums, and of licences there is no key that all machines
 * have.
 */
const untold: ReadonlySet<string> = new Set(['toolchain', 'modules', 'licenses']);

/**
 * What the tasks that lead to a file were asked to do: all values of their keys but digests of one another's outputs, by the names of
 * their nodes. Flags, environment and tools among them.
 */
export function tasksFor(node: string, nodes: readonly NodeReport[]): { readonly [id: string]: Json } {
  const byId = new Map(nodes.map((each) => [each.id, each]));
  const trees = new Set(nodes.flatMap(({ tree }) => (tree === undefined ? [] : [tree as string])));
  const found = new Map<string, NodeReport>();
  const follow = (id: string): void => {
    const known = byId.get(id);
    if (known === undefined || found.has(id)) return;
    found.set(id, known);
    known.needs.forEach(follow);
  };
  follow(node);
  const told = [...found.values()].filter(({ kind, inputs }) => !untold.has(kind) && inputs !== undefined);
  return Object.fromEntries(told.map(({ id, kind, inputs }) => [id, { kind, ...without(inputs, trees) }]));
}

/** An object, and those in it, without the members whose value is the digest of an output. */
function without(inputs: unknown, trees: ReadonlySet<string>): { readonly [name: string]: Json } {
  const plain = (value: unknown): Json => {
    if (Array.isArray(value)) return value.filter((each) => !trees.has(each)).map(plain);
    if (typeof value !== 'object' || value === null) return value as Json;
    const kept = Object.entries(value).filter(([, each]) => each !== undefined && !trees.has(each));
    return Object.fromEntries(
      // A text as long as a file is known by its digest.
      kept.map(([name, each]) =>
        name === 'dockerfile' ? [name, { sha256: digestOf(String(each)) }] : [name, plain(each)],
      ),
    );
  };
  return plain(inputs) as { readonly [name: string]: Json };
}
