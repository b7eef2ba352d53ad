import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { type MemoryRegistry, memoryRegistry } from '../oci/registry/memory-registry.ts';
import { makeCertificate } from './base-packages.ts';
import { type Buildkitd, buildkitPrograms, startBuildkitds } from './buildkitd.ts';
import type { Ran } from './host.ts';
import { buildPackages, type PublishPackages, type ServedFolder, serveFolder } from './package-repository.ts';
import { putLayout } from './put-layout.ts';
import { machineRpm, writeRpmBuilder } from './rpm-builder.ts';
import { endRpmKey, makeRpmKey, type RpmKey, type RpmSpec } from './rpms.ts';
import type { Defer } from './suite.ts';
import { type World, warmWorld, writeFiles } from './world.ts';

/**
 * A world in which base images can be made: the definitions of this repository, packages of the tests' own that have the names of
 * Amazon Linux's, a registry with an image that has an rpm, and two daemons of BuildKit. Of the packages the newest of tzdata
 * is not listed yet.
 */
export interface BaseCommands {
  readonly world: World;
  readonly folder: string;
  /** Signs the packages; the image with the rpm came with it. */
  readonly key: RpmKey;
  readonly served: ServedFolder;
  readonly registry: MemoryRegistry;
  readonly publish: PublishPackages;
  /** Runs a command with the daemon and the cache of a number, and with the settings of that name below the world's folder. */
  run(argv: readonly string[], which?: 0 | 1, settings?: string): Promise<Ran>;
}

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** The base images of the world. */
export const baseImages = [
  'eks-distro-minimal-base',
  'eks-distro-minimal-base-glibc',
  'eks-distro-minimal-base-nonroot',
];

/** As Amazon Linux's of these names are to each other; each with a file of its own. */
export function amazonPackages(certificate: string): readonly RpmSpec[] {
  const anchors = '/usr/share/pki/ca-trust-source/anchors';
  const noarch = (name: string, more: Partial<RpmSpec> = {}): RpmSpec => ({
    ...{ name, version: '1', release: '1.amzn', arch: 'noarch' },
    ...{ files: { [`/usr/share/${name}/file`]: `${name}\n` }, ...more },
  });
  return [
    noarch('basesystem', { requires: ['filesystem', 'setup'] }),
    noarch('amazon-linux-repo-cdn', { requires: ['system-release'] }),
    noarch('filesystem', { directories: { '/usr/bin': '0755', '/usr/sbin': '0755', '/usr/lib64': '0555' } }),
    noarch('setup', {
      files: { '/etc/passwd': 'root:x:0:0::/root:/bin/bash\n', '/etc/group': 'root:x:0:\n' },
    }),
    noarch('system-release', { version: '2023.1.20240101' }),
    noarch('tzdata', { version: '2024a' }),
    noarch('tzdata', { version: '2024b' }),
    // A version with signs that URLs and files have their troubles with.
    noarch('ca-certificates', {
      ...{ version: '2023.2.64~rc1', requires: ['/bin/sh', 'coreutils', 'p11-kit >= 0.2', 'filesystem'] },
      files: { [`${anchors}/ca.pem`]: certificate, '/etc/ssl/README': 'read\n' },
      scripts: { post: 'touch /scriptlet-ran' },
    }),
    // What others of the distribution have, and no base image.
    ...['bash', 'coreutils', 'p11-kit'].map((name) =>
      noarch(name, name === 'bash' ? { provides: ['/bin/sh'] } : { version: '8.2' }),
    ),
    ...(['x86_64', 'aarch64'] as const).flatMap((arch) =>
      [
        ...['glibc', 'glibc-common', 'glibc-minimal-langpack', 'libgcc', 'libselinux', 'libsepol'],
        ...['libstdc++', 'pcre', 'pcre2', 'libcrypt', 'libxcrypt', 'pcre2-syntax'],
      ].map((name) => ({ ...noarch(name), arch, requires: name === 'glibc' ? ['basesystem'] : ['glibc'] })),
    ),
  ];
}

/** Makes it, for a hook, with whose end it ends. Takes some seconds. */
export async function openBaseCommands(defer: Defer): Promise<BaseCommands> {
  const folder = mkdtempSync(join(tmpdir(), 'base-commands-'));
  defer(() => rmSync(folder, { recursive: true }));
  const world = await warmWorld();
  const key = makeRpmKey(join(folder, 'key'));
  defer(() => endRpmKey(key));
  const served = await serveFolder(join(folder, 'served'));
  defer(() => served.close());
  const packages = amazonPackages(makeCertificate(folder));
  const publish = buildPackages(join(folder, 'served'), served.url, { packages, key });
  publish((file) => !file.startsWith('tzdata-2024b'));
  defer(closeFakes);
  const registry = await memoryRegistry();
  putBuilder(registry, join(folder, 'builder'), key);
  takeDefinitions(world, key);
  takeImage(world);
  const { buildctl } = await buildkitPrograms();
  const daemons = await startBuildkitds(defer, {}, {});
  for (const [at, daemon] of daemons.entries()) {
    writeFiles(world.folder, { [`daemon-${at}.yaml`]: settingsFor(daemon, registry, served) });
  }
  // What was built of Go is there already; base images are not.
  cpSync(world.cache, join(world.folder, 'cache-1'), { recursive: true, verbatimSymlinks: true });
  const PATH = `${dirname(buildctl)}:${world.host.env['PATH']}`;
  return {
    ...{ world, folder, key, served, registry, publish },
    run(argv, which = 0, settings = `daemon-${which}.yaml`) {
      const cache = which === 0 ? world.cache : join(world.folder, 'cache-1');
      const env = { ...world.host.env, PATH, EKSD_REBUILD_CACHE: cache };
      return world.run([...argv, '--settings', `../${settings}`], { env });
    },
  };
}

/** Puts an image with this machine's rpm where Amazon Linux's own are read. Nothing is run in that of the other processor. */
function putBuilder(registry: MemoryRegistry, folder: string, key: RpmKey): void {
  const other = { architecture: process.arch === 'x64' ? 'arm64' : 'amd64' };
  const keys = { 'RPM-GPG-KEY-tests': key.armored };
  const builder = writeRpmBuilder(folder, machineRpm(), 'sqlite', keys, other);
  for (const tag of ['2', '2023']) {
    putLayout(registry, folder, builder, 'public/amazonlinux/amazonlinux', tag);
  }
}

/** The definitions of this repository, with the test's key in the place of Amazon's, in the package's folder of a world. */
function takeDefinitions(world: World, key: RpmKey): void {
  const own = join(world.folder, 'package', 'base-images');
  for (const name of baseImages) {
    const text = readFileSync(join(repository, 'base-images', name, 'base-image.yaml'), 'utf8');
    const replaced = text.replaceAll(/keys: \[[0-9a-f, -]+\]/g, `keys: [${key.id}]`);
    writeFiles(own, { [`${name}/base-image.yaml`]: replaced });
  }
  cpSync(join(repository, 'base-images', 'Dockerfile'), join(own, 'Dockerfile'));
}

/** An image of the world's release that stands on one of them. */
function takeImage(world: World): void {
  const recipe = readFileSync(join(world.root, 'projects/org/tool/project.yaml'), 'utf8');
  writeFiles(world.root, {
    'projects/org/tool/project.yaml': `${recipe}images:
  - name: org/tool
    base: { minimal: eks-distro-minimal-base }
    programs: [tool]
    licenses: no
component: tool
archives:
  - kind: image
    folder: tool
    file: bin/{os}/{arch}/{file}
    platforms: [linux/amd64, linux/arm64]
    images: [org/tool]
    format: oci
    description: '{file} {os}/{arch} OCI image tar'
`,
    'projects/org/tool/Dockerfile': 'FROM base\nCOPY tool /tool\nENTRYPOINT ["/tool"]\n',
  });
}

/** Amazon Linux 2023 lays its repositories out otherwise, which is its mirror list's affair: it is told where to look. */
function settingsFor({ address }: Buildkitd, registry: MemoryRegistry, served: ServedFolder): string {
  return `mirrors:
  public.ecr.aws/: ${registry.host}/public/
  https://cdn.amazonlinux.com/: ${served.url}/
registries: { '${registry.host}': { insecure: loopback } }
distributions:
  al2023:
    repositories: [{ name: core, mirrorList: 'https://cdn.amazonlinux.com/2/core/latest/{arch}/mirror.list' }]
builders: { linux/amd64: '${address}', linux/arm64: '${address}' }
`;
}
