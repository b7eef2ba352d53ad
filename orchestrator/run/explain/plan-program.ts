import type { Lock } from '../../config/lock/lock.ts';
import type { Override } from '../../config/lock/override.ts';
import type { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { GoBuildNode, SourceNode } from '../../plan/node-go.ts';
import { goBuildOf } from '../../plan/node-script.ts';
import { type PlanInput, planRelease } from '../../plan/plan.ts';
import { programFiles } from '../../plan/program-files.ts';
import { type Foretold, type ForetoldSource, foretell } from '../../verdict/explain/foretell.ts';
import type { OwnBuild } from '../../verdict/explain/suspect.ts';
import { mergeOverrides, type Variant } from '../../verdict/explain/variant.ts';
import type { BuildInformation } from '../../verdict/inspect/binary.ts';
import { knownVariants } from './known-variants.ts';
import { plannedBuildOf } from './own-build.ts';

/** A published file, by what it is of. */
export interface AskedFile {
  readonly project: string;
  readonly platform: Platform;
  readonly name: string;
}

/** How a program is to be built, and what comes of it, as far as that can be told before. */
export interface ProgramPlan {
  readonly own: OwnBuild;
  /** Undefined where it cannot be planned so. */
  foretell(published: BuildInformation, variant?: Variant): Foretold | undefined;
}

/** A program's go command, and what that is run on. */
interface Planned {
  readonly node: GoBuildNode;
  readonly source: ForetoldSource;
}

/**
 * Plans a program, and it again with whatever variant. A commit that nobody could look up is no hindrance: what comes of the
 * sources is not foretold anyway. Nor is a Go that nobody knows: then it is the one that the published program names.
 * Errors: what else keeps the project from being planned; `usage` where its recipe does not make that file.
 */
export function planProgram(
  file: AskedFile,
  input: PlanInput,
  goVersion: string,
  host: string,
): Result<ProgramPlan, Failure> {
  const assumed = assumeSources(file.project, input);
  const before = input.overrides?.get(file.project) ?? {};
  const planned = new Map<string, Result<Planned, Failure>>();
  const planWith = (override: Override): Result<Planned, Failure> => {
    const text = JSON.stringify(override);
    const known = planned.get(text) ?? planOnce(file, assumed, override, input.lock);
    planned.set(text, known);
    return known;
  };
  const own = planWith(before);
  const isGoUnknown = !own.ok && own.error.reason === 'toolchain-unavailable';
  const named = { go: { version: goVersion, patches: [] } };
  const base = isGoUnknown ? (mergeOverrides(before, named) ?? before) : before;
  const first = isGoUnknown ? planWith(base) : own;
  if (!first.ok) return first;
  const locked = assumed.lock.projects[file.project];
  if (locked === undefined) throw new Error(`${file.project} is not in the lock`);
  const variants = knownVariants({ project: file.project, locked }, file.platform, assumed, [], host);
  return ok({
    own: plannedBuildOf({ locked }, first.value.node, variants),
    foretell(published, variant) {
      const override = mergeOverrides(
        variant?.override.go === undefined ? base : before,
        variant?.override ?? {},
      );
      const made = override === undefined ? undefined : planWith(override);
      if (made === undefined || !made.ok) return undefined;
      const { build, unknown } = foretell(made.value.node, file.name, made.value.source, published);
      const hasGo = !isGoUnknown || override?.go !== base.go;
      return { build: hasGo ? build : { ...build, goVersion: '' }, unknown };
    },
  });
}

function planOnce(
  { project, platform, name }: AskedFile,
  { images: _, ...input }: PlanInput,
  override: Override,
  lock: Lock,
): Result<Planned, Failure> {
  const isPlatform = (each: Platform): boolean => each === platform;
  const overrides = new Map([[project, override]]);
  const plan = planRelease({ ...input, projects: [project], isSelected: isPlatform, overrides });
  const state = plan.projects[0]?.state;
  if (state?.kind === 'failure') return err(state.failure);
  const builds = state?.kind === 'planned' ? state.builds : [];
  const build =
    builds.find((each) => programFiles(each)?.includes(name)) ??
    builds.find((each) => programFiles(each) === undefined);
  if (build === undefined) {
    const message = `The recipe of ${project} makes no ${name} for ${platform}.`;
    return err({ reason: 'usage', message, help: 'Only of what is built can be told how.' });
  }
  const source = plan.graph.nodes.get(build.source);
  if (source?.kind !== 'source') throw new Error(`${build.id} has no source`);
  return ok({
    node: goBuildOf(build),
    source: stampOf(source, lock.projects[project]?.commit),
  });
}

function stampOf({ commit, patches, override }: SourceNode, locked: string | undefined): ForetoldSource {
  const isTagged = patches.length === 0 || override?.patching === 'uncommitted';
  return {
    head: isTagged && commit === locked ? commit : undefined,
    isModified: override?.stamp !== 'clean',
    tags: override?.tags ?? 'all',
  };
}

/** The lock with something in the place of what could not be looked up. */
function assumeSources(project: string, input: PlanInput): PlanInput {
  const locked = input.lock.projects[project];
  if (locked === undefined) return input;
  const isKnown = /^[0-9a-f]{40}$/.test(locked.commit);
  const commit = isKnown ? locked.commit : ('0'.repeat(40) as typeof locked.commit);
  const patches = locked.patches.map((patch) =>
    patch.sha256 === 'unavailable' ? { ...patch, sha256: '0'.repeat(64) as typeof patch.sha256 } : patch,
  );
  const projects = { ...input.lock.projects, [project]: { ...locked, commit, patches } };
  return { ...input, lock: { ...input.lock, projects } };
}
