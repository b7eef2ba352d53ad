import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { readLock, renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import type { Override } from '../../orchestrator/config/lock/override.ts';
import type { StampingRule } from '../../orchestrator/config/project/kubernetes.ts';
import type { Failure } from '../../orchestrator/core/failure.ts';
import type { Platform } from '../../orchestrator/core/platform.ts';
import type { Result } from '../../orchestrator/core/result.ts';
import type { BuildNode } from '../../orchestrator/plan/node.ts';
import type { NodeId } from '../../orchestrator/plan/node-base.ts';
import type { GoBuildNode, SourceNode } from '../../orchestrator/plan/node-go.ts';
import type { ScriptBuildNode } from '../../orchestrator/plan/node-script.ts';
import { planRelease } from '../../orchestrator/plan/plan.ts';
import type { BuildMethod } from '../../orchestrator/plan/script-nodes.ts';
import { eraOf, parseKubernetesVersion, trimsPaths } from '../../orchestrator/release/kubernetes-version.ts';
import { buildPrograms, type GoBuildOptions } from '../../orchestrator/task/go/build.ts';
import { runScripts } from '../../orchestrator/task/script/build.ts';
import { makeSource } from '../../orchestrator/task/source/source.ts';
import type { Deed, Outputs } from '../../orchestrator/task/task.ts';
import { createGitClones } from '../../orchestrator/tool/git/clones.ts';
import { hermeticGitEnvironment } from '../../orchestrator/tool/git/environment.ts';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { findProgram } from '../../orchestrator/tool/process/program-path.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { decodeProject } from '../../orchestrator/workspace/decode-project.ts';
import { pinsOf, upstreamUrl, url } from './kubernetes-pins.ts';
import { shapedHistory, shapedPatch } from './kubernetes-shape.ts';
import { remembered } from './remembered.ts';
import { createRepository } from './repository.ts';
import { sharedPlace } from './shared-place.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const recipeFile = 'projects/kubernetes/kubernetes/project.yaml';
const path = process.env['PATH'] ?? '';
const decoded = remembered((text: string) => decodeProject(recipeFile, text));
export const gitEnv = hermeticGitEnvironment(path);
const run = createRunProcess({ isolation: noIsolation, now: Date.now });

/** What a world is made for. */
export interface WorldOptions {
  /** `v1.30.1` */
  readonly tag: string;
  /** A version that the module proxy serves. */
  readonly go: string;
  readonly rule?: StampingRule;
  /** For E3. */
  readonly patched?: string;
  /** Of the recipe; the committed one where it is absent. */
  readonly recipe?: string;
  /** All four where it is absent. */
  readonly platforms?: readonly Platform[];
}

/** A repository of Kubernetes' shape, a lock that names it, and a Go. */
export interface KubernetesWorld extends WorldOptions {
  readonly folder: string;
  readonly goroot: string;
  /** The commits of the repository. */
  readonly commits: readonly string[];
  readonly platforms: readonly Platform[];
}

/** One for the builds of all worlds, as the program has it. What it is held against comes out of another one. */
export function buildCache(): string {
  return sharedPlace('kubernetes-builds');
}

/** The GOROOT of a version, in the user's module cache, where the machine's go puts it. */
function gorootFor(version: string): string {
  const env = { ...process.env, GOTOOLCHAIN: `go${version}`, GOFLAGS: '', GO111MODULE: 'on' };
  const goroot = execFileSync('go', ['env', 'GOROOT'], { env, encoding: 'utf8', cwd: tmpdir() }).trim();
  assert.match(readFileSync(join(goroot, 'VERSION'), 'utf8'), `go${version}`);
  return goroot;
}

export async function kubernetesWorld(options: WorldOptions): Promise<KubernetesWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'kubernetes-'));
  const goRelease = options.go.split('.').slice(0, 2).join('.');
  const version = parseKubernetesVersion(options.tag);
  if (version === undefined) throw new Error(`${options.tag} is no tag of Kubernetes`);
  const { tag } = options;
  const history = shapedHistory({ era: eraOf(version), trims: trimsPaths(version), tag, goRelease });
  const commits = await createRepository(join(folder, 'upstream'), { commits: history });
  await createRepository(join(folder, 'eks-distro'), {
    commits: [{ files: { 'patches/0001-x.patch': shapedPatch } }],
  });
  const platforms: readonly Platform[] = ['linux/amd64', 'linux/arm64', 'windows/amd64', 'darwin/amd64'];
  return { platforms, ...options, folder, goroot: gorootFor(options.go), commits };
}

/** The plan of a release with that Kubernetes, by its recipe. */
export function planOf(
  world: KubernetesWorld,
  override?: Override,
  method: BuildMethod = 'direct',
): ReturnType<typeof planRelease> {
  return planRelease(planInputOf(world, override, method));
}

/** What that plan is made from. */
export function planInputOf(
  world: KubernetesWorld,
  override?: Override,
  method: BuildMethod = 'direct',
): Parameters<typeof planRelease>[0] {
  const text = world.recipe ?? readFileSync(join(root, recipeFile), 'utf8');
  const recipe = decoded(text);
  if (!recipe.ok) throw new Error(JSON.stringify(recipe.error));
  const lock = readLock('a.lock.yaml', renderLock(pinsOf(world)));
  if (!lock.ok) throw new Error(JSON.stringify(lock.error));
  return {
    lock: lock.value,
    recipes: new Map([['kubernetes/kubernetes', recipe.value]]),
    projects: ['kubernetes/kubernetes'],
    isSelected: (platform) => world.platforms.includes(platform),
    userPatches: new Map(),
    method: { name: method, tools: new Map() },
    ...(override === undefined ? {} : { overrides: new Map([['kubernetes/kubernetes', override]]) }),
  };
}

/** Runs a task in folders of its own. */
export async function perform<N extends BuildNode>(
  world: KubernetesWorld,
  deed: Deed<N>,
  node: N,
  tree: (id: NodeId) => string,
): Promise<{ readonly output: string; readonly result: Result<Outputs, Failure> }> {
  const own = mkdtempSync(join(world.folder, 'task-'));
  const [output, scratch] = [join(own, 'output'), join(own, 'scratch')];
  for (const each of [output, scratch]) mkdirSync(each);
  const { signal } = new AbortController();
  const result = await deed(node, { tree, output, scratch, run, signal, progress: () => {} });
  return { output, result };
}

/** The checkout with its patch, as the source task makes it. */
export async function makeCheckout(world: KubernetesWorld, node: SourceNode): Promise<string> {
  const clones = createGitClones({
    folder: join(world.folder, 'clones'),
    mirrors: { [url]: join(world.folder, 'upstream'), [upstreamUrl]: join(world.folder, 'eks-distro') },
    localEnv: gitEnv,
    remoteEnv: gitEnv,
    withLock: (_name, _signal, body) => body(),
  });
  const patches = node.patches.map((patch) => {
    const file = join(world.folder, '0001-x.patch');
    writeFileSync(file, shapedPatch);
    return { ...patch, from: { kind: 'user' as const, file } };
  });
  const { output, result } = await perform(
    world,
    (each: SourceNode, context) => makeSource(each, context, { clones, gitEnv }),
    { ...node, patches },
    never,
  );
  assert.ok(result.ok, JSON.stringify(result));
  return output;
}

function never(): never {
  throw new Error('nothing is needed');
}

/** The hashes of what plain go commands make, by `<platform> <file>`. */
export async function buildDirectly(
  world: KubernetesWorld,
  change: {
    readonly override?: Override;
    readonly node?: (node: GoBuildNode) => GoBuildNode;
    /** Where nothing is to be mounted. */
    readonly links?: NonNullable<GoBuildOptions['links']>;
  } = {},
): Promise<ReadonlyMap<string, string>> {
  const plan = planOf(world, change.override);
  const nodes = [...plan.graph.nodes.values()];
  const source = nodes.find((node) => node.kind === 'source');
  if (source?.kind !== 'source') throw new Error(JSON.stringify(plan.projects));
  const checkout = await makeCheckout(world, source);
  const toolchain = toolchainOf(world);
  const git = (await findProgram('git', path, '/')) ?? '';
  const tools = {
    buildCache: buildCache(),
    git: { program: git, env: gitEnv },
    ...(change.links === undefined ? {} : { links: change.links }),
  };
  const deed: Deed<GoBuildNode> = (node, context) => buildPrograms(node, context, tools);
  const hashes = new Map<string, string>();
  for (const node of nodes) {
    if (node.kind !== 'go-build') continue;
    const generated = node.generated && (await generate(world, nodes, node.generated, checkout));
    const trees = new Map([
      [source.id, checkout],
      [node.generated, generated],
    ]);
    const tree = (id: NodeId) => trees.get(id) ?? toolchain;
    const built = await perform(world, deed, change.node?.(node) ?? node, tree);
    assert.ok(built.result.ok, JSON.stringify(built.result));
    for (const [name, hash] of hashesOf(built.output)) hashes.set(`${node.platform} ${name}`, hash);
    keep(world, node.platform, built.output);
  }
  return hashes;
}

/** What the checkout lacks. */
async function generate(
  world: KubernetesWorld,
  nodes: readonly BuildNode[],
  id: NodeId,
  checkout: string,
): Promise<string> {
  const node = nodes.find((each) => each.id === id);
  if (node?.kind !== 'script-build') throw new Error(`no script-build ${id}`);
  const deed: Deed<ScriptBuildNode> = (each, context) =>
    runScripts(each, context, { gitEnv, searchPath: path });
  const toolchain = toolchainOf(world);
  const tree = (need: NodeId) => (need === node.source ? checkout : toolchain);
  const { output, result } = await perform(world, deed, node, tree);
  assert.ok(result.ok, JSON.stringify(result));
  return output;
}

/** The tree of a toolchain, without its own content. */
export function toolchainOf(world: KubernetesWorld): string {
  const toolchain = join(world.folder, 'toolchain');
  mkdirSync(toolchain, { recursive: true });
  if (!readdirSync(toolchain).includes('go')) symlinkSync(world.goroot, join(toolchain, 'go'));
  return toolchain;
}

/** Where the programs of a platform are that were built last. */
export function builtFolder(world: KubernetesWorld, platform: Platform): string {
  return join(world.folder, 'built', platform);
}

function keep(world: KubernetesWorld, platform: Platform, output: string): void {
  const target = builtFolder(world, platform);
  mkdirSync(dirname(target), { recursive: true });
  execFileSync('rm', ['-rf', target]);
  execFileSync('cp', ['-a', output, target]);
}

export function hashesOf(folder: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder).map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

/** Takes a world away: parts of it can only be read. */
export function removeWorld({ folder }: KubernetesWorld): void {
  execFileSync('chmod', ['-R', 'u+w', folder]);
  execFileSync('rm', ['-rf', folder]);
}
