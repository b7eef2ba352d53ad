/**
 * Makes the image of this program, for linux/amd64 and linux/arm64, as an OCI layout: `make image`. The same commit gives the same
 * digest: it stands on Debian's packages as they were on the day of the commit, and is dated by it.
 *
 * OUTPUT: a folder (default: out/image). IMAGE: pushed there too, HOST/NAME:TAG. DEBIAN: another place of Debian's packages, which then
 * decides on their versions. BUILDKIT_HOST: asked by buildctl; without it, docker buildx.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What tasks run, and what that runs: git and Go, a sandbox, and what Kubernetes' own scripts call. */
const packages = [
  ...['base-files', 'base-passwd', 'ca-certificates', 'nodejs', 'git', 'golang-go', 'bubblewrap', 'util-linux'],
  ...['bash', 'coreutils', 'dash', 'diffutils', 'findutils', 'grep', 'gzip', 'make', 'mawk', 'rsync', 'sed', 'tar'],
];

/** The first with Node 20.19. */
const suite = 'trixie';

/** No script of a package is run, since there is no processor to run those of the other platform: what theirs do and we need. */
const asScriptsWould = `set -e
cd "$1"
cp usr/share/base-passwd/passwd.master etc/passwd
cp usr/share/base-passwd/group.master etc/group
echo 'worker:x:65532:65532::/work:/usr/sbin/nologin' >>etc/passwd
echo 'worker:x:65532:' >>etc/group
cat usr/share/ca-certificates/mozilla/*.crt >etc/ssl/certs/ca-certificates.crt
ln -s mawk usr/bin/awk
mkdir -p usr/local/bin
ln -s /opt/eksd-rebuild/dist/cli.js usr/local/bin/eksd-rebuild
mkdir -m 0755 work
chown 65532:65532 work
rm -rf etc/apt var/cache/* var/lib/apt var/lib/dpkg var/log/* tmp/* run/*
rm -rf usr/share/locale usr/share/man usr/share/info
find usr/share/doc -type f ! -name copyright -delete`;

const { OUTPUT = 'out/image', IMAGE, DEBIAN, BUILDKIT_HOST } = process.env;
process.umask(0o022);
const epoch = execFileSync('git', ['log', '-1', '--format=%ct'], { encoding: 'utf8' }).trim();
const day = new Date(Number(epoch) * 1000).toISOString().slice(0, 10).replaceAll('-', '');
const mirror = DEBIAN ?? `https://snapshot.debian.org/archive/debian/${day}T000000Z`;

const work = mkdtempSync(join(tmpdir(), 'eksd-image-'));
try {
  const context = join(work, 'context');
  mkdirSync(context);
  for (const architecture of ['amd64', 'arm64']) makeRoot(join(context, `root-${architecture}.tar`), architecture);
  makePackage(join(context, 'package'));
  build(context);
} finally {
  rmSync(work, { recursive: true, force: true });
}
const { manifests } = JSON.parse(readFileSync(join(OUTPUT, 'index.json'), 'utf8'));
process.stdout.write(`${OUTPUT} ${manifests[0].digest}\n`);

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  // What programs say is no part of what is printed here.
  execFileSync(program, args, { stdio: ['ignore', 2, 2], env: { ...process.env, ...env, SOURCE_DATE_EPOCH: epoch } });
}

function makeRoot(file: string, architecture: string): void {
  const words = [
    ...['--quiet', '--variant=extract', `--architectures=${architecture}`, `--include=${packages.join(',')}`],
    ...['--aptopt=APT::Install-Recommends false', '--aptopt=Acquire::Check-Valid-Until false'],
    ...['--skip=output/dev,cleanup', `--extract-hook=${asScriptsWould}`, suite, file, mirror],
  ];
  run('mmdebstrap', words, { LC_ALL: 'C' });
}

/** As it is published, with the packages that its lock names beside it. */
function makePackage(folder: string): void {
  const { files } = JSON.parse(readFileSync('package.json', 'utf8'));
  for (const name of ['package.json', 'package-lock.json', 'LICENSE', ...files])
    cpSync(name, join(folder, name), { recursive: true });
  const words = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  run('npm', ['install', '--prefix', folder, ...words]);
  // It says which registry this machine has packages from.
  rmSync(join(folder, 'node_modules', '.package-lock.json'));
  rmSync(join(folder, 'package-lock.json'));
}

function build(context: string): void {
  const platform = 'linux/amd64,linux/arm64';
  const fixed = 'rewrite-timestamp=true,oci-mediatypes=true,compression=gzip';
  rmSync(OUTPUT, { recursive: true, force: true });
  mkdirSync(OUTPUT, { recursive: true });
  const outputs = [
    `type=oci,tar=false,dest=${OUTPUT},${fixed}`,
    ...(IMAGE === undefined ? [] : [`type=image,push=true,name=${IMAGE},${fixed}`]),
  ].flatMap((output) => ['--output', output]);
  const [program, ...words] =
    BUILDKIT_HOST === undefined
      ? ['docker', 'buildx', 'build', '--provenance=false', '--platform', platform]
      : ['buildctl', 'build', '--frontend', 'dockerfile.v0', '--local', 'dockerfile=image'];
  const others =
    BUILDKIT_HOST === undefined
      ? ['--build-arg', `SOURCE_DATE_EPOCH=${epoch}`, '--file', 'image/Dockerfile', context]
      : [
          ...['--local', `context=${context}`, '--opt', `platform=${platform}`],
          ...['--opt', `build-arg:SOURCE_DATE_EPOCH=${epoch}`],
        ];
  run(program ?? '', [...words, ...outputs, ...others]);
}
