import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutUrlCredentials } from '../../core/credentials.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ModulesNode } from '../../plan/node-go.ts';
import { bytesAt, watching } from '../../tool/file/watch.ts';
import { type HostGo, installFolder, proxyHelp } from '../../tool/go/go.ts';
import { fetchFailureOf } from '../../tool/process/fetch-failure.ts';
import type { Command, ProcessOutcome } from '../../tool/process/process.ts';
import { succeeded } from '../../tool/process/process.ts';
import { runWatched } from '../../tool/process/stalled.ts';
import { textWithin } from '../source/within.ts';
import type { Outputs, TaskContext } from '../task.ts';
import { emptyModule } from '../toolchain/empty-module.ts';
import { readDownloaded, type Unchecked, weighChecks } from './check-sums.ts';
import { preparePinnedGo, targetEnvironment } from './command.ts';
import { hasCommittedVendor, readSums, takeCommittedVendor } from './committed-vendor.ts';
import { fetchFlags, listArguments, vendorArguments } from './fetch-arguments.ts';
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
 * names besides. The pinned go checks them against go.sum; the machine's go then asks the checksum database of every one as
 * well, unless the user's GOSUMDB is `off`: another sum than it has is an error, its silence one only where no go.sum vouches.
 * What compiling does not read is left out: archives, version lists, and the database's own tiles, which change by the hour.
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
    // The go command asks for as many modules at once as it believes that there are processors, and most of that is waiting.
    GOMAXPROCS: '16',
  };
  /** Has the machine's go fetch modules whatever any go.mod says, and check them against the checksum database. */
  const download = async (modules: readonly string[], moduleCache: string): Promise<Command> => ({
    program: hostGo.value.program,
    args: ['mod', 'download', '-json', ...modules],
    cwd: await emptyModule(context.scratch),
    env: {
      ...{ ...fetching, GOMODCACHE: moduleCache },
      ...{ GOENV: 'off', GOFLAGS: '-modcacherw', GOTOOLCHAIN: 'local' },
    },
    network: 'allowed',
    sees: { reads: [installFolder(hostGo.value)] },
  });
  const sums = await sumsOf(node, context);
  const check = async (
    modules: readonly string[],
    moduleCache = fetching.GOMODCACHE,
  ): Promise<Result<Unchecked, Failure>> => {
    const ran = await Promise.all(
      groupsOf(modules).map(async (group) => {
        const command = await download(group, moduleCache);
        const outcome = await runWatched(context, command, moduleCache);
        return { group, command, outcome, downloaded: readDownloaded(outcome.stdout) };
      }),
    );
    // Go goes on after a module that it could not check, and says so; what ended it says nothing of those that are left.
    const ended = ran.find(
      ({ group, outcome, downloaded }) => outcome.aborted || downloaded.length < group.length,
    );
    if (ended !== undefined) return err(whyNoModules(ended.command, ended.outcome));
    const told = ran.find(({ outcome }) => !succeeded(outcome)) ?? ran[0];
    if (told === undefined) return ok({ notes: [] });
    return weighChecks(
      ran.flatMap(({ downloaded }) => downloaded),
      sums,
      hostGo.value.fetching['GOSUMDB'] ?? '',
      (error) => whyNoModules(told.command, { ...told.outcome, stderr: error }),
    );
  };
  // What was not to be had is asked for alone: to copy the checkout and to fetch all the others takes half a minute. Not into
  // the build's cache: what else is there shows in programs of Go before 1.18.
  if (context.lacked !== undefined && isModule(context.lacked)) {
    context.progress(`asking for ${context.lacked}`);
    const answer = await check([context.lacked], join(context.scratch, 'asked'));
    // Whatever the world says of it, the whole would be told; where nobody answers, the whole is tried.
    const isTold =
      !answer.ok &&
      (answer.error.reason === 'module-unavailable' || answer.error.reason === 'module-mismatch');
    if (isTold) return orCommitted(answer.error, node, context, hostGo.value);
  }
  const pinned = await preparePinnedGo(node, context, options.git.program);
  if (!pinned.ok) return pinned;
  const packages = await expandPrograms(pinned.value.cwd, node.programs);
  if (!packages.ok) return packages;
  const goCommand = (args: readonly string[], target: Readonly<Record<string, string>>) =>
    // The go command says nothing of how far it is.
    watching(
      () => bytesAt(join(fetching.GOMODCACHE, 'cache', 'download')),
      (done) => context.progress('fetching modules', { done }),
      () =>
        runFetch(context, {
          program: pinned.value.program,
          args,
          cwd: pinned.value.cwd,
          env: {
            ...pinned.value.env,
            ...fetching,
            ...target,
            PATH: pinned.value.env['PATH'] ?? '',
            GOFLAGS: fetchFlags(node),
          },
          network: 'allowed',
          signal: context.signal,
        }),
    );
  context.progress('fetching modules');
  if (node.vendors) {
    let vendored = await goCommand(vendorArguments, {});
    // A module that only tests import may be gone; what the build needs shows when it is compiled.
    if (!vendored.ok && vendored.error.reason === 'module-unavailable') {
      vendored = await goCommand([...vendorArguments, '-e'], {});
    }
    if (!vendored.ok) return vendored;
    await takeVendored(pinned.value.cwd, context.output, 'moved');
  } else {
    const names = packages.value.map((each) => each.package);
    for (const platform of node.platforms) {
      const listed = await goCommand(listArguments(node, names), targetEnvironment(platform));
      if (!listed.ok) return orCommitted(listed.error, node, context, hostGo.value);
    }
  }
  const downloads = await findDownloads(fetching.GOMODCACHE);
  let unchecked: Unchecked = { notes: [] };
  if (downloads.length > 0 && hostGo.value.fetching['GOSUMDB'] !== 'off') {
    context.progress(`checking ${countOf(downloads.length, 'module')}`);
    const checked = await check(downloads);
    if (!checked.ok) return checked;
    unchecked = checked.value;
  }
  if (node.vendors) return ok(unchecked);
  await pruneDownloads(fetching.GOMODCACHE);
  await rename(gopath, join(context.output, 'gopath'));
  return ok(unchecked);
}

/** What the project itself says that its modules have to be. */
async function sumsOf(node: ModulesNode, context: TaskContext): Promise<ReadonlyMap<string, string>> {
  const checkout = join(context.tree(node.source), 'source');
  const files = [join(node.module, 'go.sum'), 'go.work.sum'];
  const texts = await Promise.all(files.map((file) => textWithin(checkout, file)));
  return readSums(texts.join('\n'));
}

/** What a project vendored itself stands in for modules that are gone, and that may be of its tests or tools only. */
async function orCommitted(
  failure: Failure,
  node: ModulesNode,
  context: TaskContext,
  { fetching }: HostGo,
): Promise<Result<Outputs, Failure>> {
  const checkout = join(context.tree(node.source), 'source', node.module);
  if (failure.reason !== 'module-unavailable' || !(await hasCommittedVendor(checkout))) return err(failure);
  context.progress('taking the vendor folder of the project');
  await takeCommittedVendor(checkout, context.output);
  const where = withoutUrlCredentials(fetching['GOPROXY'] ?? '');
  const day = new Date().toISOString().slice(0, 10);
  const notes = [
    `Compiled from its own vendor folder, which no checksum database vouches for: module ${failure.module} could not be fetched on ${day} (GOPROXY: ${where}).`,
  ];
  return ok({ notes, lacked: failure.module });
}

async function runFetch(context: TaskContext, command: Command): Promise<Result<ProcessOutcome, Failure>> {
  const outcome = await runWatched(context, command, command.env['GOMODCACHE'] ?? '');
  return succeeded(outcome) ? ok(outcome) : err(whyNoModules(command, outcome));
}

/** Modules for one go command to ask the checksum database of, and how many such commands there are at once at the most. */
const asked = { together: 8, atOnce: 8 };

/** Go asks of one module after another, whatever GOMAXPROCS says. */
function groupsOf(modules: readonly string[]): readonly (readonly string[])[] {
  const count = Math.min(asked.atOnce, Math.ceil(modules.length / asked.together));
  return Array.from({ length: count }, (_, at) => modules.filter((_module, index) => index % count === at));
}

const moduleIn = /\w[\w./~-]*\.[\w./~-]+@v[\w.+-]+/;

const isModule = (text: string): boolean => moduleIn.exec(text)?.[0] === text;

/** Reads the go command's words: `go: example.com/m@v1.0.0: reading https://...: 404 Not Found`. */
function whyNoModules(command: Command, outcome: ProcessOutcome): Failure {
  const text = outcome.stderr;
  const module = moduleIn.exec(text)?.[0] ?? 'of the build';
  const what = /verifying/.test(text) ? 'checking' : 'fetching';
  return fetchFailureOf(command, outcome, {
    what: `${what} module ${module}`,
    absent: (said) => {
      const isUnknown = what.startsWith('checking');
      const detail = isUnknown
        ? `${said} (what the checksum database cannot know is named by GONOSUMDB)`
        : said;
      return { reason: 'module-unavailable', module, detail };
    },
    forged: (detail) => ({ reason: 'module-mismatch', module, detail }),
    reads: true,
    elsewhere: `${proxyHelp} What the checksum database cannot know is named by GONOSUMDB or GOPRIVATE.`,
  });
}
