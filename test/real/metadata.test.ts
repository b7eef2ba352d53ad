import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { Lock } from '../../orchestrator/config/lock/lock.ts';
import type { KubernetesVariant, LockedKubernetes } from '../../orchestrator/config/project/kubernetes.ts';
import type { Platform } from '../../orchestrator/core/platform.ts';
import type { GoBuildNode } from '../../orchestrator/plan/node-go.ts';
import { planProgram } from '../../orchestrator/run/explain/plan-program.ts';
import { type Metadata, readMetadata } from '../../orchestrator/verdict/explain/read-metadata.ts';
import type { BuildInformation } from '../../orchestrator/verdict/inspect/binary.ts';
import { isBuildOf, parseVersionText } from '../../orchestrator/verdict/inspect/version-text.ts';
import {
  buildDirectly,
  builtFolder,
  type KubernetesWorld,
  kubernetesWorld,
  planInputOf,
  removeWorld,
  type WorldOptions,
} from '../rig/kubernetes-world.ts';
import { suite } from '../rig/suite.ts';

/** What `go version -m` prints of programs of Kubernetes' shape, built by real Gos, against the plans of their builds. */
const test = suite<{ worlds: Map<string, KubernetesWorld> }>('metadata of published programs');

const project = 'kubernetes/kubernetes';
const recipeFile = fileURLToPath(new URL(`../../projects/${project}/project.yaml`, import.meta.url));

test.before((context) => {
  context.worlds = new Map();
});
test.after(({ worlds }) => {
  for (const world of worlds.values()) removeWorld(world);
});

/** Upstream's own path is the machine's: here the recipe has another one. */
async function worldOf(
  worlds: Map<string, KubernetesWorld>,
  options: WorldOptions,
): Promise<KubernetesWorld> {
  const known = worlds.get(options.tag);
  if (known !== undefined) return known;
  const made = await kubernetesWorld(options);
  const recipe = readFileSync(recipeFile, 'utf8').replace(/(at: &at )\S+/, `$1${placeOf(made)}`);
  const world = { ...made, recipe };
  worlds.set(options.tag, world);
  return world;
}

function placeOf({ folder }: KubernetesWorld): string {
  mkdirSync(join(folder, 'home'), { recursive: true });
  return join(folder, 'home', 'prow', 'kubernetes');
}

/** The build information of a program that is built as planned, but for a change. */
async function published(
  world: KubernetesWorld,
  platform: Platform,
  change: (node: GoBuildNode) => Partial<GoBuildNode> = () => ({}),
  override: Parameters<typeof buildDirectly>[1] = {},
): Promise<BuildInformation> {
  const links = {
    folder: join(world.folder, 'links'),
    withLock: <T>(_name: string, _signal: AbortSignal, body: () => Promise<T>) => body(),
    whyNoMounts: async () => 'nothing is mounted here',
  };
  const node = (each: GoBuildNode): GoBuildNode => {
    return { ...each, programs: each.programs.slice(0, 1), ...change(each) };
  };
  await buildDirectly({ ...world, platforms: [platform] }, { ...override, node, links });
  const text = execFileSync('go', ['version', '-m', builtFolder(world, platform)], { encoding: 'utf8' });
  const [printed] = parseVersionText(text) ?? [];
  if (printed === undefined) throw new Error(text);
  assert.ok(isBuildOf(printed, { platform, name: 'kubelet' }));
  return printed.build;
}

/** What is read in it, with these variants in the lock. */
function read(
  world: KubernetesWorld,
  platform: Platform,
  found: BuildInformation,
  kubernetes: Partial<LockedKubernetes> = {},
): Metadata {
  const input = planInputOf({ ...world, platforms: [platform] });
  const projects = input.lock.projects as unknown as Record<string, { kubernetes: LockedKubernetes }>;
  const locked = projects[project];
  const changed = { ...locked, kubernetes: { ...locked?.kubernetes, ...kubernetes } };
  const lock = { ...input.lock, projects: { ...input.lock.projects, [project]: changed } } as unknown as Lock;
  const name = platform.startsWith('windows') ? 'kubelet.exe' : 'kubelet';
  const planned = planProgram({ project, platform, name }, { ...input, lock }, '1.20.14', 'linux/amd64');
  if (!planned.ok) throw new Error(JSON.stringify(planned.error));
  const { own, foretell } = planned.value;
  const ours = foretell(found);
  if (ours === undefined) throw new Error('nothing is foretold');
  return readMetadata(ours, found, own, (variant) => foretell(found, variant));
}

const eras: readonly (WorldOptions & { readonly on: Platform; readonly unknown: string })[] = [
  { tag: 'v1.24.15', go: '1.20.14', on: 'linux/amd64', unknown: '' },
  { tag: 'v1.27.6', go: '1.20.14', on: 'linux/amd64', unknown: 'mod, dep, vcs.revision, vcs.time' },
  { tag: 'v1.30.1', go: '1.22.12', on: 'windows/amd64', unknown: 'mod, dep, vcs.revision, vcs.time' },
  { tag: 'v1.33.1', go: '1.24.13', on: 'linux/arm64', unknown: 'mod, version, dep, vcs.revision, vcs.time' },
];

for (const { on, unknown, ...options } of eras) {
  test(`${options.tag} for ${on}: what is foretold is what go says, line by line`, async ({ worlds }) => {
    const world = await worldOf(worlds, options);
    const found = await published(world, on);
    const metadata = read(world, on, found);
    assert.equal(metadata.differences, []);
    const names = metadata.unknown.map((name) =>
      name.replace('main-module path', 'mod').replace('main-module ', ''),
    );
    const short = names.map((name) => name.replace('dependencies set', 'dep').replace('vcs ', 'vcs.'));
    assert.is(short.filter((name) => name !== 'setting DefaultGODEBUG').join(', '), unknown);
    assert.ok(metadata.same.length >= 8, metadata.same.join());
  });
}

/** What is told of one build: each differing line, and what makes it so. */
function told({ differences }: Metadata): readonly string[] {
  return differences.map(({ difference, variants, isForetold }) => {
    const of =
      'name' in difference
        ? difference.name
        : 'what' in difference
          ? `${difference.kind} ${difference.what}`
          : difference.kind;
    const [first] = variants;
    const named = first?.name ?? JSON.stringify(first?.override);
    return `${of}${isForetold ? '' : ' perhaps'}: ${named}`;
  });
}

const modules: WorldOptions = { tag: 'v1.27.6', go: '1.20.14' };

const changes: readonly {
  readonly what: string;
  readonly change?: (node: GoBuildNode) => Partial<GoBuildNode>;
  readonly override?: Parameters<typeof buildDirectly>[1];
  readonly said: (world: KubernetesWorld) => readonly string[];
}[] = [
  {
    what: 'paths without the space beside them',
    change: ({ flags }) => ({ flags: flags.map((flag) => flag.trimEnd()) }),
    said: () => ['-gcflags: path-unspaced'],
  },
  {
    what: 'a checkout that is not modified',
    override: { override: { stamp: 'clean' } },
    said: () => ['vcs modified: {"stamp":"clean"}'],
  },
  {
    what: 'no stamp',
    change: ({ flags }) => ({ flags: [...flags, '-buildvcs=false'] }),
    said: () => ['vcs stamp: {"stamp":"absent"}'],
  },
  {
    what: 'another level of amd64',
    change: () => ({ environment: { GOAMD64: 'v2' } }),
    said: () => ['GOAMD64: {"environment":{"GOAMD64":"v2"}}'],
  },
  {
    what: 'other tags',
    change: ({ flags }) => ({
      flags: flags.map((flag) => flag.replace('selinux,notest,', 'notest,selinux')),
    }),
    said: () => [
      `-tags: ${JSON.stringify({
        flags: [
          '-installsuffix=static',
          '-gcflags=all=-trimpath={directory} ',
          '-asmflags=all=-trimpath={directory}',
          '-tags=notest,selinux',
        ],
      })}`,
    ],
  },
  {
    what: 'another place of the checkout',
    change: ({ layout }) => {
      if (layout?.at === undefined) throw new Error('the recipe has changed');
      return { layout: { ...layout, at: join(layout.at, 'deeper') } };
    },
    said: (world) => {
      const at = `{"at":"${join(placeOf(world), 'deeper')}"}`;
      return [`-gcflags: ${at}`, `-asmflags: ${at}`];
    },
  },
];

for (const { what, change, override, said } of changes) {
  test(`${what}: the lines that differ, and the variant that makes them so`, async ({ worlds }) => {
    const world = await worldOf(worlds, modules);
    const found = await published(world, 'linux/amd64', change, override);
    const variants: KubernetesVariant[] = ['path-unspaced', 'all-names', 'stamping-E4'];
    const metadata = read(world, 'linux/amd64', found, { variants });
    assert.equal(told(metadata), said(world));
    assert.equal(metadata.undecided, ['all-names', 'stamping-E4']);
  });
}

test("another Go: the builder's, where that is the one", async ({ worlds }) => {
  const world = await worldOf(worlds, { tag: 'v1.30.1', go: '1.22.12' });
  const found = await published(world, 'windows/amd64');
  const builder = { version: '1.22.12', read: 'x' };
  // The plan of the same release under another Go.
  const other = { ...world, go: '1.22.2' };
  const named = read(other, 'windows/amd64', found, {
    go: { rule: 'checkout', state: 'known', builder },
    variants: ['go-of-builder'],
  });
  assert.equal(told(named), ['go-version: go-of-builder']);
  const official = read(other, 'windows/amd64', found);
  assert.equal(told(official), ['go-version: {"go":{"version":"1.22.12","patches":[]}}']);
});

test('the tags that a checkout had are in the version of the main module', async ({ worlds }) => {
  const world = await worldOf(worlds, { tag: 'v1.33.1', go: '1.24.13' });
  const found = await published(world, 'linux/arm64', undefined, { override: { tags: 'none' } });
  assert.match(found.main.version, /^v0\.0\.0-/);
  const input = planInputOf({ ...world, platforms: ['linux/arm64'] });
  const planned = planProgram(
    { project, platform: 'linux/arm64', name: 'kubelet' },
    input,
    '1.24.13',
    'linux/amd64',
  );
  if (!planned.ok) throw new Error(JSON.stringify(planned.error));
  // Against our own build, with the tags.
  const ours = { build: await published(world, 'linux/arm64'), unknown: new Set<string>() };
  const metadata = readMetadata(ours, found, planned.value.own, (variant) =>
    planned.value.foretell(found, variant),
  );
  assert.equal(told(metadata), ['main-module version: {"tags":"none"}']);
});

test.run();
