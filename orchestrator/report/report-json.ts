import type { CommandRecord } from '../tool/process/process.ts';
import type { Beside, PackageBeside } from './beside.ts';
import type { ImageReport } from './image-report.ts';
import { failureToJson, nodeEndToJson, verdictToJson } from './json-parts.ts';
import type { Asked, LeftOut } from './left-out.ts';
import { type NextStep, nextSteps } from './next-steps.ts';
import type { ChangesReport, NodeReport, ProjectReport, ReleaseReport, RunReport } from './run-report.ts';

/**
 * The `schema` of report.json, described by `report.schema.json`. Raised when a member changes its meaning, appears or
 * goes away.
 */
const reportSchema = 10;

/** What report.json holds; the page report.html shows nothing else. */
export type ReportJson = ReturnType<typeof reportJson>;

/**
 * What report.json holds: all that a run came to, and what produced it. Members that are undefined do not get into the
 * file, nor does what else the caller's objects carry: members are named one by one.
 */
export function reportJson(report: RunReport, beside?: Beside) {
  const { tool, started, seconds, exitCode, interrupted, totals } = report;
  const trees = new Map(report.nodes.map((node) => [node.id, node.tree]));
  return {
    schema: reportSchema,
    tool: { name: tool.name, version: tool.version },
    started,
    seconds,
    exitCode,
    interrupted,
    release: releaseToJson(report.release),
    asked: report.asked && askedToJson(report.asked),
    leftOut: report.leftOut && leftOutToJson(report.leftOut),
    totals,
    next: nextSteps(report).map(stepToJson),
    projects: report.projects.map((project) => projectToJson(project, report)),
    images: report.images?.map(imageToJson),
    unprotected: report.unprotected,
    beside: beside && besideToJson(beside),
    changes: report.changes && changesToJson(report.changes),
    criticalPath: report.criticalPath && pathToJson(report.criticalPath),
    nodes: report.nodes.map((node) => nodeToJson(node, trees)),
  };
}

function stepToJson({ mood, section, what, reasons, todo, commands }: NextStep) {
  return { mood, section, what, reasons, todo, commands: commands.map(({ aim, line }) => ({ aim, line })) };
}

function askedToJson({ projects, platforms }: Asked) {
  return projects.length + platforms.length === 0 ? undefined : { projects, platforms };
}

function releaseToJson(release: ReleaseReport) {
  const { name, lock, repository, tree, releaseCommit, tag, projects, differences } = release;
  return { name, lock, repository, tree, releaseCommit, tag, projects, differences };
}

function changesToJson({ since, projects, files, text }: ChangesReport) {
  const { same, changed, added, removed, unknown } = files;
  return { since, projects, files: { same, changed, added, removed, unknown }, text };
}

function pathToJson({ seconds, nodes }: NonNullable<RunReport['criticalPath']>) {
  return { seconds, nodes };
}

function besideToJson({ vulnerabilities, statements, packages, vex }: Beside) {
  return {
    vulnerabilities,
    statements: statements.map(({ subject, kind, path }) => ({ subject, kind, path })),
    packages: packages.map(({ subject, path, rpms, modules, unread }) => {
      return { subject, path, rpms: rpms.map(packageToJson), modules: modules.map(packageToJson), unread };
    }),
    vex: vex.map(({ path, claims }) => ({ path, claims: claims.map(claimToJson) })),
  };
}

function packageToJson({ name, version }: PackageBeside) {
  return { name, version };
}

function claimToJson(claim: Beside['vex'][number]['claims'][number]) {
  const { vulnerability, aliases, status, justification, why, components, subjects } = claim;
  return { vulnerability, aliases, status, justification, why, components, subjects };
}

function leftOutToJson({ projects, platforms, images }: LeftOut) {
  return { projects, platforms, images };
}

function projectToJson(project: ProjectReport, { verdicts }: RunReport) {
  const { name, repository, tag, commit, go, patches, userPatches, markers, hasRecipe, overlay, totals } =
    project;
  const files = verdicts
    .filter((verdict) => verdict.project === name)
    .map(({ project: _, ...file }) => verdictToJson(file));
  return {
    name,
    repository,
    tag,
    commit,
    go,
    patches,
    userPatches,
    markers,
    hasRecipe,
    overlay,
    totals,
    files,
  };
}

function nodeToJson(node: NodeReport, trees: ReadonlyMap<string, string | undefined>) {
  const { id, kind, title, projects, began, seconds, secondsWhenRun, key, inputs, tree, patches } = node;
  return {
    id,
    kind,
    title,
    projects,
    ...nodeEndToJson(node.end),
    began,
    seconds,
    secondsWhenRun,
    key,
    inputs,
    tree,
    patches,
    notes: node.notes.length === 0 ? undefined : node.notes,
    needs: node.needs.map((need) => ({ node: need, tree: trees.get(need) })),
    commands: node.commands.map(commandToJson),
  };
}

function imageToJson(each: ImageReport) {
  const { image, project, tag, standsOn, base, digest, platforms, programs, unverified, failure } = each;
  return {
    ...{ image, project, tag, standsOn, base, digest, platforms, programs, unverified },
    failure: failure && failureToJson(failure),
  };
}

function commandToJson({ argv, cwd, env, exitCode, seconds, isolation, sandbox }: CommandRecord) {
  return { argv, cwd, env, exitCode: exitCode ?? null, seconds, isolation, sandbox };
}
