import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { baseCheck } from '../../orchestrator/commands/base/check.ts';
import { baseRefresh } from '../../orchestrator/commands/base/refresh.ts';
import type { BaseLock } from '../../orchestrator/config/base/base-lock.ts';
import { readBaseLock } from '../../orchestrator/config/base/base-lock-file.ts';
import type { Host } from '../../orchestrator/host.ts';
import { compareVersionTexts, renderVersion } from '../../orchestrator/rpm/repository/rpm-version.ts';
import { dnf, dnfResolves, packagesBelow } from '../rig/dnf.ts';
import { testHost } from '../rig/host.ts';
import { makePackageRepository, type ServedFolder, serveFolder } from '../rig/package-repository.ts';
import { advisories, definitions, packages, publishedLists } from '../rig/package-world.ts';
import { suite } from '../rig/suite.ts';

/** A repository of the test's own, laid out as Amazon Linux 2 lays out its own; Debian's dnf says what is right. */
interface Context {
  folder: string;
  root: string;
  served: ServedFolder;
  /** The folder of `repodata/` for x86_64. */
  repository: string;
  host: Host;
}

const test = suite<Context>('base packages');

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'base-packages-'));
  defer(() => rmSync(folder, { recursive: true }));
  const root = join(folder, 'root');
  const served = await serveFolder(join(folder, 'served'));
  defer(() => served.close());
  makePackageRepository(join(folder, 'served'), served.url, { packages, advisories });
  for (const [name, text] of Object.entries(definitions)) {
    mkdirSync(join(root, 'base-images', name), { recursive: true });
    writeFileSync(join(root, 'base-images', name, 'base-image.yaml'), text);
  }
  const tooling = join(folder, 'tooling');
  publishedLists(tooling);
  const settings = `mirrors: {"https://cdn.amazonlinux.com/": "${served.url}/"}\nbuildTooling: ${tooling}\n`;
  writeFileSync(join(root, 'eksd-rebuild.yaml'), settings);
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, EKSD_REBUILD_CACHE: join(folder, 'cache') };
  mkdirSync(join(folder, 'package'));
  const host = testHost({ cwd: root, packageFolder: join(folder, 'package'), env });
  const [id = ''] = readdirSync(join(folder, 'served/2/core/2.0/x86_64'));
  const repository = `${served.url}/2/core/2.0/x86_64/${id}/`;
  Object.assign(context, { folder, root, served, host, repository });
});

type Command = typeof baseCheck | typeof baseRefresh;

async function run(
  { host }: Context,
  command: Command,
  names: readonly string[],
  options: Readonly<Record<string, unknown>> = {},
) {
  const texts = { stdout: '', stderr: '' };
  const to = (name: keyof typeof texts) => ({
    ...host[name],
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const code = await command(names, options, { ...host, stdout: to('stdout'), stderr: to('stderr') });
  return { code, ...texts };
}

function lockOf({ root }: Context, name: string): BaseLock {
  const file = join(root, 'base-images', name, 'al2.lock.yaml');
  const lock = readBaseLock(file, readFileSync(file, 'utf8'));
  if (!lock.ok) throw new Error(JSON.stringify(lock.error));
  return lock.value;
}

/** `name-version-release.arch`, as dnf names files; the epoch is not in it. */
function namesIn(lock: BaseLock, arch: 'x86_64' | 'aarch64' = 'x86_64'): readonly string[] {
  return (lock.packages[arch] ?? []).map(
    (each) => `${each.name}-${each.version}-${each.release}.${each.arch}.rpm`,
  );
}

test('names become the newest packages, and dependencies those that dnf takes', async (context) => {
  const ran = await run(context, baseRefresh, ['whole']);
  assert.equal(ran.stderr, '');
  assert.equal(ran.code, 0);
  const lock = lockOf(context, 'whole');
  assert.equal([...namesIn(lock)].sort(), await dnfResolves(context, 'resolved', ['app', 'setup']));
  assert.ok(
    namesIn(lock).some((name) => name.startsWith('libz-')),
    'the closure is trivial',
  );
});

test('a listed image is locked with all it stands on, at its distribution and not at the mirror', async (context) => {
  assert.is((await run(context, baseRefresh, ['eks-distro-minimal-base-glibc'])).code, 0);
  const lock = lockOf(context, 'eks-distro-minimal-base-glibc');
  const expected = ['glibc-2.26-64.x86_64.rpm', 'glibc-common-2.26-64.x86_64.rpm'];
  assert.equal(namesIn(lock), [...expected, 'setup-2.8-10.noarch.rpm', 'tzdata-2024b-1.noarch.rpm']);
  const [first] = lock.packages.x86_64 ?? [];
  assert.match(
    first?.url ?? '',
    /^https:\/\/cdn\.amazonlinux\.com\/blobstore\/[0-9a-f]{64}\/glibc-2\.26-64\.x86_64\.rpm$/,
  );
  assert.is(first?.url.split('/').at(-2), first?.sha256, 'the blob store names packages by their SHA-256');
  assert.match(lock.repositories[0]?.base ?? '', /^https:\/\/cdn\.amazonlinux\.com\/2\/core\/2\.0\/x86_64\//);
  assert.is(namesIn(lock, 'aarch64')[0], 'glibc-2.26-64.aarch64.rpm');
});

test('the same repository gives the same bytes, and its lists are not fetched twice', async (context) => {
  const file = join(context.root, 'base-images/eks-distro-minimal-base-glibc/al2.lock.yaml');
  const before = readFileSync(file, 'utf8');
  rmSync(file);
  const seen = context.served.requests.length;
  await run(context, baseRefresh, ['eks-distro-minimal-base-glibc']);
  assert.is(readFileSync(file, 'utf8'), before);
  const again = context.served.requests.slice(seen);
  assert.equal(
    again.filter((path) => !/mirror\.list$|repomd\.xml$/.test(path)),
    [],
  );
  const ran = await run(context, baseRefresh, ['eks-distro-minimal-base-glibc']);
  assert.match(ran.stdout, 'eks-distro-minimal-base-glibc on al2: 4 packages, none of them changes\n');
  assert.equal(await run(context, baseCheck, ['eks-distro-minimal-base-glibc']), {
    code: 0,
    stdout: 'eks-distro-minimal-base-glibc on al2: nothing newer\n',
    stderr: '',
  });
});

test('the versions of a published tag, out of the list that was committed with it', async (context) => {
  const ran = await run(context, baseRefresh, ['eks-distro-minimal-base-glibc'], {
    asOf: '2024-05-01-1714590102.2',
  });
  assert.equal(ran.stderr, '');
  const lock = lockOf(context, 'eks-distro-minimal-base-glibc');
  assert.equal(namesIn(lock), [
    'glibc-2.26-62.x86_64.rpm',
    'glibc-common-2.26-62.x86_64.rpm',
    'setup-2.8-10.noarch.rpm',
    'tzdata-2024a-1.noarch.rpm',
  ]);
  assert.is(lock.asOf?.tag, '2024-05-01-1714590102.2');
  assert.is(lock.packages.x86_64?.find(({ name }) => name === 'tzdata')?.epoch, 1);
});

test('what is newer than the lock, and for security, is what dnf says of an installed root', async (context) => {
  const lock = lockOf(context, 'eks-distro-minimal-base-glibc');
  const old = (lock.packages.x86_64 ?? []).map((each) => `${each.name}-${each.version}-${each.release}`);
  await dnf(context, 'installed', 'install', ...old, 'bash');
  const newer = async (words: readonly string[]): Promise<readonly string[]> =>
    (await dnf(context, 'installed', 'check-update', '--quiet', ...words))
      .split('\n')
      .flatMap((line) => /^(\S+)\.\S+ +(\S+) +tests/.exec(line)?.slice(1, 3).join(' ') ?? [])
      .sort();
  const checked = async (options: Readonly<Record<string, unknown>>): Promise<readonly string[]> => {
    const ran = await run(context, baseCheck, ['eks-distro-minimal-base-glibc'], { json: true, ...options });
    assert.is(ran.code, 1);
    const updates: readonly { readonly name: string; readonly to: string }[] = JSON.parse(ran.stdout)
      .images[0].updates;
    return updates.map(({ name, to }) => `${name} ${to}`).sort();
  };
  assert.equal(await checked({}), await newer([]));
  assert.equal(await checked({ securityOnly: true }), await newer(['--security']));
  assert.is((await newer([])).length, 3);
  assert.is((await newer(['--security'])).length, 1);
  const { stdout } = await run(context, baseCheck, ['eks-distro-minimal-base-glibc']);
  assert.is(
    stdout,
    `eks-distro-minimal-base-glibc on al2 as of 2024-05-01-1714590102.2: newer are 3 packages, 1 of them for security
  package       locked     newer      for   why
  glibc         2.26-62    2.26-64    both  ALAS2-2024-1 important CVE-2024-2961 CVE-2024-33599; ALAS2-2024-2 medium CVE-2024-1
  glibc-common  2.26-62    2.26-64    both
  tzdata        1:2024a-1  1:2024b-1  both  ALAS2-2024-3
`,
  );
});

test('only what is for security, and what that cannot do without', async (context) => {
  const ran = await run(context, baseRefresh, ['eks-distro-minimal-base-glibc'], { securityOnly: true });
  assert.match(ran.stdout, '4 packages; changes of 2 packages, 1 of them for security\n');
  await dnf(context, 'installed', 'upgrade', '--security', '--downloadonly');
  const upgraded = packagesBelow(join(context.folder, 'dnf/installed'));
  const names = namesIn(lockOf(context, 'eks-distro-minimal-base-glibc'));
  assert.equal(upgraded, ['glibc-2.26-64.x86_64.rpm', 'glibc-common-2.26-64.x86_64.rpm']);
  assert.equal(
    upgraded.filter((name) => !names.includes(name)),
    [],
  );
  const versions = (lockOf(context, 'eks-distro-minimal-base-glibc').packages.aarch64 ?? []).map(
    (each) => `${each.name} ${renderVersion(each)}`,
  );
  assert.equal(versions, ['glibc 2.26-64', 'glibc-common 2.26-64', 'setup 2.8-10', 'tzdata 1:2024a-1']);
  assert.is(lockOf(context, 'eks-distro-minimal-base-glibc').asOf, undefined);
});

test('what cannot be resolved is complained of at its place, and takes no other with it', async (context) => {
  const ran = await run(context, baseRefresh, ['incomplete', 'eks-distro-minimal-base']);
  assert.is(ran.code, 2);
  const lock = 'base-images/eks-distro-minimal-base/al2.lock.yaml';
  assert.is(ran.stdout, `eks-distro-minimal-base on al2: 2 packages, a first lock\n${lock}\n`);
  const heads = ran.stderr.split('\n').filter((line) => /error:|Provided|Nearest|Nothing/.test(line));
  assert.equal(
    heads.map((line) => line.trim()),
    [
      'base-images/incomplete/base-image.yaml:5:27: error: there is no package glib for x86_64 and aarch64',
      'Nearest: glibc, glibc-common, libz.',
      'base-images/incomplete/base-image.yaml:5:16: error: app requires config(app-data) >= 2, which nothing in the image meets (x86_64 and aarch64)',
      'Provided by app-data: name it in "packages", or in "without" if the image can do without it.',
      'base-images/incomplete/base-image.yaml:5:16: error: app requires libz.so.1()(64bit), which nothing in the image meets (x86_64 and aarch64)',
      'Provided by libz, libz-compat: name it in "packages", or in "without" if the image can do without it.',
    ],
  );
  assert.equal(readdirSync(join(context.root, 'base-images/incomplete')), ['base-image.yaml']);
  rmSync(join(context.root, lock));
});

test('metadata that is not what its checksum says is not read', async (context) => {
  const place = join(context.folder, 'served', new URL(context.repository).pathname, 'repodata');
  const name = readdirSync(place).find((each) => each.endsWith('-primary.xml.gz')) ?? '';
  const before = readFileSync(join(place, name));
  writeFileSync(join(place, name), Buffer.concat([before, Buffer.from('x')]));
  rmSync(join(context.folder, 'cache/packages'), { recursive: true });
  const ran = await run(context, baseRefresh, ['whole']);
  writeFileSync(join(place, name), before);
  assert.is(ran.code, 3);
  assert.match(ran.stderr, /-primary\.xml\.gz has SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}\./);
});

test('versions are ordered as rpm orders them', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  const pieces = [
    '0',
    '1',
    '01',
    '10',
    '9',
    '123456789012345678901',
    'a',
    'b',
    'rc',
    'A',
    '.',
    '_',
    '~',
    '^',
    '+',
  ];
  const text = (): string =>
    Array.from({ length: 1 + random(5) }, () => pieces[random(pieces.length)]).join('');
  const pairs = Array.from({ length: 4000 }, () => [text(), text()] as const);
  const lines = pairs.map(([a, b]) => `print(rpm.vercmp("${a}","${b}"), "")`).join('\n');
  const script = join(tmpdir(), `vercmp-${process.pid}.lua`);
  writeFileSync(script, lines);
  const printed = execFileSync('rpm', ['--eval', `%{lua:dofile("${script}")}`], { encoding: 'utf8' });
  rmSync(script);
  const truth = printed.trim().split(/\s+/).map(Number);
  assert.is(truth.length, pairs.length);
  const wrong = pairs.filter(([a, b], index) => compareVersionTexts(a, b) !== truth[index]);
  assert.equal(wrong, []);
  assert.equal(new Set(truth).size, 3);
});

test.run();
