import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ModulesNode } from '../../plan/node-go.ts';
import { goMinor, type HostGo, installFolder } from '../../tool/go/go.ts';
import { failureOf, isNetworkTrouble, lastLines } from '../../tool/process/command-failure.ts';
import type { Command, ProcessOutcome } from '../../tool/process/process.ts';
import { succeeded } from '../../tool/process/process.ts';
import type { Outputs, TaskContext } from '../task.ts';
import { emptyModule } from '../toolchain/empty-module.ts';
import { preparePinnedGo, targetEnvironment } from './command.ts';
import { hasCommittedVendor, takeCommittedVendor } from './committed-vendor.ts';
import { findDownloads, pruneDownloads } from './module-cache.ts';
import { expandPrograms } from './programs.ts';
import { takeVendored } from './vendor-folder.ts';

export interface ModulesOptions {
  readonly hostGo: () => Promise<Result<HostGo, Failure>>;
  readonly fetchEnvironment: Readonly<Record<string, string>>;
  /** Git, which go runs where a module comes straight from a repository: its absolute path. */
  readonly git: { readonly program: string };
}

/**
 * The modules that the packages really import, for all platforms: what `go list -deps` loads, and not what go.mod
 * names besides. The pinned go checks them against go.sum; the machine's go then checks every one against the
 * checksum database as well, unless the user's GOSUMDB is `off`. What compiling does not read is left out: archives,
 * version lists, and the database's own tiles, which change by the hour.
 */
export async function fetchModules(
  node: ModulesNode,
  context: TaskContext,
  options: ModulesOptions,
): Promise<Result<Outputs, Failure>> {
  const hostGo = await options.hostGo();
  if (!hostGo.ok) return hostGo;
  const gopath = join(context.scratch, 'gopath');
  await mkdir(gopath, { recursive: true });
  const fetching = {
    ...options.fetchEnvironment,
    ...hostGo.value.fetching,
    GOPATH: gopath,
    GOMODCACHE: join(gopath, 'pkg', 'mod'),
    GOCACHE: join(context.scratch, 'go-build'),
  };
  /** Has the machine's go fetch modules whatever any go.mod says, and check them against the checksum database. */
  const download = async (modules: readonly string[], moduleCache = fetching.GOMODCACHE) =>
    runFetch(context, {
      program: hostGo.value.program,
      args: ['mod', 'download', ...modules],
      cwd: await emptyModule(context.scratch),
      env: {
        ...{ ...fetching, GOMODCACHE: moduleCache },
        ...{ GOENV: 'off', GOFLAGS: '-modcacherw', GOTOOLCHAIN: 'local' },
      },
      network: 'allowed',
      sees: { reads: [installFolder(hostGo.value)] },
      signal: context.signal,
    });
  // What was not to be had is asked for alone: to copy the checkout and to fetch all the others takes half a minute. Not into
  // the build's cache: what else is there shows in programs of Go before 1.18.
  if (context.lacked !== undefined && isModule(context.lacked)) {
    context.progress(`asking for ${context.lacked}`);
    const asked = await download([context.lacked], join(context.scratch, 'asked'));
    // Whatever the world says of it, the whole would be told; where nobody answers, the whole is tried.
    if (
      !asked.ok &&
      (asked.error.reason === 'module-unavailable' || asked.error.reason === 'module-mismatch')
    )
      return asked;
  }
  const pinned = await preparePinnedGo(node, context, options.git.program);
  if (!pinned.ok) return pinned;
  const packages = await expandPrograms(pinned.value.cwd, node.programs);
  if (!packages.ok) return packages;
  const goCommand = (args: readonly string[], target: Readonly<Record<string, string>>) =>
    runFetch(context, {
      program: pinned.value.program,
      args,
      cwd: pinned.value.cwd,
      env: {
        ...pinned.value.env,
        ...fetching,
        ...target,
        PATH: pinned.value.env['PATH'] ?? '',
        // Files of the module cache can be moved without root; 1.13 does not know the flag.
        GOFLAGS: goMinor(node.goVersion) >= 14 ? '-modcacherw' : '',
      },
      network: 'allowed',
      signal: context.signal,
    });
  context.progress('fetching modules');
  if (node.vendors) {
    let vendored = await goCommand(['mod', 'vendor'], {});
    // A module that only tests import may be gone; what the build needs shows when it is compiled.
    if (!vendored.ok && vendored.error.reason === 'module-unavailable') {
      vendored = await goCommand(['mod', 'vendor', '-e'], {});
    }
    if (!vendored.ok) return vendored;
    await takeVendored(pinned.value.cwd, context.output, 'moved');
  } else {
    const names = packages.value.map((each) => each.package);
    for (const platform of node.platforms) {
      const listed = await goCommand(['list', ...node.flags, '-deps', ...names], targetEnvironment(platform));
      if (!listed.ok) return orCommitted(listed.error, node, context);
    }
  }
  const downloads = await findDownloads(fetching.GOMODCACHE);
  if (downloads.length > 0 && hostGo.value.fetching['GOSUMDB'] !== 'off') {
    context.progress(`checking ${downloads.length} modules`);
    const checked = await download(downloads);
    if (!checked.ok) return checked;
  }
  if (node.vendors) return ok({});
  await pruneDownloads(fetching.GOMODCACHE);
  await rename(gopath, join(context.output, 'gopath'));
  return ok({});
}

/** What a project vendored itself stands in for modules that are gone, and that may be of its tests or tools only. */
async function orCommitted(
  failure: Failure,
  node: ModulesNode,
  context: TaskContext,
): Promise<Result<Outputs, Failure>> {
  const checkout = join(context.tree(node.source), 'source', node.module);
  if (failure.reason !== 'module-unavailable' || !(await hasCommittedVendor(checkout))) return err(failure);
  context.progress('taking the vendor folder of the project');
  await takeCommittedVendor(checkout, context.output);
  const notes = [
    `Compiled from its own vendor folder, which no checksum database vouches for: module ${failure.module} cannot be fetched.`,
  ];
  return ok({ notes });
}

async function runFetch(context: TaskContext, command: Command): Promise<Result<ProcessOutcome, Failure>> {
  const outcome = await context.run(command);
  return succeeded(outcome) ? ok(outcome) : err(whyNoModules(outcome) ?? failureOf(command, outcome));
}

const moduleIn = /\w[\w./~-]*\.[\w./~-]+@v[\w.+-]+/;

const isModule = (text: string): boolean => moduleIn.exec(text)?.[0] === text;

/** Reads the go command's words: `go: example.com/m@v1.0.0: reading https://...: 404 Not Found`. */
function whyNoModules(outcome: ProcessOutcome): Failure | undefined {
  if (outcome.aborted || outcome.spawnError !== undefined) return undefined;
  const text = outcome.stderr;
  const module = moduleIn.exec(text)?.[0] ?? 'of the build';
  const detail = lastLines(text, 4);
  if (/checksum mismatch|SECURITY ERROR/.test(text)) return { reason: 'module-mismatch', module, detail };
  if (isNetworkTrouble(text)) return { reason: 'network', what: `fetching module ${module}`, detail };
  if (
    /\b(403 Forbidden|404 Not Found|410 Gone)|unknown revision|not found|unrecognized import path/i.test(text)
  ) {
    return { reason: 'module-unavailable', module, detail };
  }
  return undefined;
}
