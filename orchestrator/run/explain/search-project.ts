import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Digest } from '../../core/digest.ts';
import type { Say } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/platform.ts';
import { ok, type Result } from '../../core/result.ts';
import { closureOf } from '../../engine/closure.ts';
import type { NodeOutcome } from '../../engine/run.ts';
import type { Host } from '../../host.ts';
import { makeGraph } from '../../plan/graph.ts';
import type { BuildNode } from '../../plan/node.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { ProgramNode } from '../../plan/node-script.ts';
import type { PlannedProject } from '../../plan/plan.ts';
import { planRelease } from '../../plan/plan.ts';
import { programFiles } from '../../plan/program-files.ts';
import { again, search } from '../../verdict/explain/search.ts';
import type { Seen } from '../../verdict/explain/suspect.ts';
import { targetedVariants } from '../../verdict/explain/targeted.ts';
import { mergeOverrides, type Variant } from '../../verdict/explain/variant.ts';
import type { Tried } from '../../verdict/verify/explanation.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import { filesMadeBy } from '../outcome/judge.ts';
import type { OpenRun } from '../prepare/open-run.ts';
import type { Prepared } from '../prepare/prepare.ts';
import type { DifferentFile } from './different-file.ts';
import type { FindGos } from './find-gos.ts';
import { knownVariants } from './known-variants.ts';
import type { Insight } from './look-inside.ts';
import { ownBuildOf } from './own-build.ts';

export interface SearchContext {
  readonly prepared: Prepared;
  readonly opened: OpenRun;
  /** Of the run in which the files came out otherwise. */
  readonly outcomes: ReadonlyMap<NodeId, NodeOutcome>;
  readonly findGos: FindGos;
  /** What the user has of the published files. */
  readonly insight: Insight | undefined;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly host: Host;
  readonly say: Say;
}

export interface ProjectSearch {
  readonly found: ReadonlyMap<DifferentFile, Variant>;
  readonly tried: readonly Tried[];
  readonly exhausted: boolean;
  /** What came out under other conditions, where that was something else than before. */
  readonly unstable: ReadonlyMap<DifferentFile, Digest>;
  /** What the contents of the files say. */
  readonly seen: ReadonlyMap<DifferentFile, Seen>;
}

/**
 * Looks for what gives the published files of a project: platform by platform, and what one needed first on the next. Where the
 * published file is at hand, what its content speaks for is all that is tried. Errors: those of `Insight.look`.
 */
export async function searchProject(
  project: string,
  files: readonly DifferentFile[],
  context: SearchContext,
): Promise<Result<ProjectSearch, Failure>> {
  const { host } = context;
  const planned = context.prepared.plan.projects.find((each) => each.project === project);
  const found = new Map<DifferentFile, Variant>();
  const unstable = new Map<DifferentFile, Digest>();
  const seen = new Map<DifferentFile, Seen>();
  const tried: Tried[] = [];
  let exhausted = true;
  const searchFor = async (
    platform: Platform,
    open: readonly DifferentFile[],
    variants: readonly Variant[],
  ): Promise<void> => {
    const earlier = [...new Set(found.values())];
    const others = variants.filter((variant) => !earlier.some(({ what }) => what === variant.what));
    const result = await search({
      wanted: new Map(open.map((file) => [file.name, file.expected])),
      ours: new Map(open.map((file) => [file.name, file.found])),
      variants: [...earlier.map((variant) => ({ ...variant, weight: 10_000, cost: 1 })), ...others],
      build: (variant, names) => build({ project, platform }, variant, names, context),
      budget: context.deadline - host.now(),
      clock: host.now,
      signal: host.signal,
    });
    for (const file of open) {
      const variant = result.found.get(file.name);
      if (variant !== undefined) found.set(file, variant);
      const other = result.unstable.get(file.name);
      if (other !== undefined) unstable.set(file, other);
    }
    tried.push(...result.tried);
    exhausted &&= result.exhausted;
  };
  for (const platform of planned === undefined ? [] : platformsInOrder(files, host.platform)) {
    const isOpen = (file: DifferentFile) =>
      file.platform === platform && !found.has(file) && !unstable.has(file);
    const variants = planned === undefined ? [] : await variantsFor(planned, platform, context);
    for (const file of files.filter(isOpen)) {
      if (!isOpen(file)) continue;
      const looked = await lookInside(file, planned, variants, context);
      if (!looked.ok) return looked;
      if (looked.value === undefined) continue;
      seen.set(file, looked.value);
      await searchFor(platform, [file], targetedVariants(looked.value.suspects));
    }
    const left = files.filter((file) => isOpen(file) && !seen.has(file));
    if (left.length > 0) await searchFor(platform, left, variants);
  }
  return ok({ found, unstable, seen, tried, exhausted });
}

async function lookInside(
  file: DifferentFile,
  planned: PlannedProject | undefined,
  variants: readonly Variant[],
  { insight, outcomes, opened }: SearchContext,
): Promise<Result<Seen | undefined, Failure>> {
  if (insight === undefined || planned === undefined) return ok(undefined);
  const ours = ownBuildOf(file, planned, outcomes, opened.store, variants);
  return ours === undefined ? ok(undefined) : insight.look(file, ours.path, ours.own);
}

/** The machine's own first: it is the quickest to build for where C is tried. */
function platformsInOrder(files: readonly FileVerdict[], own: string): readonly Platform[] {
  const platforms = [...new Set(files.map((file) => file.platform))].sort(byCodeUnit);
  return [...platforms.filter((each) => each === own), ...platforms.filter((each) => each !== own)];
}

async function variantsFor(
  planned: PlannedProject,
  platform: Platform,
  { prepared, host, findGos }: SearchContext,
): Promise<readonly Variant[]> {
  return knownVariants(planned, platform, prepared.planInput, await findGos(planned), host.platform);
}

function otherwise(node: BuildNode): BuildNode {
  return node.kind === 'go-build' ? { ...node, conditions: 'other' } : node;
}

/** What comes out with a variant where no more is built than these files need, by name; undefined where nothing does. */
async function build(
  { project, platform }: { readonly project: string; readonly platform: Platform },
  variant: Variant,
  names: ReadonlySet<string>,
  { prepared, opened, host, say }: SearchContext,
): Promise<ReadonlyMap<string, Digest> | undefined> {
  const { planInput } = prepared;
  const override = mergeOverrides(planInput.overrides?.get(project) ?? {}, variant.override);
  if (override === undefined) return undefined;
  const plan = planRelease({
    ...planInput,
    projects: [project],
    isSelected: (each) => each === platform,
    overrides: new Map([[project, override]]),
  });
  const builds = plan.projects.flatMap((planned) => buildsOf(planned, names));
  const needed = [...closureOf(plan.graph, builds)].flatMap((id) => plan.graph.nodes.get(id) ?? []);
  const began = host.now();
  say(`${project} ${platform}: trying ${variant.what}`);
  const graph = makeGraph(variant === again ? needed.map(otherwise) : needed);
  const outcomes = await opened.run(graph, () => undefined);
  say('');
  const made = builds.length === 0 ? undefined : await filesMadeBy(builds, outcomes, opened.store);
  const seconds = Math.round((host.now() - began) / 1000);
  const result = made === undefined ? 'cannot be built' : 'built';
  host.stderr.write(`${project} ${platform} with ${variant.what}: ${result} in ${seconds} s\n`);
  return made;
}

/** The builds that make a file of these names, or that nobody knows of what they make. */
function buildsOf({ state }: PlannedProject, names: ReadonlySet<string>): readonly NodeId[] {
  if (state.kind !== 'planned') return [];
  const makesOne = (node: ProgramNode) => programFiles(node)?.some((name) => names.has(name)) ?? true;
  return state.builds.filter(makesOne).map(({ id }) => id);
}
