import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { type Platform, platformParts } from '../core/platform.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { GoBuildNode, ModulesNode } from '../plan/node-go.ts';
import { failureOf } from '../tool/command-failure.ts';
import { baseGoEnvironment } from '../tool/go.ts';
import { succeeded } from '../tool/process.ts';
import type { TaskContext } from './task.ts';
import { gorootOf } from './toolchain.ts';

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
  const goroot = gorootOf(context.tree(node.toolchain));
  const copy = join(context.scratch, 'source');
  const temporary = join(context.scratch, 'tmp');
  await mkdir(temporary, { recursive: true });
  const env = baseGoEnvironment({
    goroot,
    gopath: join(context.scratch, 'gopath'),
    scratch: temporary,
    path: [join(goroot, 'bin'), dirname(git), '/usr/bin', '/bin'].join(delimiter),
  });
  const plain = { LC_ALL: 'C', PATH: env['PATH'] ?? '' };
  const copying = [
    ['cp', ['-a', join(context.tree(node.source), 'source'), copy]],
    ['chmod', ['-R', 'u+w', copy]],
  ] as const;
  for (const [program, args] of copying) {
    const command = {
      program,
      args,
      cwd: context.scratch,
      env: plain,
      network: 'none' as const,
      signal: context.signal,
    };
    const outcome = await context.run(command);
    if (!succeeded(outcome)) return err(failureOf(command, outcome));
  }
  const cwd = node.module === '.' ? copy : join(copy, node.module);
  return ok({ program: join(goroot, 'bin', 'go'), cwd, env });
}

export function targetEnvironment(platform: Platform): Record<string, string> {
  const { os, arch } = platformParts(platform);
  return { CGO_ENABLED: '0', GOOS: os, GOARCH: arch };
}
