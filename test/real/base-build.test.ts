import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Platform } from '../../orchestrator/core/platform.ts';
import { blobFile } from '../../orchestrator/oci/image/image-tree.ts';
import { wantedImages } from '../rig/base-images.ts';
import { type BuiltPackage, buildDistribution } from '../rig/base-packages.ts';
import {
  type BaseMaker,
  basePlatforms,
  type MadeBase,
  makeBaseImage,
  wantedBase,
} from '../rig/base-world.ts';
import { type Buildkitd, buildkitPrograms, startBuildkitds } from '../rig/buildkitd.ts';
import { type ServedFolder, serveFolder } from '../rig/package-repository.ts';
import { fetchRpm416, machineRpm, writeRpmBuilder } from '../rig/rpm-builder.ts';
import { endRpmKey, makeRpmKey, type RpmKey } from '../rig/rpms.ts';
import { suite } from '../rig/suite.ts';
import { unpackLayers } from '../rig/unpack-image.ts';

/** Base images out of packages of a small distribution, by two daemons, with each kind of database that Amazon Linux has. */
interface World {
  folder: string;
  key: RpmKey;
  packages: readonly BuiltPackage[];
  served: ServedFolder;
  daemons: readonly Buildkitd[];
  buildctl: string;
  /** What the first daemon made of the image on top, by kind. */
  made: Map<Kind, MadeBase>;
}
const test = suite<World>('base images out of packages');

test.before(async (world, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'base-'));
  defer(() => rmSync(folder, { recursive: true }));
  const key = makeRpmKey(join(folder, 'key'));
  defer(() => endRpmKey(key));
  writeFileSync(join(folder, 'key.asc'), key.armored);
  const packages = buildDistribution(join(folder, 'distribution'), key);
  const old = fetchRpm416(join(folder, 'rpm-4.16'));
  writeRpmBuilder(join(folder, 'builder-bdb'), old, 'bdb');
  writeRpmBuilder(join(folder, 'builder-sqlite'), old, 'sqlite');
  writeRpmBuilder(join(folder, 'builder-new'), machineRpm(), 'sqlite');
  const { buildctl } = await buildkitPrograms();
  const daemons = await startBuildkitds(defer, {}, {});
  const served = await serveFolder(join(folder, 'distribution'));
  defer(() => served.close());
  Object.assign(world, { folder, key, packages, served, daemons, buildctl, made: new Map() });
});

type Kind = 'bdb' | 'sqlite' | 'new';

function maker({ folder, key, daemons, buildctl }: World, kind: Kind, daemon: 0 | 1): BaseMaker {
  return {
    builder: join(folder, `builder-${kind}`),
    address: daemons[daemon]?.address ?? '',
    ...{ buildctl, keyFile: join(folder, 'key.asc'), keyId: key.id },
  };
}

async function make(
  world: World,
  kind: Kind,
  daemon: 0 | 1,
  image: 'base' | 'child' | 'leaf',
): Promise<MadeBase> {
  const made = await makeBaseImage(
    mkdtempSync(join(world.folder, 'made-')),
    wantedImages(world.packages, world.served.url, world.key)[image],
    maker(world, kind, daemon),
  );
  assert.ok(made.ok, JSON.stringify(made));
  if (!made.ok) throw new Error('not made');
  return made.value;
}

/** Unpacks the layers of one platform over one another, as root would. */
async function unpack({ tree }: MadeBase, platform: Platform, folder: string): Promise<string> {
  const root = mkdtempSync(join(folder, 'root-'));
  const image = tree.images.find((each) => each.platform === platform);
  const layers = (image?.manifest.layers ?? []).map((layer) => blobFile(tree, layer));
  unpackLayers(layers, root);
  return root;
}

function rpm(
  kind: Kind,
  root: string,
  ...args: readonly string[]
): { readonly lines: string[]; readonly code: number } {
  const words = [
    '--root',
    root,
    '--dbpath',
    '/var/lib/rpm',
    '--define',
    `_db_backend ${kind === 'bdb' ? 'bdb_ro' : 'sqlite'}`,
  ];
  try {
    const said = execFileSync('rpm', [...words, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { lines: said.split('\n').filter((line) => line !== ''), code: 0 };
  } catch (error) {
    const { stdout, status } = error as { stdout: string; status: number };
    return { lines: stdout.split('\n').filter((line) => line !== ''), code: status };
  }
}

for (const kind of ['bdb', 'sqlite', 'new'] as const) {
  test(`two daemons make the same images, whatever the day (${kind})`, async (world) => {
    assert.not.ok(readdirSync('/proc/sys/fs/binfmt_misc').some((name) => name.startsWith('qemu')));
    const first = await make(world, kind, 0, 'child');
    world.made.set(kind, first);
    const second = await make(world, kind, 1, 'child');
    assert.is(first.tree.descriptor.digest, second.tree.descriptor.digest);
    assert.equal(
      first.tree.images.map(({ platform }) => platform),
      basePlatforms,
    );
    // On top of its parent, whose layers are its own.
    const parent = await second.parent('small');
    for (const platform of basePlatforms) {
      const [own, below] = [first.tree, parent].map((tree) =>
        tree.images.find((each) => each.platform === platform),
      );
      const layers = own?.manifest.layers.map(({ digest }) => digest) ?? [];
      assert.is(layers.length, 2);
      assert.equal(
        layers.slice(0, -1),
        below?.manifest.layers.map(({ digest }) => digest),
      );
      assert.is(own?.config.config?.User, '65532');
      assert.is(own?.config.created, '2023-11-14T22:13:20Z');
      assert.ok(own?.config.config?.Env?.includes('NOTE=a "quoted" $word'));
    }
  });

  test(`rpm finds what it installed, and nothing else (${kind})`, async (world) => {
    const made = world.made.get(kind) ?? (await make(world, kind, 0, 'child'));
    assert.equal(
      made.notes.filter((note) => /warning/.test(note)),
      [],
    );
    for (const platform of basePlatforms) {
      const root = await unpack(made, platform, world.folder);
      const arch = platform === 'linux/amd64' ? 'x86_64' : 'aarch64';
      const query = rpm(kind, root, '-qa', '--qf', '%{nvra} %{installtime} %{installtid}\n');
      assert.equal(query.lines.sort(), [
        'core-1-1.noarch 1700000000 1700000000',
        `extra-1-1.${arch} 1700000000 1700000000`,
        `gpg-pubkey-${world.key.id} 1700000000 1700000000`,
        `tool-1-1.${arch} 1700000000 1700000000`,
      ]);
      assert.equal(rpm(kind, root, '-qf', '/usr/bin/pinger', '/etc/tool/extra.conf').lines, [
        `tool-1-1.${arch}`,
        `extra-1-1.${arch}`,
      ]);
      assert.equal(rpm(kind, root, '-q', '--whatrequires', 'core').lines.sort(), [
        `extra-1-1.${arch}`,
        `tool-1-1.${arch}`,
      ]);
      // Everything that packages say of files: size, digest, mode, owner, capabilities, date of each.
      const differences = rpm(kind, root, '-Va', '--nodeps', '--noscripts').lines;
      const removed = differences.filter((line) => line.startsWith('missing'));
      const changed = differences.filter((line) => !line.startsWith('missing'));
      assert.is(removed.length, 1 + 111);
      assert.ok(
        removed.every((line) => /README|zone-with-a-name-that-is-long-1/.test(line)),
        removed.join('\n'),
      );
      assert.equal(
        changed.map((line) => line.replace(/^\S+\s+/, '')),
        ['c /etc/passwd'],
      );
      assert.match(
        execFileSync('getcap', [join(root, 'usr/bin/pinger')], { encoding: 'utf8' }),
        /cap_net_raw=ep/,
      );
      assert.is(statSync(join(root, 'usr/bin/tool')).ino, statSync(join(root, 'usr/bin/tool-again')).ino);
      const home = statSync(join(root, 'home/nonroot'));
      assert.equal([home.uid, home.gid, home.mode & 0o7777], [65532, 65532, 0o700]);
      assert.is(statSync(join(root, 'usr/bin/extra')).mode & 0o7777, 0o4755);
      assert.not.ok(existsSync(join(root, 'scriptlet-ran')));
      assert.ok(existsSync(join(root, 'usr/share/licenses/tool/LICENSE')));
      const certificate = readFileSync(
        join(root, 'usr/share/pki/ca-trust-source/anchors/ca.pem'),
        'utf8',
      ).trim();
      const bundle = readFileSync(join(root, 'etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'), 'utf8');
      assert.ok(bundle.includes(certificate));
      const database = readdirSync(join(root, 'var/lib/rpm'));
      assert.not.ok(
        database.some((name) => name.startsWith('.') || name.startsWith('__db') || /-(wal|shm)$/.test(name)),
      );
    }
  });
}

test('Berkeley DB itself finds nothing wrong with its files', async (world) => {
  const root = await unpack(
    world.made.get('bdb') ?? (await make(world, 'bdb', 0, 'child')),
    'linux/arm64',
    world.folder,
  );
  const folder = join(root, 'var/lib/rpm');
  const names = readdirSync(folder);
  assert.ok(names.includes('Packages') && names.includes('Basenames') && names.includes('Installtid'));
  for (const name of names) execFileSync('db5.3_verify', ['-q', join(folder, name)], { stdio: 'pipe' });
});

test("an image that differs in its configuration only has its parent's layers", async (world) => {
  const leaf = await make(world, 'new', 0, 'leaf');
  const base = await leaf.parent('small');
  for (const [index, image] of leaf.tree.images.entries()) {
    const [own, below] = [image, base.images[index]].map((each) =>
      each?.manifest.layers.map(({ digest }) => digest),
    );
    assert.equal(own, below);
    assert.is(image.config.config?.User, '65532');
  }
});

test('a package without a signature is refused, unless that is declared', async (world) => {
  const unsigned = buildDistribution(mkdtempSync(join(world.folder, 'unsigned-')), undefined);
  const served = await serveFolder(join(unsigned[0]?.file ?? '', '../../..'));
  try {
    const image = wantedBase(
      'small',
      { distributions: { al2: {} } },
      unsigned.filter(({ file }) => /core/.test(file)),
      { url: served.url, key: undefined },
    );
    const place = () => mkdtempSync(join(world.folder, 'made-'));
    const refused = await makeBaseImage(place(), image, maker(world, 'new', 0));
    assert.match(
      refused.ok ? '' : JSON.stringify(refused.error),
      /The package core-1-1\.noarch\.rpm has no signature/,
    );
    const made = await makeBaseImage(place(), image, { ...maker(world, 'new', 0), signatures: 'absent' });
    assert.ok(made.ok, JSON.stringify(made));
  } finally {
    await served.close();
  }
});

test('a package that another key signed is refused by rpm', async (world) => {
  const other = makeRpmKey(join(world.folder, 'other'));
  try {
    writeFileSync(join(world.folder, 'other.asc'), other.armored);
    const packages = world.packages.filter(({ file }) => /core/.test(file));
    const image = wantedBase('small', { distributions: { al2: {} } }, packages, {
      url: world.served.url,
      key: other,
    });
    const made = await makeBaseImage(mkdtempSync(join(world.folder, 'made-')), image, {
      ...maker(world, 'new', 0),
      ...{ keyFile: join(world.folder, 'other.asc'), keyId: other.id },
    });
    assert.match(made.ok ? '' : JSON.stringify(made.error), /NOT OK|SIGNATURES/);
  } finally {
    endRpmKey(other);
  }
});

test.run();
