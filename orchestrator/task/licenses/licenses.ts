import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { GoBuildNode } from '../../plan/node-go.ts';
import type { LicensedBuild, LicensesNode } from '../../plan/node-image.ts';
import { readBytes } from '../../tool/file/read-file.ts';
import type { PreparedBuild } from '../go/prepare-build.ts';
import { readSourceFacts } from '../source/facts.ts';
import type { Outputs, TaskContext } from '../task.ts';
import { gorootOf } from '../toolchain/toolchain.ts';
import { attributionNotes, renderAttribution } from './attribution.ts';
import { prepareListing } from './checkout.ts';
import type { LicenseClassifier } from './classifier.ts';
import { collectModules, type LinkedBuild } from './collect.ts';
import { makeEntries } from './entries.ts';
import type { LicenseEntry } from './entry.ts';
import { readGopathModules } from './gopath.ts';
import type { LinkedModule } from './linked-package.ts';
import { listLinkedPackages } from './packages.ts';
import { checkPrograms } from './programs.ts';
import { decodeText } from './text.ts';

export interface LicensesOptions {
  readonly classifier: LicenseClassifier;
  /** Git, which go runs for the version-control stamp: its absolute path, and a hermetic environment. */
  readonly git: { readonly program: string; readonly env: Readonly<Record<string, string>> };
  /** The build cache that all builds share. */
  readonly buildCache: string;
}

/**
 * LICENSES/ and ATTRIBUTION.txt of what is really linked: the packages that the go command loads for the very builds, with
 * every licence and notice from a package's folder up to its module's, and licences that stand in source files only. What a
 * program says of itself has to agree. A module without a licence is no failure: it is said in the file and in a note.
 */
export async function gatherLicenses(
  node: LicensesNode,
  context: TaskContext,
  options: LicensesOptions,
): Promise<Result<Outputs, Failure>> {
  const builds: LinkedBuild[] = [];
  for (const [index, each] of node.builds.entries()) {
    const scratch = join(context.scratch, `build-${index}`);
    await mkdir(scratch, { recursive: true });
    const linked = await linkedBy(asGoBuild(node, each), { ...context, scratch }, options);
    if (!linked.ok) return linked;
    builds.push(linked.value);
  }
  context.progress('reading licences');
  const { tag } = await readSourceFacts(context.tree(node.source));
  const goVersion = node.builds[0]?.goVersion ?? '';
  const goroot = gorootOf(context.tree(node.toolchain));
  const modules = await collectModules(builds, { goroot, goVersion, tag });
  const files = modules.flatMap((module) => [...module.folders.values()].flat());
  const texts = [...new Set(files.map((file) => file.path))];
  const sources = modules.flatMap((module) => [...module.sources.values()]);
  const read = await readAll(texts);
  if (!read.ok) return read;
  const identified = await options.classifier.identify(texts, sources, context.signal);
  if (!identified.ok) return identified;
  const decoded = new Map([...read.value].map(([path, bytes]) => [path, decodeText(bytes)]));
  const entries = makeEntries(modules, identified.value, decoded);
  await writeLicenses(entries, read.value, join(context.output, 'LICENSES'));
  await writeFile(join(context.output, 'ATTRIBUTION.txt'), renderAttribution(entries));
  const notes = attributionNotes(entries);
  return ok(notes.length === 0 ? {} : { notes });
}

/** Bytes: lists of all that is in something else are the longest, with a tenth of that. */
const longest = 16 * 1024 ** 2;

/** Errors: `unsafe-path` for a file that is longer than any licence. */
async function readAll(paths: readonly string[]): Promise<Result<ReadonlyMap<string, Buffer>, Failure>> {
  const read = new Map<string, Buffer>();
  for (const path of paths) {
    const bytes = await readBytes(path, { limit: longest });
    if (bytes.ok && bytes.value !== undefined) read.set(path, bytes.value);
    const why = bytes.ok ? 'is not there any more' : bytes.error;
    if (!read.has(path))
      return err({ reason: 'unsafe-path', path: basename(path), where: dirname(path), detail: why });
  }
  return ok(read);
}

/** What a build links, after the programs agreed to it. */
async function linkedBy(
  node: GoBuildNode,
  context: TaskContext,
  { git, buildCache }: LicensesOptions,
): Promise<Result<LinkedBuild, Failure>> {
  const prepared = await prepareListing(node, context, git.program);
  if (!prepared.ok) return prepared;
  const build = inPlace({ ...prepared.value, env: { ...git.env, ...prepared.value.env } });
  const hasModules = node.layout?.mode !== 'gopath';
  const findModule = hasModules ? undefined : await readGopathModules(build.cwd);
  const { goVersion } = node;
  const packages = await listLinkedPackages(build, context, { buildCache, goVersion, findModule });
  if (!packages.ok) return packages;
  const modules = packages.value.flatMap(({ module }): readonly LinkedModule[] => (module ? [module] : []));
  // A program that was built without modules says nothing of them.
  const checked = hasModules
    ? await checkPrograms(context.tree(node.id), modules, build, context)
    : ok(undefined);
  if (!checked.ok) return err(checked.error);
  return ok({ packages: packages.value, checkout: join(context.scratch, 'source'), cwd: build.cwd });
}

/** A build's own folder in the place of the one that it would be seen as: to list it, its name does not matter. */
function inPlace({ mounted, ...build }: PreparedBuild): PreparedBuild {
  if (mounted === undefined) return build;
  const here = (text: string) => text.replaceAll(mounted.at, mounted.folder);
  const env = Object.fromEntries(Object.entries(build.env).map(([name, value]) => [name, here(value)]));
  return { ...build, cwd: here(build.cwd), env, flags: build.flags.map(here) };
}

/** The go-build whose programs are licensed, as far as it matters to what they link. */
function asGoBuild(node: LicensesNode, { build, ...each }: LicensedBuild): GoBuildNode {
  const { needs, projects, toolchain, source, platform } = node;
  return {
    ...{ kind: 'go-build', id: build, title: node.title, ldflags: [] },
    ...{ needs, projects, toolchain, source, platform, ...each },
  };
}

async function writeLicenses(
  entries: readonly LicenseEntry[],
  read: ReadonlyMap<string, Buffer>,
  folder: string,
): Promise<void> {
  for (const { path, text, from } of entries.flatMap((entry) => entry.texts)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    // Not copied: a store's files are read-only, and whether one may be executed is no part of a licence.
    await writeFile(target, (from === undefined ? undefined : read.get(from)) ?? text);
  }
}
