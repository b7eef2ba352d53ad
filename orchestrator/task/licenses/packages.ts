import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { goMinor } from '../../tool/go/go.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import { runForLongOutput } from '../../tool/process/long-output.ts';
import { succeeded } from '../../tool/process/process.ts';
import type { PreparedBuild } from '../go/prepare-build.ts';
import type { TaskContext } from '../task.ts';
import type { FindModule } from './gopath.ts';
import type { LinkedModule, LinkedPackage } from './linked-package.ts';

/** Fields that Go 1.13 has too, and whose values hold neither tabs nor newlines. */
const fields = [
  '{{.ImportPath}}',
  '{{.Dir}}',
  '{{.Standard}}',
  '{{join .GoFiles "|"}}|{{join .SFiles "|"}}|{{join .HFiles "|"}}',
  '{{with .Module}}{{.Path}}{{end}}',
  '{{with .Module}}{{.Version}}{{end}}',
  '{{with .Module}}{{.Main}}{{end}}',
  '{{with .Module}}{{with .Replace}}{{.Path}}{{end}}{{end}}',
  '{{with .Module}}{{with .Replace}}{{.Version}}{{end}}{{end}}',
];

export interface ListingOptions {
  /** Go's build cache, which all builds share: what go notes there of modules takes longer than listing does. */
  readonly buildCache: string;
  /** Of the pinned go. */
  readonly goVersion: string;
  /** For a build without modules, which the go command then does not name. */
  readonly findModule: FindModule | undefined;
}

/**
 * What a build links, by the go command's own word: all packages but those without source files (`unsafe`).
 */
export async function listLinkedPackages(
  build: PreparedBuild,
  context: TaskContext,
  { buildCache, goVersion, findModule }: ListingOptions,
): Promise<Result<readonly LinkedPackage[], Failure>> {
  const command = {
    program: build.program,
    args: [
      'list',
      ...build.flags,
      // It would ask git for what no field tells (https://go.dev/doc/go1.18#go-version).
      ...(goMinor(goVersion) >= 18 ? ['-buildvcs=false'] : []),
      '-deps',
      '-f',
      fields.join('\t'),
      ...build.programs.map((each) => each.package),
    ],
    cwd: build.cwd,
    env: { ...build.env, GOCACHE: sharesCache(goVersion) ? buildCache : join(context.scratch, 'go-build') },
    network: 'none' as const,
    sees: { writes: [buildCache] },
    signal: context.signal,
  };
  const outcome = await runForLongOutput(context.run, command, join(context.scratch, 'packages'));
  if (!succeeded(outcome)) return err(failureOf(command, outcome));
  const lines = outcome.stdout.split('\n').filter((line) => line !== '');
  return ok(lines.map((line) => readPackage(line, findModule)).filter((each) => each.sources.length > 0));
}

function readPackage(line: string, findModule: FindModule | undefined): LinkedPackage {
  const [importPath = '', folder = '', standard, sources = '', ...module] = line.split('\t');
  const base = { folder, sources: sources.split('|').filter((name) => name !== '') };
  if (standard === 'true') return { ...base, importPath, module: undefined };
  if (findModule !== undefined) return { ...base, ...findModule(importPath) };
  return { ...base, importPath, module: readModule(module, importPath) };
}

function readModule(values: readonly string[], importPath: string): LinkedModule {
  const [path = '', version = '', isMain, replacedBy = '', replaceVersion = ''] = values;
  if (path === '') throw new TypeError(`go list names no module of ${importPath}`);
  const replace = replacedBy === '' ? undefined : { path: replacedBy, version: replaceVersion };
  return { path, version, isMain: isMain === 'true', replace };
}

/** Go 1.13 keys what is in it by less than its content (as `task/go/build.ts` has it). */
function sharesCache(goVersion: string): boolean {
  return goMinor(goVersion) >= 14;
}
