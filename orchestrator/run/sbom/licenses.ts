import type { BuildNode } from '../../plan/node.ts';
import { type LicenseFacts, licenseKey } from '../../statement/sbom/facts.ts';
import { type Attributed, readAttribution } from '../../task/licenses/read-attribution.ts';
import { readSource } from '../../tool/file/read-file.ts';
import type { BuildInformation } from '../../verdict/inspect/binary.ts';
import type { Rebuilt } from '../rebuild.ts';

/**
 * What was found of the licences of a go-build's programs: of its own node, and of no other's, so that what is said of a program
 * does not hang on what else is built. Nothing where no image wanted to know.
 */
export async function attributedTo(
  build: string | undefined,
  { prepared, report, store }: Pick<Rebuilt, 'prepared' | 'report' | 'store'>,
): Promise<readonly Attributed[]> {
  const nodes: readonly BuildNode[] = [...prepared.plan.graph.nodes.values()];
  const node = nodes.find((each) => each.kind === 'licenses' && each.builds.some((of) => of.build === build));
  const tree = report.nodes.find(({ id }) => id === node?.id)?.tree;
  return tree === undefined
    ? []
    : readAttribution(await readSource(`${store.treePath(tree)}/ATTRIBUTION.txt`));
}

/** Those of the modules of a program, each with all that is said of parts of it. */
export function licensesOf(
  build: BuildInformation,
  attributed: readonly Attributed[],
): ReadonlyMap<string, LicenseFacts> {
  const modules = [build.main, ...build.dependencies].map(({ path }) => path).filter((path) => path !== '');
  const byLength = [...new Set([...modules, 'golang.org/go'])].sort((a, b) => b.length - a.length);
  const found = new Map<string, Attributed[]>();
  for (const each of attributed) {
    const module = byLength.find((path) => each.name === path || each.name.startsWith(`${path}/`));
    if (module === undefined) continue;
    const key = licenseKey(module, each.version);
    found.set(key, [...(found.get(key) ?? []), each]);
  }
  return new Map([...found].map(([key, all]) => [key, joined(all)]));
}

function joined(all: readonly Attributed[]): LicenseFacts {
  const ids = all.flatMap(({ expression }) => expression?.split(' AND ') ?? []);
  const trouble = all.flatMap(({ name, trouble: what }) => (what === undefined ? [] : [`${name}: ${what}`]));
  return {
    declared: ids.length === 0 ? undefined : [...new Set(ids)].sort().join(' AND '),
    isAbsent: all.every((each) => each.trouble === 'NONE FOUND'),
    note: trouble.length === 0 ? undefined : `${trouble.join('; ')}.`,
  };
}
