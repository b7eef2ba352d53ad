import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { applicableBuilds, type PlanInput } from '../../plan/plan.ts';
import type { BuildMethod, ChosenMethod, ToolVersions } from '../../plan/script-nodes.ts';
import { isExclusion, isMeant } from '../../workspace/choose-names.ts';

/** How a user wants projects to be built that have scripts of their own. */
export interface MethodOptions {
  readonly method?: BuildMethod;
  /** The projects that were asked for, as they were. */
  readonly project?: readonly string[];
}

/**
 * The method to plan with, with the versions of the tools that its scripts call. Errors: `usage` where what was asked for by
 * name has no scripts; what was not goes without.
 */
export async function chooseMethod(
  { method = 'direct', project: asked = [] }: MethodOptions,
  input: PlanInput,
  host: Host,
): Promise<Result<ChosenMethod, Failure>> {
  if (method === 'direct') return ok({ name: method, tools: await versionsOf(generatorsOf(input), host) });
  const scripts = new Map(input.projects.map((project) => [project, scriptsOf(project, input)]));
  for (const pattern of asked.filter((word) => !isExclusion(word))) {
    const fits = [...scripts.keys()].filter((project) => isMeant(project, pattern));
    // What was asked for may hold no image that is wanted.
    if (fits.length === 0 || fits.some((project) => scripts.get(project)?.length !== 0)) continue;
    const what = fits.length === 1 ? fits[0] : `what ${pattern} stands for`;
    const message = `There are no scripts that build ${what} of ${input.lock.release}.`;
    const help = 'Leave --method out: go commands of our own make the same files.';
    return err({ reason: 'usage', message, help });
  }
  const called = [...scripts.values()].flat().flatMap((each) => each.tools);
  const tools = [...called, ...generatorsOf(input)];
  return ok({ name: method, tools: await versionsOf(tools, host) });
}

async function versionsOf(tools: readonly string[], host: Host): Promise<ToolVersions> {
  if (tools.length === 0) return new Map();
  const { toolVersions } = await import('../wiring/script-tools.ts');
  return toolVersions(tools, host);
}

/** The scripts of a project's builds, where it has any. */
function scriptsOf(project: string, input: PlanInput) {
  return applicableBuilds(project, input).flatMap(({ scripts }) => (scripts === undefined ? [] : [scripts]));
}

/** What the machine is to have for files that a checkout lacks. */
function generatorsOf(input: PlanInput): readonly string[] {
  return input.projects.flatMap((project) =>
    applicableBuilds(project, input).flatMap(({ generated }) => generated?.tools ?? []),
  );
}
