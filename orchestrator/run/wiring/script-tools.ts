import { readFile } from 'node:fs/promises';
import { digestOf } from '../../core/digest.ts';
import type { Host } from '../../host.ts';
import type { ToolVersions } from '../../plan/script-nodes.ts';
import { noIsolation } from '../../tool/process/isolation.ts';
import { type RunProcess, succeeded } from '../../tool/process/process.ts';
import { findProgram } from '../../tool/process/program-path.ts';
import { createRunProcess } from '../../tool/process/run-process.ts';
import { searchPath } from './machine.ts';

/**
 * What the machine's programs of these names say of their versions: the first line, or the SHA-256 of one that says nothing.
 * Nothing of the place is in it. What is not there is left out.
 */
export async function toolVersions(names: Iterable<string>, host: Host): Promise<ToolVersions> {
  const run = createRunProcess({ isolation: noIsolation, now: host.now });
  const asked = [...new Set(names)].map(async (name) => [name, await versionOf(name, run, host)] as const);
  const found = (await Promise.all(asked)).filter(
    (entry): entry is readonly [string, string] => entry[1] !== undefined,
  );
  return new Map(found);
}

/** Milliseconds, for a program that takes `--version` for something else. */
const patience = 5000;

async function versionOf(name: string, run: RunProcess, host: Host): Promise<string | undefined> {
  const path = await findProgram(name, searchPath(host), '/');
  if (path === undefined) return undefined;
  const outcome = await run({
    program: path,
    args: ['--version'],
    cwd: '/',
    env: { LC_ALL: 'C', PATH: searchPath(host) },
    network: 'none',
    signal: AbortSignal.any([host.signal, AbortSignal.timeout(patience)]),
  });
  const line = outcome.stdout.split('\n').find((each) => each.trim() !== '');
  if (succeeded(outcome) && line !== undefined) return line.trim().replaceAll(path, name);
  return `SHA-256 ${digestOf(await readFile(path))}`;
}
