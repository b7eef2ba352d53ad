import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { type MemoryRegistry, memoryRegistry } from '../oci/registry/memory-registry.ts';
import { type Buildkitd, buildkitPrograms, startBuildkitds } from '../rig/buildkitd.ts';
import { writeCompiler } from '../rig/c-compiler.ts';
import { forgetResults } from '../rig/forget-results.ts';
import {
  imageSettingsFor,
  type KubernetesRelease,
  kubernetesRelease,
  publishedAs,
  rootIn,
} from '../rig/kubernetes-release.ts';
import { archived, filesIn, membersOf } from '../rig/kubernetes-site.ts';
import type { Program } from '../rig/program.ts';
import { putLayout } from '../rig/put-layout.ts';
import { reportIn } from '../rig/report.ts';
import { skopeo } from '../rig/skopeo.ts';
import { suite } from '../rig/suite.ts';
import { warmProgram } from '../rig/warm.ts';

/** The images of Kubernetes by the committed recipes, out of repositories of the same shape, with BuildKit and a real gcc. */
interface World {
  folder: string;
  program: Program;
  daemons: readonly Buildkitd[];
  registry: MemoryRegistry;
  release: KubernetesRelease;
  settings: string;
}

const test = suite<World>('images of Kubernetes');
const kube = ['kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler'];
const version = 'v1.30.1-eks-1-30-5';

test.before(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'kubernetes-images-'));
  const { folder } = context;
  defer(() => rmSync(folder, { recursive: true }));
  const { buildctl } = await buildkitPrograms();
  // Before the program takes its environment from this process.
  process.env['PATH'] = `${dirname(buildctl)}:${process.env['PATH']}`;
  context.program = await warmProgram(folder);
  context.daemons = await startBuildkitds(defer, {}, {});
  defer(closeFakes);
  context.registry = await memoryRegistry();
  context.release = await kubernetesRelease(folder);
  const compiler = writeCompiler(join(folder, 'compiler'));
  putLayout(context.registry, join(folder, 'compiler'), compiler, 'compiler', 'day');
  context.settings = imageSettingsFor(context.registry, folder, compiler.digest);
});

/** A root whose settings name the daemon that builds. */
function rootWith({ release, folder, settings, daemons }: World, name: string, daemon: number): string {
  const address = daemons[daemon]?.address ?? '';
  const builders = `builders:\n  linux/amd64: ${address}\n  linux/arm64: ${address}\n`;
  return rootIn(release, folder, name, settings + builders);
}

function imagesIn(root: string) {
  return reportIn(join(root, 'out', 'v1-30-eks-5', 'report.json')).images ?? [];
}

/** The digest of each image, and of its platforms. */
function digestsIn(root: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    imagesIn(root).map(({ image, digest, platforms }) => [image, { digest, platforms }]),
  );
}

/** Without the breaks that a screen makes. */
function unwrapped(text: string): string {
  return text.replace(/\s+/g, ' ');
}

test('all five, for both platforms, beside what they stand on', async (world) => {
  const root = rootWith(world, 'first', 0);
  const ran = await world.program.runIn(root, ['images', 'v1-30-eks-5', '--output', 'layout']);
  // The repositories are made up, and so are the hashes: what was built differs from them.
  assert.is(ran.code, 1, ran.stdout + ran.stderr);
  const images = imagesIn(root);
  assert.equal(
    images.map(({ image, platforms }) => [image, platforms.length]),
    [...kube, 'go-runner', 'kube-proxy-base', 'pause'].sort().map((name) => [`kubernetes/${name}`, 2]),
    ran.stdout,
  );
  assert.match(ran.stdout, `·  kubernetes/pause:${version}`);
  assert.match(unwrapped(ran.stdout), 'kubernetes/pause: pause was compiled here.');
  assert.match(unwrapped(ran.stdout), '1 holds what nothing published speaks of');
});

test('another daemon with nothing in its cache: the same digests', async (world) => {
  const made = ['c-build', 'image', 'image-index'];
  forgetResults(world.program.cache, (kind) => made.includes(kind));
  const root = rootWith(world, 'second', 1);
  const ran = await world.program.runIn(root, ['images', 'v1-30-eks-5']);
  assert.is(ran.code, 1, ran.stdout + ran.stderr);
  const report = reportIn(join(root, 'out', 'v1-30-eks-5', 'report.json'));
  const ends = report.nodes.filter(({ kind }) => made.includes(kind)).map(({ status }) => status);
  assert.equal(new Set(ends), new Set(['ran']));
  assert.equal(digestsIn(root), digestsIn(join(world.folder, 'first')));
});

/** An image of the first run as a bundle for runc, and its config. */
function unpack({ folder }: World, name: string, tag: string) {
  const layout = join(folder, `oci-${name}`);
  const bundle = join(folder, `bundle-${name}`);
  const from = `oci:${join(folder, 'first', 'layout')}:kubernetes/${name}:${tag}`;
  skopeo('copy', '--override-arch', 'amd64', from, `oci:${layout}:x`);
  execFileSync('umoci', ['unpack', '--image', `${layout}:x`, bundle], { stdio: 'pipe' });
  const config = JSON.parse(skopeo('inspect', '--config', `oci:${layout}:x`));
  return { bundle, config };
}

/** What the entry point of a bundle says, with these words behind it. */
function runIn(bundle: string, words: readonly string[]): string {
  const file = join(bundle, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  config.process.terminal = false;
  config.process.args = [...config.process.args, ...words];
  writeFileSync(file, JSON.stringify(config));
  const args = [
    '--root',
    `${bundle}-state`,
    'run',
    '--bundle',
    bundle,
    `eksd-${process.pid}-${words.length}`,
  ];
  const ran = spawnSync('runc', args, { encoding: 'utf8', input: '' });
  assert.is(ran.status, 0, ran.stderr);
  return ran.stdout + ran.stderr;
}

test('pause says its tag, as the user of its base', (world) => {
  const { bundle, config } = unpack(world, 'pause', version);
  assert.equal(config.config.Entrypoint, ['/pause']);
  assert.is(config.config.User, '65532');
  assert.is(runIn(bundle, ['-v']), `a test's pause ${version}\n`);
});

test('the API server is run by go-runner, and says the version of the patched source', (world) => {
  const { bundle, config } = unpack(world, 'kube-apiserver', version);
  assert.equal(config.config.Entrypoint, ['/go-runner']);
  const said = runIn(bundle, ['/usr/local/bin/kube-apiserver']);
  assert.match(said, 'kube-apiserver patched');
  assert.match(said, /v1\.30\.1-eks-[0-9a-f]{7} 1 30 /);
  const below = (path: string): string => readFileSync(join(bundle, 'rootfs', path), 'utf8');
  assert.match(below('ATTRIBUTION.txt'), 'example.com/lib');
  assert.match(below('LICENSES/example.com/lib/LICENSE'), 'The Library');
});

test('kube-proxy stands on its own base', (world) => {
  const { bundle } = unpack(world, 'kube-proxy', version);
  assert.match(runIn(bundle, ['/usr/local/bin/kube-proxy']), 'kube-proxy patched');
  assert.match(readFileSync(join(bundle, 'rootfs/etc/os-release'), 'utf8'), 'iptables');
});

test('pause is pushed with a word on it, and what differs is refused', async (world) => {
  const { program, registry, folder } = world;
  const root = join(folder, 'first');
  const push = ['push', 'v1-30-eks-5', '--registry', `${registry.host}/eks`, '--insecure', '--confirm'];
  const refused = await program.runIn(root, [...push, '--image', 'kube-proxy']);
  assert.is(refused.code, 2, refused.stdout + refused.stderr);
  assert.match(refused.stderr, 'kube-proxy for linux/amd64 (different)');
  assert.not.match(refused.stderr, 'pause');
  const pushed = await program.runIn(root, [...push, '--image', 'pause']);
  assert.match(pushed.stdout, 'kubernetes/pause: pause was compiled here. Upstream', pushed.stderr);
  const index = registry.tags.get(`eks/kubernetes/pause:${version}`);
  assert.is(index, imagesIn(root).find(({ image }) => image === 'kubernetes/pause')?.digest);
  const statements = [...registry.content.values()].map(String).filter((text) => text.startsWith('{"_type"'));
  const { predicate: statement } = statements
    .map((text) => JSON.parse(text))
    .find(({ predicateType }) => predicateType === 'https://slsa.dev/provenance/v1');
  const programs = statement.runDetails.byproducts.map(({ name }: { name: string }) => name);
  assert.equal(
    programs,
    ['amd64', 'arm64'].map((each) => `kubernetes/kubernetes/linux/${each}/pause`),
  );
  assert.match(JSON.stringify(statement.buildDefinition.resolvedDependencies), `${registry.host}/compiler`);
});

const servers = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
  'kubeadm',
  'kubelet',
];
const allowed = ['--allow', 'different', '--reason', 'The hashes are made up.'];

test('the site of a channel of its own: archives as upstream packs them, images by its names at the registry', async (world) => {
  const { program, registry, folder } = world;
  const root = join(folder, 'first');
  const own = ['--channel', '1-30-acme', '--number', '7', '--registry', `${registry.host}/own`, ...allowed];
  const pushed = await program.runIn(root, ['push', 'v1-30-eks-5', ...own, '--confirm']);
  assert.is(pushed.code, 1, pushed.stdout + pushed.stderr);
  assert.ok(registry.tags.has('own/kubernetes/pause:v1.30.1-eks-1-30-acme-7'));
  const at = ['--base-uri', 'https://releases.example', '--output', 'site'];
  const laid = await program.runIn(root, ['release', 'v1-30-eks-5', ...own, ...at]);
  // What differs goes for a reason, and is told all the same.
  assert.is(laid.code, 1, laid.stdout + laid.stderr);
  assert.not.match(laid.stderr, ' yet: ');
  const files = filesIn(root, '1-30-acme', 7);
  const nodes = ['kube-proxy', 'kubeadm', 'kubelet'];
  const exe = (names: readonly string[]) => names.map((name) => `${name}.exe`);
  const linux = ['linux-amd64', 'linux-arm64'];
  const table = [
    ...[...linux, 'darwin-amd64'].map((on) => [`client-${on}`, archived('client', ['kubectl'])] as const),
    ['client-windows-amd64', archived('client', ['kubectl.exe'])],
    ...linux.map((on) => [`node-${on}`, archived('node', nodes)] as const),
    ['node-windows-amd64', archived('node', exe(nodes))],
    ...linux.map((on) => [`server-${on}`, archived('server', servers)] as const),
  ] as const;
  for (const [name, members] of table) {
    assert.equal(membersOf(join(files, `kubernetes-${name}.tar.gz`)), members, name);
  }
  const inside = [
    '-xOzf',
    join(files, 'kubernetes-node-windows-amd64.tar.gz'),
    'kubernetes/node/bin/kubelet.exe',
  ];
  const kubelet = execFileSync('tar', inside, { maxBuffer: 2 ** 26 });
  assert.ok(kubelet.equals(readFileSync(join(files, 'bin/windows/amd64/kubelet.exe'))));
  const source = join(files, 'kubernetes-src.tar.gz');
  const read = (path: string) => execFileSync('tar', ['-xOzf', source, path], { encoding: 'utf8' });
  assert.match(read('pkg/greeting/greeting.go'), 'patched');
  const named = readFileSync(join(files, 'bin/linux/arm64/pause.docker_image_name'), 'utf8');
  const pause = `${registry.host}/own/kubernetes/pause`;
  assert.is(named, `${pause}:3.9,${pause}:v1.30.1-eks-1-30-acme-7\n`);
  const tarred = execFileSync('tar', ['-tf', join(files, 'bin/linux/arm64/kube-proxy.tar')], {
    encoding: 'utf8',
  });
  assert.match(tarred, 'index.json');
  assert.not.match(tarred, 'manifest.json');
  const checked = await program.runIn(root, ['release', 'check', 'site', '--json']);
  assert.is(checked.code, 1, checked.stderr);
  const { findings } = JSON.parse(checked.stdout).releases[0];
  const differing = findings.filter(({ verdict }: { verdict: string }) => verdict === 'different');
  assert.equal(new Set(differing.map(({ kind }: { kind: string }) => kind)), new Set(['programs']));
  const images = findings.filter(({ kind }: { kind: string }) => kind === 'images');
  assert.equal(
    images.map(({ name, verdict }: Record<string, string>) => `${name} ${verdict}`).sort(),
    [...kube, 'pause'].map((name) => `kubernetes: ${name}-image identical`).sort(),
  );
});

test('three weeks later: kubectl and images in the archives of servers, in the format of docker', async (world) => {
  const release = publishedAs(world.release, '7', '2024-06-20');
  const root = rootWith({ ...world, release }, 'later', 0);
  const at = ['--base-uri', 'https://releases.example', '--output', 'site'];
  const laid = await world.program.runIn(root, ['release', release.release, ...allowed, ...at]);
  assert.is(laid.code, 1, laid.stdout + laid.stderr);
  const files = filesIn(root, '1-30', 7);
  const tarred = kube.flatMap((name) => [`${name}.tar`, `${name}.docker_tag`]);
  for (const arch of ['amd64', 'arm64']) {
    const file = join(files, `kubernetes-server-linux-${arch}.tar.gz`);
    assert.equal(membersOf(file), archived('server', [...servers, 'kubectl', ...tarred]), arch);
    const inside = 'kubernetes/server/bin/kube-scheduler';
    const read = (path: string) => execFileSync('tar', ['-xOzf', file, path], { maxBuffer: 2 ** 26 });
    assert.is(read(`${inside}.docker_tag`).toString(), 'v1.30.1-eks-1-30-7\n');
    const tar = join(files, `bin/linux/${arch}/kube-scheduler.tar`);
    assert.ok(read(`${inside}.tar`).equals(readFileSync(tar)));
    const name = 'public.ecr.aws/eks-distro/kubernetes/kube-scheduler:v1.30.1-eks-1-30-7';
    const { Architecture } = JSON.parse(
      skopeo('inspect', '--override-arch', arch, `docker-archive:${tar}:${name}`),
    );
    assert.is(Architecture, arch);
  }
});

test('an image without what a compiler needs is told', async (world) => {
  const { folder, registry, program } = world;
  const lacking = writeCompiler(join(folder, 'compiler'), /\/libc\.a$/);
  putLayout(registry, join(folder, 'compiler'), lacking, 'compiler', 'lacking');
  const full = /compiler@(sha256:[0-9a-f]+)/.exec(world.settings)?.[1] ?? '';
  const settings = world.settings.replaceAll(full, lacking.digest);
  const root = rootWith({ ...world, settings }, 'lacking', 1);
  const ran = await program.runIn(root, ['images', 'v1-30-eks-5', '--image', 'pause']);
  assert.is(ran.code, 2, ran.stdout + ran.stderr);
  assert.match(
    unwrapped(ran.stdout),
    'with x86_64-linux-gnu-gcc-12 on linux/amd64 cannot: it has no static C library',
  );
  assert.match(unwrapped(ran.stdout), 'packages gcc and glibc-static of Amazon Linux');
});

test.run();
