import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildLayout } from '../config/build-layout.ts';
import type { Json } from '../core/canonical-json.ts';
import type { Failure } from '../core/failure.ts';
import { platformParts } from '../core/platform.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { GoBuildNode } from '../plan/node-go.ts';
import { failureOf } from '../tool/command-failure.ts';
import { goMinor } from '../tool/go.ts';
import { succeeded } from '../tool/process.ts';
import { underOtherConditions } from './other-conditions.ts';
import { prepareBuild } from './prepare-build.ts';
import { type NamedProgram, programInputs } from './programs.ts';
import { readSourceFacts, resolvePlaceholders } from './source-facts.ts';
import type { Outputs, Task, TaskContext } from './task.ts';

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
      ...(node.layout === undefined ? {} : { layout: layoutInputs(node.layout) }),
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
  const prepared = await prepareBuild(node, context, options.git.program);
  if (!prepared.ok) return prepared;
  const { program, cwd, env, flags, programs, mounted } = prepared.value;
  const facts = await readSourceFacts(context.tree(node.source));
  const ldflags = resolvePlaceholders(node.ldflags.join(' '), facts);
  await mkdir(context.output, { recursive: true });
  const files = programs.map((each) => fileName(each, node));
  const only = programs.length === 1 ? files[0] : undefined;
  const command = {
    program,
    args: [
      'build',
      ...flags,
      '-ldflags',
      ldflags,
      '-o',
      only === undefined ? `${context.output}/` : join(context.output, only),
      ...programs.map((each) => each.package),
    ],
    cwd,
    env: {
      ...options.git.env,
      ...env,
      GOCACHE: sharesCache(node) ? options.buildCache : join(context.scratch, 'go-build'),
    },
    network: 'none' as const,
    signal: context.signal,
    ...(mounted === undefined ? {} : { mounted }),
  };
  context.progress(`compiling ${node.platform}`);
  const outcome = await context.run(node.conditions === undefined ? command : underOtherConditions(command));
  if (mounted !== undefined && outcome.spawnError !== undefined && outcome.spawnError !== 'ENOENT') {
    return err({ reason: 'path-unavailable', path: mounted.at, detail: outcome.spawnError });
  }
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

function layoutInputs({ mode, link, at }: BuildLayout): Json {
  return { mode, link: link === undefined ? null : { ...link }, at: at ?? null };
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
