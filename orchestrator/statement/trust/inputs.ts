import { z } from 'zod';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Definition } from './claim.ts';

/** One thing that builds were given, and what each was. */
export const inputDifferenceSchema = z.strictObject({
  /** `Go`, `commit of https://github.com/etcd-io/etcd.git`, `parameter tasks.go-build.flags.0`. */
  input: z.string(),
  /** By rebuilder; without a value where it does not name such a thing. */
  values: z.array(z.strictObject({ rebuilder: z.string(), value: z.string().optional() })),
});
export type InputDifference = z.infer<typeof inputDifferenceSchema>;

/** What people look at first comes first. */
const order = [/^Go$/, /^Go /, /^commit of /, /^patch /, /flag/i, /env/i, /^parameter /, /^lock$/];

/** What the builds of some files were given that is not the same for all of them, the telling first. */
export function differingInputs(
  builds: readonly { readonly rebuilder: string; readonly definition: Definition }[],
): readonly InputDifference[] {
  const inputs = builds.map(({ rebuilder, definition }) => ({ rebuilder, given: inputsOf(definition) }));
  const names = new Set(inputs.flatMap(({ given }) => [...given.keys()]));
  return [...names]
    .map((input) => ({
      input,
      values: inputs.map(({ rebuilder, given }) => {
        const value = given.get(input);
        return value === undefined ? { rebuilder } : { rebuilder, value };
      }),
    }))
    .filter(({ values }) => new Set(values.map(({ value }) => value)).size > 1)
    .sort((a, b) => rankOf(a.input) - rankOf(b.input) || byCodeUnit(a.input, b.input));
}

function rankOf(input: string): number {
  const at = order.findIndex((each) => each.test(input));
  return at < 0 ? order.length : at;
}

/** By name, of what a build definition says that it was made from. */
function inputsOf(definition: Definition): ReadonlyMap<string, string> {
  const inputs = new Map<string, string>([['build type', definition.buildType]]);
  for (const each of definition.resolvedDependencies ?? []) {
    for (const [name, value] of dependencyInputs(each)) {
      // Of two by one name, both count, in their order.
      const before = inputs.get(name);
      inputs.set(name, before === undefined ? value : `${before}, ${value}`);
    }
  }
  const { externalParameters: external, internalParameters: internal = {} } = definition;
  flatten({ ...external, ...internal }, '', (name, value) => {
    inputs.set(name === 'lock' ? name : `parameter ${name}`, value);
  });
  return inputs;
}

type Dependency = NonNullable<Definition['resolvedDependencies']>[number];

function* dependencyInputs({
  uri = '',
  name = '',
  digest = {},
  annotations = {},
}: Dependency): Iterable<readonly [string, string]> {
  const [, version] = /^pkg:generic\/go@(.+)$/.exec(uri) ?? [];
  const hashes = Object.values(digest).join(' ');
  if (version !== undefined) {
    yield ['Go', version];
    for (const [each, value] of Object.entries(annotations)) yield [`Go (${each})`, String(value)];
    return;
  }
  const [, repository, at = '', path] = /^git\+([^@#]+)(?:@([^#]*))?(?:#(.*))?$/.exec(uri) ?? [];
  if (repository === undefined) yield [`${name} ${uri}`.trim(), hashes];
  else if (path !== undefined) yield [`patch ${path}`, hashes];
  else
    yield [`commit of ${repository}`, `${digest['gitCommit'] ?? hashes} (${at.replace('refs/tags/', '')})`];
}

/** The values in lists and objects, each by the names that lead to it. */
function flatten(value: unknown, name: string, take: (name: string, value: string) => void): void {
  if (typeof value !== 'object' || value === null) take(name, String(value));
  else
    for (const [member, each] of Object.entries(value))
      flatten(each, name === '' ? member : `${name}.${member}`, take);
}
