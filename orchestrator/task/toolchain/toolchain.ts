import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, type Json } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { ToolchainNode, ToolchainSource } from '../../plan/node-go.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import type { Command } from '../../tool/process/process.ts';
import { succeeded } from '../../tool/process/process.ts';
import type { Outputs, TaskContext } from '../task.ts';
import { fetchFromProxy, type GorootPlace, type ToolchainOptions } from './fetch.ts';
import { compileGoroot, copyGoroot, unpackArchive, unpackRpms } from './given.ts';
import { type PatchingOptions, patchGoroot } from './patch-goroot.ts';

/**
 * The exact Go: by default fetched by the machine's go command; else from the first of its sources that has it; or the
 * official one with patches. `toolchain.json` beside it says where it came from.
 * Errors: `toolchain-unavailable` where no source has it, `module-mismatch`, `digest-mismatch`, those of fetching, where a later
 * source has it not either; those of `patchGoroot`.
 */
export async function makeToolchain(
  node: ToolchainNode,
  context: TaskContext,
  options: ToolchainOptions & PatchingOptions,
): Promise<Result<Outputs, Failure>> {
  const [official] = node.needs;
  if (official !== undefined) return patchGoroot(node, official, context, options);
  return takeFirst(node, context, options);
}

async function takeFirst(
  node: ToolchainNode,
  context: TaskContext,
  options: ToolchainOptions & PatchingOptions,
): Promise<Result<Outputs, Failure>> {
  const { version } = node;
  const goroot = gorootOf(context.output);
  const failures: Failure[] = [];
  for (const [index, source] of node.sources.entries()) {
    const scratch = index === 0 ? context.scratch : join(context.scratch, `source-${index}`);
    await mkdir(scratch, { recursive: true });
    const taken = await take(source, { version, goroot, scratch }, context, options);
    const wrong = taken.ok ? await whyNotThat(version, goroot, context, options) : taken.error;
    if (taken.ok && wrong === undefined) {
      await writeFile(join(context.output, 'toolchain.json'), canonicalJson(taken.value));
      const isUsual = source.kind === 'module-proxy' || source.kind === 'rpms';
      return ok(isUsual ? {} : { notes: [`Go ${version} came from ${describeSource(source)}.`] });
    }
    if (wrong === undefined) break;
    failures.push(wrong);
    if (endsIt.has(wrong.reason)) break;
    await rm(goroot, { recursive: true, force: true });
  }
  return err(gravest(failures, version));
}

/** What is forged is not passed over, nor what is the matter with this run. All else says nothing of the sources that come after. */
const endsIt: ReadonlySet<Failure['reason']> = new Set([
  'module-mismatch',
  'digest-mismatch',
  'aborted',
  'disk-full',
  'read-only',
  'not-sandboxed',
]);

/** What may pass is told first, since the run tries that again; then what the user can mend. */
const foremost = ['network', 'rate-limited', 'usage', 'missing-program', 'program-too-old', 'fetch-failed'];

/** One for all sources, which says of the others what was wrong with them. */
function gravest(failures: readonly Failure[], version: string): Failure {
  const last = failures.at(-1);
  if (last === undefined)
    return { reason: 'toolchain-unavailable', version, detail: 'nobody says where it can be had' };
  if (failures.length === 1 || endsIt.has(last.reason)) return last;
  const all = failures.map(saidOf).join('; ');
  const [first] = foremost.flatMap((reason) => failures.find((each) => each.reason === reason) ?? []);
  if (first === undefined) return { reason: 'toolchain-unavailable', version, detail: all };
  if (first.reason === 'usage') return { ...first, message: all };
  return 'detail' in first ? { ...first, detail: all } : first;
}

function saidOf(failure: Failure): string {
  if (failure.reason === 'usage') return failure.message;
  return 'detail' in failure ? failure.detail : failureHeadline(failure);
}

function take(
  source: ToolchainSource,
  place: GorootPlace,
  context: TaskContext,
  options: ToolchainOptions & PatchingOptions,
): Promise<Result<Json, Failure>> {
  const { fetchEnvironment } = options;
  switch (source.kind) {
    case 'module-proxy':
      return fetchFromProxy(place, context, options);
    case 'archive':
      return unpackArchive(source, place, context, options);
    case 'goroot':
      return copyGoroot(source, place, context, fetchEnvironment);
    case 'source':
      return compileGoroot(source, place, context, options);
    case 'rpms':
      return unpackRpms(source, place, context, options);
    default:
      return unreachable(source);
  }
}

function describeSource(source: Exclude<ToolchainSource, { kind: 'module-proxy' | 'rpms' }>): string {
  switch (source.kind) {
    case 'archive':
      return `an archive with SHA-256 ${source.sha256}, as the settings say`;
    case 'goroot':
      return `a folder of the user's, whose content has the digest ${source.digest}`;
    case 'source':
      return `its source, compiled by Go ${source.bootstrap}`;
    default:
      return unreachable(source);
  }
}

/** Why what was taken is not the go command that was asked for; undefined where it is. */
async function whyNotThat(
  version: string,
  goroot: string,
  context: TaskContext,
  { host }: Pick<ToolchainOptions, 'host'>,
): Promise<Failure | undefined> {
  const command: Command = {
    program: join(goroot, 'bin', 'go'),
    args: ['version'],
    cwd: context.scratch,
    env: { GOENV: 'off', GOROOT: goroot, GOTOOLCHAIN: 'local', HOME: context.scratch, LC_ALL: 'C' },
    network: 'none',
    signal: context.signal,
  };
  const outcome = await context.run(command);
  const failure = succeeded(outcome) ? undefined : failureOf(command, outcome);
  if (failure?.reason === 'aborted') return failure;
  const said = outcome.stdout.trim();
  if (failure === undefined && said === `go version go${version} ${host}`) return undefined;
  const why = failure === undefined ? `calls itself ${JSON.stringify(said)}` : 'cannot be run';
  const more = failure === undefined ? '' : `: ${failureHeadline(failure)}`;
  return { reason: 'toolchain-unavailable', version, detail: `its go command ${why}${more}` };
}

/** Where a toolchain's tree has its GOROOT. */
export function gorootOf(tree: string): string {
  return join(tree, 'go');
}
