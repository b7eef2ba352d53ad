import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Buildkitd, buildkitPrograms, startBuildkitds } from '../rig/buildkitd.ts';
import { type DockerRegistry, startDockerRegistry } from '../rig/docker-registry.ts';
import { forgetResults } from '../rig/forget-results.ts';
import type { Program } from '../rig/program.ts';
import { reportIn } from '../rig/report.ts';
import { skopeo } from '../rig/skopeo.ts';
import { suite } from '../rig/suite.ts';
import { warmProgram } from '../rig/warm.ts';

/** The sample's images by the program as it is installed, with BuildKit, a registry that wants a password, skopeo and runc. */
interface World {
  program: Program;
  daemons: readonly Buildkitd[];
  registry: DockerRegistry;
}

const test = suite<World>('images of the sample');
const password = 'canary-4711-password';
const names = [
  'sample/clock:v0.3.0-eks-1-0-1',
  'sample/greeter:v1.2.0-eks-1-0-1',
  'sample/tools:v2.0.1-eks-1-0-1',
];

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'images-sample-'));
  defer(() => rmSync(folder, { recursive: true }));
  // Before the program takes its environment from this process.
  process.env['DOCKER_CONFIG'] = join(folder, 'docker');
  const { buildctl } = await buildkitPrograms();
  process.env['PATH'] = `${dirname(buildctl)}:${process.env['PATH']}`;
  context.program = await warmProgram(folder);
  context.daemons = await startBuildkitds(defer, {}, {});
  mkdirSync(join(folder, 'registry'));
  context.registry = await startDockerRegistry({
    folder: join(folder, 'registry'),
    login: { username: 'user', password },
  });
  defer(() => context.registry.kill());
  const auth = Buffer.from(`user:${password}`).toString('base64');
  mkdirSync(join(folder, 'docker'));
  writeFileSync(
    join(folder, 'docker', 'config.json'),
    JSON.stringify({ auths: { [context.registry.host]: { auth } } }),
  );
});

/** A folder to work in, whose settings name the daemon that builds. */
function workIn({ program, daemons }: World, name: string, daemon: number): string {
  const folder = join(program.folder, name);
  mkdirSync(folder);
  const address = daemons[daemon]?.address ?? '';
  writeFileSync(
    join(folder, 'eksd-rebuild.yaml'),
    `builders:\n  linux/amd64: ${address}\n  linux/arm64: ${address}\n`,
  );
  return folder;
}

function digestsIn(folder: string): Readonly<Record<string, unknown>> {
  const report = reportIn(join(folder, 'out', 'v1-0-eks-1', 'report.json'));
  return Object.fromEntries(
    (report.images ?? []).map(({ image, digest, platforms }) => [image, { digest, platforms }]),
  );
}

test('every image is made for both platforms, and holds only what was published', async (world) => {
  const folder = workIn(world, 'first', 0);
  const ran = await world.program.runIn(folder, ['images', 'sample', '--output', 'layout']);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, '3 images, 3 of them hold only what was published');
  for (const name of names) {
    const index = JSON.parse(skopeo('inspect', '--raw', `oci:${join(folder, 'layout')}:${name}`));
    const platforms = index.manifests.map((each: { platform: object }) => each.platform);
    assert.equal(platforms, [
      { architecture: 'amd64', os: 'linux' },
      { architecture: 'arm64', os: 'linux' },
    ]);
  }
});

test('another daemon with nothing in its cache, another folder, another time: the same digests', async (world) => {
  forgetResults(
    world.program.cache,
    (kind) => kind === 'image' || kind === 'image-index' || kind === 'licenses',
  );
  const folder = workIn(world, 'second', 1);
  const ran = await world.program.runIn(folder, ['images', 'sample']);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(world.daemons[1]?.log() ?? '', /./);
  const report = reportIn(join(folder, 'out', 'v1-0-eks-1', 'report.json'));
  const ends = report.nodes.filter(({ kind }) => kind === 'image').map(({ status }) => status);
  assert.equal(new Set(ends), new Set(['ran']));
  assert.equal(digestsIn(folder), digestsIn(join(world.program.folder, 'first')));
});

test('an image, and the one that it stands on, come out the same of its provenance alone', async (world) => {
  const { program } = world;
  const said = await program.runIn(join(program.folder, 'first'), ['attest', 'sample', '--output', 'said']);
  assert.is(said.code, 0, said.stdout + said.stderr);
  const folder = join(program.folder, 'first', 'said');
  const { statements } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
  const row = statements.find((each: { subject: { name: string }; predicateType: string }) => {
    return each.subject.name === 'sample/clock' && each.predicateType.includes('provenance');
  });
  forgetResults(program.cache, (kind) => kind === 'image' || kind === 'image-index');
  const ran = await program.runIn(workIn(world, 'third', 1), ['rebuild', '--from', join(folder, row.path)]);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(
    ran.stdout,
    `✔ identical: sample/clock\n  sha256:${row.subject.sha256}, as the statement says\n`,
  );
  assert.not.match(ran.stdout, 'is not all as the statement says');
});

test('a push says what it would do, does it, and a second time does nothing', async (world) => {
  const { program, registry } = world;
  const folder = join(program.folder, 'first');
  const push = ['push', 'sample', '--registry', `${registry.host}/eks`, '--insecure'];
  const planned = await program.runIn(folder, push);
  assert.is(planned.code, 0, planned.stderr);
  assert.match(planned.stdout, 'Nothing was pushed');
  assert.equal(writesOf(registry), 0);
  const pushed = await program.runIn(folder, [...push, '--confirm']);
  assert.is(pushed.code, 0, pushed.stdout + pushed.stderr);
  assert.ok(writesOf(registry) > 0);
  const before = writesOf(registry);
  const again = await program.runIn(folder, [...push, '--confirm']);
  assert.match(again.stdout, 'nothing had to be uploaded');
  assert.is(writesOf(registry), before);
});

function writesOf(registry: DockerRegistry): number {
  return registry.requests().filter(({ method }) => ['PUT', 'POST', 'PATCH'].includes(method)).length;
}

test('the site of the release has the images by the record of the push, by the registry likewise, and all of it checks', async (world) => {
  const { program, registry } = world;
  const folder = join(program.folder, 'first');
  const place = ['--registry', `${registry.host}/eks`, '--insecure'];
  const lay = [
    'release',
    'sample',
    ...place,
    '--base-uri',
    'https://releases.example/eks',
    '--output',
    'site',
  ];
  const asked = () => registry.requests().length;
  const before = asked();
  const laid = await program.runIn(folder, lay);
  assert.is(laid.code, 0, laid.stdout + laid.stderr);
  assert.is(asked(), before, 'the record says it');
  assert.not.match(laid.stderr, ' yet: ');
  rmSync(join(folder, 'out', 'v1-0-eks-1', `push-${registry.host.replace(':', '-')}+eks.json`));
  const again = await program.runIn(folder, lay);
  assert.match(again.stderr, 'has this very site already', again.stdout);
  assert.ok(asked() > before, 'the registry says it');
  // The record is what the tests after this one read.
  const pushed = await program.runIn(folder, ['push', 'sample', ...place, '--confirm']);
  assert.match(pushed.stdout, 'nothing had to be uploaded');
  const settings = join(folder, 'eksd-rebuild.yaml');
  const trusted = `registries: { '${registry.host}': { insecure: loopback } }\n`;
  writeFileSync(settings, `${readFileSync(settings, 'utf8')}${trusted}`);
  const checked = await program.runIn(folder, ['release', 'check', 'site', '--json']);
  assert.is(checked.code, 0, checked.stdout + checked.stderr);
  const { findings } = JSON.parse(checked.stdout).releases[0];
  const said = new Map<string, Set<string>>();
  for (const { kind, verdict } of findings) said.set(kind, (said.get(kind) ?? new Set()).add(verdict));
  for (const kind of ['archives', 'sums', 'members', 'programs', 'images']) {
    assert.equal(said.get(kind), new Set(['identical']), kind);
  }
  const images = findings.filter(({ kind }: { kind: string }) => kind === 'images');
  assert.equal(
    images.map(({ name, why }: Record<string, string>) => [name, why]),
    [['greeter: greeter-image'], ['toolbox: tools-image']].map(([name]) => [
      ...[name, 'The registry has the digest, and the tag points at it.'],
    ]),
  );
  const files = join(folder, 'site/kubernetes-1-0/releases/1/artifacts');
  const linux = 'greeter/v1.2.0/bin/linux/amd64/greeter';
  assert.is(readFileSync(join(files, `${linux}.docker_tag`), 'utf8'), 'v1.2.0-eks-1-0-1\n');
  const name = `${registry.host}/eks/sample/greeter:v1.2.0-eks-1-0-1`;
  assert.is(readFileSync(join(files, `${linux}.docker_image_name`), 'utf8'), `${name}\n`);
  // What docker's format has is the platform's image, config and all.
  const { manifests } = JSON.parse(
    skopeo('inspect', '--creds', `user:${password}`, '--raw', `docker://${name}`),
  );
  skopeo('copy', `docker-archive:${join(files, `${linux}.tar`)}:${name}`, `oci:${join(folder, 'tarred')}:x`);
  const loaded = JSON.parse(skopeo('inspect', '--config', `oci:${join(folder, 'tarred')}:x`));
  const [{ digest }] = manifests;
  const wanted = `docker://${registry.host}/eks/sample/greeter@${digest}`;
  assert.equal(loaded, JSON.parse(skopeo('inspect', '--creds', `user:${password}`, '--config', wanted)));
});

test('skopeo finds the same digests, and runc runs what is in them', async (world) => {
  const { program, registry } = world;
  const login = ['--src-creds', `user:${password}`, '--override-arch', 'amd64'];
  for (const [name, argv, said] of [
    [names[1], ['/greeter'], 'Hello, world.'],
    [names[0], ['/usr/local/bin/clockctl'], ''],
    [names[2], ['/usr/local/bin/hammer'], ''],
  ] as const) {
    const [image = ''] = (name ?? '').split(':');
    const raw = skopeo(
      'inspect',
      '--creds',
      `user:${password}`,
      '--raw',
      `docker://${registry.host}/eks/${name}`,
    );
    const { createHash } = await import('node:crypto');
    const digest = `sha256:${createHash('sha256').update(raw).digest('hex')}`;
    assert.is((digestsIn(join(program.folder, 'first'))[image] as { digest: string }).digest, digest);
    const copied = join(program.folder, `oci-${image.replace('/', '-')}`);
    skopeo('copy', ...login, `docker://${registry.host}/eks/${name}`, `oci:${copied}:x`);
    assert.match(runIn(copied, argv), said);
  }
});

/** What a program of an image says, run by runc. */
function runIn(layout: string, argv: readonly string[]): string {
  const bundle = `${layout}-bundle`;
  execFileSync('umoci', ['unpack', '--image', `${layout}:x`, bundle], { stdio: 'pipe' });
  const file = join(bundle, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  config.process.terminal = false;
  config.process.args = argv;
  writeFileSync(file, JSON.stringify(config));
  const id = `eksd-${process.pid}-${bundle.length}-${argv[0]?.replaceAll('/', '-')}`;
  return execFileSync('runc', ['--root', `${bundle}-state`, 'run', '--bundle', bundle, id], {
    encoding: 'utf8',
    input: '',
  });
}

test('the provenance names sources and verdicts, and refers to the image', (world) => {
  const { registry, program } = world;
  const record = JSON.parse(
    readFileSync(
      join(program.folder, 'first', 'out', 'v1-0-eks-1', `push-${registry.host.replace(':', '-')}+eks.json`),
      'utf8',
    ),
  );
  const [repository, digest] = Object.entries(record.registries[0].provenance)[0] as [string, string];
  const creds = ['--creds', `user:${password}`];
  const manifest = JSON.parse(
    skopeo('inspect', ...creds, '--raw', `docker://${registry.host}/${repository}@${digest}`),
  );
  assert.is(manifest.artifactType, 'application/vnd.in-toto+json');
  const image = repository.replace(/^eks\//, '');
  assert.is(
    manifest.subject.digest,
    (digestsIn(join(program.folder, 'first'))[image] as { digest: string }).digest,
  );
});

test('the password is nowhere: not in reports, records, images or the store', ({ program }) => {
  const grep = (folder: string): readonly string[] => {
    try {
      return execFileSync('grep', ['-rlaF', password, folder], { encoding: 'utf8' })
        .split('\n')
        .filter(Boolean);
    } catch {
      return [];
    }
  };
  assert.equal(
    ['first', 'second', 'cache'].flatMap((name) => grep(join(program.folder, name))),
    [],
  );
  assert.ok(readdirSync(join(program.folder, 'first', 'out')).length > 0);
});

test.run();
