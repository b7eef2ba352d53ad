import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { amazonPackages, type BaseCommands, baseImages, openBaseCommands } from '../rig/base-commands.ts';
import { makeCertificate } from '../rig/base-packages.ts';
import type { Ran } from '../rig/host.ts';
import { buildPackages, serveFolder } from '../rig/package-repository.ts';
import { reportOf } from '../rig/report.ts';
import { skopeo } from '../rig/skopeo.ts';
import { suite } from '../rig/suite.ts';
import { layersIn, unpackLayers } from '../rig/unpack-image.ts';
import { writeFiles } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** The commands about base images, from nothing to an image of a release that stands on one. */
const test = suite<BaseCommands>('base images by commands');

test.before(async (context, defer) => {
  Object.assign(context, await openBaseCommands(defer));
});

/** Of what `base build` says: digests by name. */
function digestsOf({ stdout }: Ran): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...stdout.matchAll(/^✔ (\S+) on \S+ {2}(sha256:[0-9a-f]{64})$/gm)].map(([, name = '', digest = '']) => [
      name,
      digest,
    ]),
  );
}

/** What Debian's rpm finds in the database of an unpacked image. */
function rpm(root: string, ...words: readonly string[]): readonly string[] {
  const where = ['--root', root, '--dbpath', '/var/lib/rpm', '--define', '_db_backend sqlite'];
  const said = execFileSync('rpm', [...where, ...words], { encoding: 'utf8' });
  return said
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

function unpack(context: BaseCommands, layout: string, name: string, platform: string): string {
  const root = mkdtempSync(join(context.folder, 'root-'));
  unpackLayers(layersIn(join(context.world.folder, layout), name, platform), root);
  return root;
}

test('refresh locks the packages of today, and check finds nothing newer', async (context) => {
  const refreshed = await context.run(['base', 'refresh']);
  assert.is(refreshed.code, 0, refreshed.stderr);
  assert.match(refreshed.stdout, 'eks-distro-minimal-base on al2: 6 packages, a first lock\n');
  assert.match(refreshed.stdout, 'eks-distro-minimal-base-glibc on al2: 14 packages, a first lock\n');
  const listed = await context.run(['base', 'list']);
  assert.is(listed.code, 0);
  for (const name of baseImages) assert.match(listed.stdout, name);
  const checked = await context.run(['base', 'check']);
  assert.is(checked.code, 0, checked.stderr);
});

test('check names what is newer and for security', async (context) => {
  context.publish(
    () => true,
    [
      {
        ...{ id: 'ALAS2-2024-7', type: 'security', severity: 'important', cves: ['CVE-2024-7'] },
        packages: [{ name: 'tzdata', version: '2024b', release: '1.amzn', arch: 'noarch' }],
      },
    ],
  );
  const checked = await context.run(['base', 'check', '--security-only']);
  assert.is(checked.code, 1, checked.stderr);
  assert.match(
    checked.stdout,
    /eks-distro-minimal-base on al2: newer are 1 package, for security\n.*\n {2}tzdata +2024a-1\.amzn +2024b-1\.amzn +both +ALAS2-2024-7 important CVE-2024-7\n/,
  );
});

test('build makes what is locked: the same a second time, by another daemon, in another cache', async (context) => {
  const first = await context.run(['base', 'build', '--output', '../bases']);
  assert.is(first.code, 0, first.stdout + first.stderr);
  assert.match(first.stderr, '3 images in ../bases\n');
  assert.equal(Object.keys(digestsOf(first)).sort(), baseImages);
  const seen = context.served.requests.length;
  const again = await context.run(['base', 'build']);
  assert.equal(digestsOf(again), digestsOf(first));
  assert.is(context.served.requests.length, seen, 'what is in the store is fetched again');
  const other = await context.run(['base', 'build', '--output', '../others'], 1);
  assert.is(other.code, 0, other.stdout + other.stderr);
  assert.equal(digestsOf(other), digestsOf(first));
  assert.ok(context.served.requests.length > seen, 'the other one has fetched nothing');
});

test('an image of the release stands on it, and its database lists the packages', async (context) => {
  const made = await context.run([
    'images',
    release,
    '--image',
    'tool',
    '--base',
    'al2',
    '--output',
    '../tool',
  ]);
  assert.is(made.code, 0, made.stdout + made.stderr);
  assert.match(made.stdout.replace(/\s+/g, ' '), 'On base images of our own: Amazon Linux 2.');
  assert.equal(reportOf(context.world, release).images?.[0]?.base, { from: 'al2' });
  for (const platform of ['linux/amd64', 'linux/arm64']) {
    const base = layersIn(join(context.world.folder, 'bases'), 'eks-distro-minimal-base:al2', platform);
    const tool = layersIn(join(context.world.folder, 'tool'), 'org/tool:v1.0.0-eks-1-30-5', platform);
    assert.equal(
      tool.map((file) => file.split('/').at(-1)).slice(0, base.length),
      base.map((file) => file.split('/').at(-1)),
    );
    const root = unpack(context, 'tool', 'org/tool:v1.0.0-eks-1-30-5', platform);
    assert.ok(existsSync(join(root, 'tool')));
    assert.equal(rpm(root, '-qa', '--qf', '%{name} %{version}\n'), [
      'basesystem 1',
      'ca-certificates 2023.2.64~rc1',
      'filesystem 1',
      `gpg-pubkey ${context.key.id.split('-')[0]}`,
      'setup 1',
      'system-release 2023.1.20240101',
      'tzdata 2024a',
    ]);
    assert.not.ok(existsSync(join(root, 'scriptlet-ran')));
    assert.match(readFileSync(join(root, 'etc/os-release'), 'utf8'), 'VERSION_ID="2"');
    assert.is(readlinkSync(join(root, 'etc/ssl/certs')), '../pki/tls/certs');
    assert.match(
      readFileSync(join(root, 'etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'), 'utf8'),
      'BEGIN CERT',
    );
  }
});

test('that image is pushed, stands in the site with its tars, and is found at the registry', async (context) => {
  const { registry, world } = context;
  const place = ['--registry', `${registry.host}/eks`, '--base', 'al2'];
  const own = [...place, '--channel', '1-30-acme', '--number', '7'];
  const pushed = await context.run(['push', release, '--image', 'tool', ...own, '--confirm']);
  assert.is(pushed.code, 0, pushed.stdout + pushed.stderr);
  const at = ['--base-uri', 'https://releases.example', '--project', 'tool', '--output', '../site'];
  const laid = await context.run(['release', release, ...own, ...at]);
  assert.is(laid.code, 0, laid.stdout + laid.stderr);
  assert.not.match(laid.stderr, ' yet: ');
  const checked = await context.run(['release', 'check', '../site', '--json']);
  assert.is(checked.code, 0, checked.stdout + checked.stderr);
  const { findings } = JSON.parse(checked.stdout).releases[0];
  const images = findings.filter(({ kind }: { kind: string }) => kind === 'images');
  assert.equal(
    images.map(({ name, verdict }: Record<string, string>) => [name, verdict]),
    [['tool: tool-image', 'identical']],
  );
  const tars = join(world.folder, 'site/kubernetes-1-30-acme/releases/7/artifacts/tool/v1.0.0/bin/linux');
  for (const arch of ['amd64', 'arm64']) {
    const from = `oci-archive:${join(tars, arch, 'tool.tar')}`;
    const { digest } = JSON.parse(
      skopeo('inspect', '--override-arch', arch, from).replace('Digest', 'digest'),
    );
    const index = registry.content.get(
      `eks/org/tool@${registry.tags.get('eks/org/tool:v1.0.0-eks-1-30-acme-7')}`,
    );
    assert.match(String(index), digest);
  }
});

test('after a refresh the next build has the newer package, and other digests', async (context) => {
  const before = digestsOf(await context.run(['base', 'build']));
  const refreshed = await context.run(['base', 'refresh', '--security-only']);
  assert.is(refreshed.code, 0, refreshed.stderr);
  const after = digestsOf(await context.run(['base', 'build', '--output', '../newer']));
  for (const name of baseImages) assert.is.not(after[name], before[name]);
  const root = unpack(context, 'newer', 'eks-distro-minimal-base-glibc:al2', 'linux/amd64');
  assert.match(rpm(root, '-qa').join('\n'), 'tzdata-2024b-1.amzn.noarch');
});

test('on Amazon Linux 2023 it is a variant, and has a folder of certificates by their hash', async (context) => {
  const refreshed = await context.run(['base', 'refresh', '--distribution', 'al2023']);
  assert.is(refreshed.code, 0, refreshed.stderr);
  const made = await context.run([
    'images',
    release,
    '--image',
    'tool',
    '--base',
    'al2023',
    '--output',
    '../variant',
  ]);
  assert.is(made.code, 0, made.stdout + made.stderr);
  assert.match(
    made.stdout.replace(/\s+/g, ' '),
    'Amazon Linux 2023, a variant: EKS Distro stands on Amazon Linux 2',
  );
  assert.equal(reportOf(context.world, release).images?.[0]?.base, { from: 'al2023' });
  const root = unpack(context, 'variant', 'org/tool:v1.0.0-eks-1-30-5', 'linux/arm64');
  assert.match(rpm(root, '-qa').join('\n'), 'amazon-linux-repo-cdn-1-1.amzn.noarch');
  assert.match(readFileSync(join(root, 'etc/os-release'), 'utf8'), 'VERSION_ID="2023"');
  const hashed = '/etc/pki/ca-trust/extracted/pem/directory-hash';
  assert.is(readlinkSync(join(root, 'etc/ssl/certs')), hashed);
  const [certificate = '', ...links] = readdirSync(join(root, hashed)).sort(
    (a, b) => Number(b.endsWith('.pem')) - Number(a.endsWith('.pem')),
  );
  assert.is(lstatSync(join(root, hashed, certificate)).mode & 0o7777, 0o444);
  const hash = execFileSync(
    'openssl',
    ['x509', '-noout', '-subject_hash', '-in', join(root, hashed, certificate)],
    { encoding: 'utf8' },
  ).trim();
  assert.ok(links.includes(`${hash}.0`), links.join());
  assert.is(readlinkSync(join(root, hashed, `${hash}.0`)), certificate);
});

/** Writes settings that say something of Amazon Linux 2 too, and maybe lead to another server. Gives their name. */
function settingsWith(
  { world }: BaseCommands,
  al2: string,
  replaced: readonly [string, string] = ['', ''],
): string {
  const text = readFileSync(join(world.folder, 'daemon-0.yaml'), 'utf8').replace(...replaced);
  const name = `settings-${digestOf(al2 + text).slice(0, 8)}.yaml`;
  writeFiles(world.folder, { [name]: text.replace('distributions:\n', `distributions:\n  al2: {${al2}}\n`) });
  return name;
}

const [minimal = ''] = baseImages;

test('a key that nobody has is told before anything is built', async (context) => {
  const file = join(context.folder, 'other.asc');
  writeFileSync(file, 'no key\n');
  const other = `{ id: 01234567-89abcdef, from: '${file}', sha256: ${digestOf('no key\n')} }`;
  const settings = settingsWith(context, `keys: [${other}]`);
  assert.is((await context.run(['base', 'refresh', minimal], 0, settings)).code, 0);
  const wanted = await context.run(['base', 'build', minimal], 0, settings);
  assert.is(wanted.code, 2, wanted.stdout);
  assert.match(wanted.stderr, `is to have the key ${context.key.id}, which is none of those in its lock`);
  const lost = await context.run(['base', 'build', minimal]);
  assert.is(lost.code, 2, lost.stdout);
  assert.match(lost.stderr, 'has the key 01234567-89abcdef, which the settings do not name');
});

test('packages without signatures are refused, and taken where the settings declare them', async (context) => {
  const folder = join(context.folder, 'unsigned');
  const served = await serveFolder(folder);
  try {
    const packages = amazonPackages(makeCertificate(mkdtempSync(join(context.folder, 'ca-'))));
    buildPackages(folder, served.url, { packages })(() => true);
    const replaced = [context.served.url, served.url] as const;
    const required = settingsWith(context, '', replaced);
    const absent = settingsWith(context, 'signatures: absent', replaced);
    assert.is((await context.run(['base', 'refresh', minimal], 0, required)).code, 0);
    const refused = await context.run(['base', 'build', minimal], 0, required);
    assert.is(refused.code, 2);
    assert.match(refused.stdout, /The package \S+ has no signature/);
    const made = await context.run(['base', 'build', minimal, '--output', '../unsigned'], 0, absent);
    assert.is(made.code, 0, made.stdout + made.stderr);
    const root = unpack(context, 'unsigned', `${minimal}:al2`, 'linux/amd64');
    assert.equal(
      rpm(root, '-qa').filter((line) => line.startsWith('gpg-pubkey')),
      [],
    );
  } finally {
    await served.close();
  }
});

test.run();
