import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { type Platform, platformParts } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { GoBuildNode, ModulesNode } from '../../plan/node-go.ts';
import { baseGoEnvironment } from '../../tool/go/go.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import { type Command, succeeded } from '../../tool/process/process.ts';
import type { TaskContext } from '../task.ts';
import { gorootOf } from '../toolchain/toolchain.ts';

/** The pinned go, ready to run in a private copy of the checkout. */
export interface PinnedGo {
  readonly program: string;
  /** The module's folder in the copy. */
  readonly cwd: string;
  /** For every platform the same; GOPATH, GOCACHE, GOPROXY and what git gets are the caller's to add. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Copies the checkout, so that a go command that rewrites go.mod (before Go 1.16 most do) cannot reach the store, and
 * gives the environment in which the node's own Go runs there.
 * @param git absolute path of git, which go runs for the version-control stamp.
 */
export async function preparePinnedGo(
  node: ModulesNode | GoBuildNode,
  context: TaskContext,
  git: string,
): Promise<Result<PinnedGo, Failure>> {
  const pinned = pinnedGo(node, context, git);
  await mkdir(temporaryIn(context), { recursive: true });
  const path = pinned.env['PATH'] ?? '';
  const generated = 'generated' in node ? node.generated : undefined;
  for (const command of [
    ...copyCommands(node.source, context, path),
    ...generatedCommands(generated, context, path),
  ]) {
    const outcome = await context.run({ ...command, signal: context.signal });
    if (!succeeded(outcome)) return err(failureOf(command, outcome));
  }
  return ok(pinned);
}

/** Where a task has its folders; where its commands are only shown, names stand for them. */
export type Folders = Pick<TaskContext, 'tree' | 'scratch' | 'output'>;

/** What `preparePinnedGo` gives. Pure. */
export function pinnedGo(
  node: Pick<GoBuildNode, 'toolchain' | 'module'>,
  folders: Folders,
  git: string,
): PinnedGo {
  const goroot = gorootOf(folders.tree(node.toolchain));
  const env = baseGoEnvironment({
    goroot,
    gopath: join(folders.scratch, 'gopath'),
    scratch: temporaryIn(folders),
    path: [join(goroot, 'bin'), dirname(git), '/usr/bin', '/bin'].join(delimiter),
  });
  return { program: join(goroot, 'bin', 'go'), cwd: join(copyIn(folders), node.module), env };
}

/** What copies a checkout to where its task may write. @param path PATH. */
export function copyCommands(source: NodeId, folders: Folders, path: string): readonly Command[] {
  const copy = copyIn(folders);
  const plain = { cwd: folders.scratch, env: { LC_ALL: 'C', PATH: path }, network: 'none' as const };
  return [
    { ...plain, program: 'cp', args: ['-a', join(folders.tree(source), 'source'), copy] },
    { ...plain, program: 'chmod', args: ['-R', 'u+w', copy] },
  ];
}

/** What lays generated files over that copy, where there are any. */
export function generatedCommands(
  generated: NodeId | undefined,
  folders: Folders,
  path: string,
): readonly Command[] {
  if (generated === undefined) return [];
  const args = ['-a', `${folders.tree(generated)}/.`, copyIn(folders)];
  const env = { LC_ALL: 'C', PATH: path };
  return [{ program: 'cp', args, cwd: folders.scratch, env, network: 'none' }];
}

/** The task's own copy of the checkout. */
export function copyIn({ scratch }: Pick<Folders, 'scratch'>): string {
  return join(scratch, 'source');
}

function temporaryIn({ scratch }: Folders): string {
  return join(scratch, 'tmp');
}

export function targetEnvironment(platform: Platform): Record<string, string> {
  const { os, arch } = platformParts(platform);
  return { CGO_ENABLED: '0', GOOS: os, GOARCH: arch };
}
