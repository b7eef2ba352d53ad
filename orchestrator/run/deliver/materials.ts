import { chainOf } from '../../config/base/base-image-chain.ts';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { goBuildOf } from '../../plan/node-script.ts';
import { loadBaseImages } from '../../rpm/repository/load-base-images.ts';
import type { Materials, NamedDigest } from '../../statement/made-by.ts';
import type { TreeEntry } from '../../store/store.ts';
import { digestsOfFiles } from '../../workspace/recipe-files.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import type { Prepared } from '../prepare/prepare.ts';
import type { Rebuilt } from '../rebuild.ts';

/** What statements say of what a run built from, beside its report. Errors: those of reading recipes, and of the store. */
export async function materialsOf(
  { prepared, report, store }: Pick<Rebuilt, 'prepared' | 'report' | 'store'>,
  host: Host,
): Promise<Result<Materials, Failure>> {
  const recipes = await recipesOf(prepared, host);
  if (!recipes.ok) return recipes;
  const bases = await basesOf(prepared, host);
  if (!bases.ok) return bases;
  const trees = new Map(report.nodes.map(({ id, tree }) => [id, tree]));
  const sums = new Map<string, readonly NamedDigest[]>();
  // Those of Kubernetes are read once, and not for each platform.
  const known = new Map<Digest, readonly TreeEntry[]>();
  for (const node of prepared.plan.graph.nodes.values()) {
    if (node.kind !== 'go-build' && !(node.kind === 'script-build' && 'compiles' in node)) continue;
    const { source, module } = goBuildOf(node as Parameters<typeof goBuildOf>[0]);
    const tree = trees.get(source);
    if (tree === undefined) continue;
    const entries = known.has(tree) ? ok(known.get(tree) ?? []) : await store.entries(tree);
    if (!entries.ok) return entries;
    known.set(tree, entries.value);
    const folder = module === '.' ? '' : `${module}/`;
    const named = new Set(moduleLists.map((name) => `source/${folder}${name}`));
    const found = entries.value.flatMap((entry) =>
      entry.type === 'file' && named.has(entry.path)
        ? [{ path: entry.path.slice('source/'.length), sha256: entry.sha256 }]
        : [],
    );
    sums.set(node.id, found);
  }
  return ok({ recipes: recipes.value, bases: bases.value, sums });
}

/** What names modules with their sums, and what says which of them a committed `vendor` has. */
const moduleLists = ['go.sum', 'vendor/modules.txt'];

/** The recipes of what is planned, by project. Errors: those of `digestsOfFiles`. */
export async function recipesOf(
  { workspace, plan }: Pick<Prepared, 'workspace' | 'plan'>,
  host: Host,
): Promise<Result<Materials['recipes'], Failure>> {
  const place = (project: string) => `projects/${project}/project.yaml`;
  const projects = plan.projects.map(({ project }) => project);
  const found = await digestsOfFiles(workspace, projects.map(place), host.cwd);
  if (!found.ok) return found;
  return ok(
    new Map(
      projects.map((project) => {
        const sha256 = found.value.get(place(project));
        return [project, sha256 === undefined ? [] : [{ path: 'project.yaml', sha256 }]];
      }),
    ),
  );
}

/** What base images of our own are made by, where images stand on some. */
export async function basesOf(
  { workspace, planInput }: Pick<Prepared, 'workspace' | 'planInput'>,
  host: Host,
): Promise<Result<Materials['bases'], Failure>> {
  const bases = new Map<string, readonly NamedDigest[]>();
  const own = [...(planInput.images?.bases ?? [])];
  if (!own.some(([, { kind }]) => kind === 'built')) return ok(bases);
  const { searchPath } = workspace;
  const loaded = await loadBaseImages({ searchPath, shown: (path) => shownPath(path, host.cwd) });
  if (!loaded.ok) return loaded;
  for (const [name, choice] of own) {
    if (choice.kind !== 'built') continue;
    const files = [...chainOf(loaded.value, name).keys()].flatMap((each) => [
      `${each}/base-image.yaml`,
      `${each}/${choice.distribution}.lock.yaml`,
    ]);
    const at = (path: string) => `base-images/${path}`;
    const digests = await digestsOfFiles(workspace, ['Dockerfile', ...files].map(at), host.cwd);
    if (!digests.ok) return digests;
    bases.set(
      name,
      [...digests.value].map(([path, sha256]) => ({ path: path.slice(at('').length), sha256 })),
    );
  }
  return ok(bases);
}
