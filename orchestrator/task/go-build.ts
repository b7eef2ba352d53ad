import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { platformParts } from '../core/platform.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { GoBuildNode } from '../plan/node.ts';
import { failureOf } from '../tool/command-failure.ts';
import { goMinor } from '../tool/go.ts';
import { succeeded } from '../tool/process.ts';
import { type PinnedGo, preparePinnedGo, targetEnvironment } from './go-command.ts';
import { underOtherConditions } from './other-conditions.ts';
import { expandPrograms, type NamedProgram, programInputs } from './programs.ts';
import { readSourceFacts, resolvePlaceholders } from './source-facts.ts';
import type { Outputs, Task, TaskContext } from './task.ts';
import { hasVendor, overlayOf } from './vendor-folder.ts';

export interface GoBuildOptions {
  /** The build cache that all builds share, keyed by what go keys it by. */
  readonly buildCache: string;
  /** Git, which go runs for the version-control stamp: its absolute path, and a hermetic environment. */
  readonly git: { readonly program: string; readonly env: Readonly<Record<string, string>> };
}

/** All programs of one module for one platform, by one go command, without a network. */
export function createGoBuildTask(options: GoBuildOptions): Task<GoBuildNode> {
  return {
    inputs: (node, needs) => ({
      recipe: 1,
      toolchain: needs.get(node.toolchain) ?? null,
      source: needs.get(node.source) ?? null,
      modules: needs.get(node.modules) ?? null,
      module: node.module,
      platform: node.platform,
      programs: programInputs(node.programs),
      flags: node.flags,
      vendors: node.vendors,
      ldflags: node.ldflags,
      environment: node.environment,
      ...(node.conditions === undefined ? {} : { conditions: node.conditions }),
    }),
    run: (node, context) => build(node, context, options),
  };
}

async function build(
  node: GoBuildNode,
  context: TaskContext,
  options: GoBuildOptions,
): Promise<Result<Outputs, Failure>> {
  const pinned = await preparePinnedGo(node, context, options.git.program);
  if (!pinned.ok) return pinned;
  const programs = await expandPrograms(pinned.value.cwd, node.programs);
  if (!programs.ok) return programs;
  const facts = await readSourceFacts(context.tree(node.source));
  const ldflags = resolvePlaceholders(node.ldflags.join(' '), facts);
  const isVendored = node.vendors || (await hasVendor(context.tree(node.modules)));
  const flags = isVendored ? await layVendored(node, context, pinned.value) : ok(node.flags);
  if (!flags.ok) return flags;
  const gopath = join(node.vendors ? context.scratch : context.tree(node.modules), 'gopath');
  await mkdir(context.output, { recursive: true });
  const files = programs.value.map((each) => fileName(each, node));
  const only = programs.value.length === 1 ? files[0] : undefined;
  const command = {
    program: pinned.value.program,
    args: [
      'build',
      ...flags.value,
      '-ldflags',
      ldflags,
      '-o',
      only === undefined ? `${context.output}/` : join(context.output, only),
      ...programs.value.map((each) => each.package),
    ],
    cwd: pinned.value.cwd,
    env: {
      ...options.git.env,
      ...pinned.value.env,
      ...targetEnvironment(node.platform),
      ...node.environment,
      GOPATH: gopath,
      GOMODCACHE: join(gopath, 'pkg', 'mod'),
      GOCACHE: sharesCache(node) ? options.buildCache : join(context.scratch, 'go-build'),
      GOPROXY: 'off',
      GOSUMDB: 'off',
    },
    network: 'none' as const,
    signal: context.signal,
  };
  context.progress(`compiling ${node.platform}`);
  const outcome = await context.run(node.conditions === undefined ? command : underOtherConditions(command));
  if (!succeeded(outcome)) return err(failureOf(command, outcome));
  for (const file of files) {
    const exists = await access(join(context.output, file)).then(
      () => true,
      () => false,
    );
    if (!exists)
      return err({ reason: 'missing-output', file, detail: 'the go command succeeded without writing it' });
  }
  return ok({});
}

/**
 * Puts what `go mod vendor` wrote in the place of what the checkout has, and gives the flags to build with. The copy is
 * the task's own.
 */
async function layVendored(
  node: GoBuildNode,
  context: TaskContext,
  pinned: PinnedGo,
): Promise<Result<readonly string[], Failure>> {
  const tree = context.tree(node.modules);
  await rm(join(pinned.cwd, 'vendor'), { recursive: true, force: true });
  const command = {
    program: 'cp',
    args: ['-a', `${overlayOf(tree)}/.`, pinned.cwd],
    cwd: context.scratch,
    env: { LC_ALL: 'C', PATH: pinned.env['PATH'] ?? '' },
    network: 'none' as const,
    signal: context.signal,
  };
  const outcome = await context.run(command);
  if (!succeeded(outcome)) return err(failureOf(command, outcome));
  const mode = (await hasVendor(tree)) ? '-mod=vendor' : '-mod=mod';
  // Go 1.13 has no word for module mode, so there may be no flag to replace.
  const others = node.flags.filter((flag) => !flag.startsWith('-mod='));
  const trimmed = others[0] === '-trimpath' ? others.splice(0, 1) : [];
  return ok([...trimmed, mode, ...others]);
}

/**
 * With -trimpath, Go 1.13 keys what it compiles without the module's version, so that one build could be given objects of
 * another version of a module: it gets a cache of its own. Mended in Go 1.14 (cmd/go/internal/work, buildActionID).
 */
function sharesCache({ goVersion, conditions }: GoBuildNode): boolean {
  return goMinor(goVersion) >= 14 && conditions === undefined;
}

function fileName(program: NamedProgram, node: GoBuildNode): string {
  return platformParts(node.platform).os === 'windows' ? `${program.name}.exe` : program.name;
}
