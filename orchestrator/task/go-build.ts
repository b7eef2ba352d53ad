import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { platformParts } from '../core/platform.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { GoBuildNode } from '../plan/node.ts';
import { failureOf } from '../tool/command-failure.ts';
import { succeeded } from '../tool/process.ts';
import { preparePinnedGo, targetEnvironment } from './go-command.ts';
import { expandPrograms, type NamedProgram, programInputs } from './programs.ts';
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
      ldflags: node.ldflags,
      environment: node.environment,
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
  const gopath = join(context.tree(node.modules), 'gopath');
  await mkdir(context.output, { recursive: true });
  const files = programs.value.map((each) => fileName(each, node));
  const only = programs.value.length === 1 ? files[0] : undefined;
  const command = {
    program: pinned.value.program,
    args: [
      'build',
      ...node.flags,
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
      GOCACHE: options.buildCache,
      GOPROXY: 'off',
      GOSUMDB: 'off',
    },
    network: 'none' as const,
    signal: context.signal,
  };
  context.progress(`compiling ${node.platform}`);
  const outcome = await context.run(command);
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

function fileName(program: NamedProgram, node: GoBuildNode): string {
  return platformParts(node.platform).os === 'windows' ? `${program.name}.exe` : program.name;
}
