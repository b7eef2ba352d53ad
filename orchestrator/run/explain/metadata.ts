import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ExitCode, exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { isPlatform, type Platform } from '../../core/platform.ts';
import { ok, type Result } from '../../core/result.ts';
import { stateOf } from '../../engine/state.ts';
import type { Host } from '../../host.ts';
import type { Foretold } from '../../verdict/explain/foretell.ts';
import { readMetadata } from '../../verdict/explain/read-metadata.ts';
import type { BuildInformation } from '../../verdict/inspect/binary.ts';
import type { Inspector } from '../../verdict/inspect/gobinary.ts';
import { openPublished, type Published } from '../../verdict/inspect/published.ts';
import { isBuildOf } from '../../verdict/inspect/version-text.ts';
import type { Prepared } from '../prepare/prepare.ts';
import { openShared } from '../shared/open-shared.ts';
import { openHttp } from '../wiring/http.ts';
import { inputsOn } from '../wiring/tasks.ts';
import { claimCache, openProcesses, openWorkspaceStore } from '../wiring/tools.ts';
import { describeMetadata } from './describe-metadata.ts';
import { openInspector } from './look-inside.ts';
import { type AskedFile, planProgram } from './plan-program.ts';

export interface MetadataRequest {
  /** `--published` */
  readonly place: string;
  readonly isAsked: (file: AskedFile) => boolean;
}

/**
 * Compares what the build information of published programs says with our own programs, where they are in the store, and else
 * with the plan of their builds. Builds nothing. Writes an account of each file; the exit code is that of a difference where
 * there is one, and undefined where nothing that was given fits. Errors: those of `openPublished`, of reading programs and of
 * `planProgram`.
 */
export async function explainMetadata(
  prepared: Prepared,
  { place, isAsked }: MetadataRequest,
  host: Host,
): Promise<Result<ExitCode | undefined, Failure>> {
  const { workspace } = prepared;
  claimCache(workspace, host);
  const inspector = openInspector(workspace, await openProcesses(host, workspace), host);
  const options = {
    folder: join(workspace.cache, 'inspect'),
    cwd: host.cwd,
    send: openHttp(host),
    signal: host.signal,
  };
  const published = await openPublished(place, options);
  if (!published.ok) return published;
  try {
    const files = filesOf(prepared).filter(isAsked);
    const ours = await builtPrograms(prepared, files, host);
    if (!ours.ok) return ours;
    let compared = 0;
    let code: ExitCode = exitCode.identical;
    for (const file of files) {
      const theirs = await findBuild(published.value, file, inspector);
      if (!theirs.ok) return theirs;
      if (theirs.value === undefined) continue;
      const isSame = await describeFile(file, theirs.value, ours.value, { prepared, inspector, host });
      if (!isSame.ok) return isSame;
      compared += 1;
      if (!isSame.value) code = exitCode.different;
    }
    return ok(compared > 0 ? code : undefined);
  } finally {
    await published.value.close();
  }
}

export function nothingFits(place: string): Failure {
  const message = `${place} says of no program that was asked for how it was built.`;
  return {
    reason: 'usage',
    message,
    help: 'Give a program of the release, or what "go version -m" prints of some.',
  };
}

interface FoundBuild {
  readonly build: BuildInformation;
  /** For people. */
  readonly where: string;
}

/** The build information of a published program; undefined where it is not at hand, or that of another one is. */
async function findBuild(
  published: Published,
  file: AskedFile,
  inspector: Inspector,
): Promise<Result<FoundBuild | undefined, Failure>> {
  const found = await published.find(file);
  if (!found.ok || found.value === undefined) return found.ok ? ok(undefined) : found;
  const { path, where, build } = found.value;
  if (build !== undefined) return ok({ build, where });
  const report = await inspector.inspect(path);
  if (!report.ok) return report;
  const { os, arch, build: own } = report.value;
  if (own === undefined) return ok(undefined);
  // Before Go 1.18 only the machine code says what it is for.
  const name = `${os}/${arch}/${basename(path)}`;
  return ok(isBuildOf({ name, build: own }, file) ? { build: own, where } : undefined);
}

interface Context {
  readonly prepared: Prepared;
  readonly inspector: Inspector;
  readonly host: Host;
}

async function describeFile(
  file: AskedFile,
  { build, where }: FoundBuild,
  ours: ReadonlyMap<string, string>,
  { prepared, inspector, host }: Context,
): Promise<Result<boolean, Failure>> {
  const version = build.goVersion.replace(/^go/, '').split(' ')[0] ?? '';
  const planned = planProgram(file, prepared.planInput, version, host.platform);
  if (!planned.ok) return planned;
  const path = ours.get(keyOf(file));
  const built = path === undefined ? ok(undefined) : await inspector.inspect(path);
  if (!built.ok) return built;
  const real: Foretold | undefined =
    built.value?.build === undefined ? undefined : { build: built.value.build, unknown: new Set() };
  const { own, foretell } = planned.value;
  const compared = real ?? foretell(build);
  if (compared === undefined) throw new Error(`${keyOf(file)} was planned, and then not`);
  const metadata = readMetadata(compared, build, own, (variant) => foretell(build, variant));
  host.stdout.write(describeMetadata(file, where, metadata, real === undefined ? 'planned' : 'built'));
  return ok(metadata.differences.length === 0);
}

function keyOf({ project, platform, name }: AskedFile): string {
  return `${project} ${platform} ${name}`;
}

/** The published files of what is selected. */
function filesOf({ lock, selection }: Prepared): readonly AskedFile[] {
  return selection.projects.flatMap((project) => {
    const { files = [] } = lock.projects[project]?.checksums ?? {};
    return files.flatMap(({ platform, name }) =>
      isPlatform(platform) && selection.isSelected(platform) ? [{ project, platform, name }] : [],
    );
  });
}

/** Where our own programs are, as far as the store has them, this machine's or the shared one, by `keyOf`. */
async function builtPrograms(
  { workspace, plan }: Prepared,
  files: readonly AskedFile[],
  host: Host,
): Promise<Result<ReadonlyMap<string, string>, Failure>> {
  const store = await openWorkspaceStore(workspace, host);
  if (!store.ok) return store;
  try {
    const shared = await openShared(store.value, workspace, host, { isForLooking: true });
    if (!shared.ok) return shared;
    const { lookup, find = lookup, lastResult } = shared.value.store;
    const states = await stateOf(plan.graph, inputsOn(host), { lookup: find, lastResult });
    const isAsked = (project: string, platform: Platform) =>
      files.some((file) => file.project === project && file.platform === platform);
    const found = new Map<string, string>();
    for (const { project, state } of plan.projects) {
      for (const build of state.kind === 'planned' ? state.builds : []) {
        const state = states.get(build.id);
        if (state?.status !== 'cached' || !isAsked(project, build.platform)) continue;
        // What was found there comes here.
        const made = await lookup(state.key);
        if (made === undefined) continue;
        const folder = store.value.treePath(made.tree);
        const { platform } = build;
        // A recipe may have a pattern: what it came to is there.
        for (const name of await readdir(folder))
          found.set(keyOf({ project, platform, name }), join(folder, name));
      }
    }
    await shared.value.close();
    return ok(found);
  } finally {
    await store.value.close();
  }
}
