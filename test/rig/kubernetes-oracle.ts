import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unsparing } from './go-tools.ts';
import { branchOf } from './kubernetes-pins.ts';
import { programs, shapedPatch } from './kubernetes-shape.ts';
import { gitEnv, hashesOf, type KubernetesWorld } from './kubernetes-world.ts';
import { sharedPlace } from './shared-place.ts';

/** Where upstream's checkout was. */
const upstreamPath = '/home/prow/go/src/github.com/aws/eks-distro/projects/kubernetes/kubernetes/kubernetes';

/** Whether a mount namespace can be made here as it is, which takes root. */
export function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/home'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * What a person would do who had upstream's machine: clones the whole repository, applies the patch with git am, leaves a
 * file of his own behind, writes the version file with the shell, and runs the repository's scripts, at upstream's path.
 * Gives the hashes by `<platform> <file>`.
 */
export function buildByScripts(world: KubernetesWorld): ReadonlyMap<string, string> {
  const checkout = checkoutByHand(world);
  const env = {
    ...gitEnv,
    ...stampVariables(world, checkout),
    PATH: `${join(world.goroot, 'bin')}:${process.env['PATH']}`,
    ...{ CGO_ENABLED: '0', GOENV: 'off', GOLDFLAGS: '-s -w -buildid=""', GOTOOLCHAIN: 'local' },
    ...{ GOCACHE: sharedPlace('kubernetes-oracle'), HOME: world.folder, TZ: 'UTC', ...unsparing },
  };
  if (existsSync(join(checkout, 'Makefile')))
    atUpstreamPath(checkout, ['-c', 'make -s generated_files'], env);
  const hashes = new Map<string, string>();
  for (const platform of world.platforms) {
    const some = platform.startsWith('linux')
      ? programs
      : programs.slice(0, platform.startsWith('windows') ? 4 : 1);
    const words = ['hack/make-rules/build.sh', '-trimpath', ...some.map((name) => `cmd/${name}`)];
    atUpstreamPath(checkout, words, { ...env, KUBE_BUILD_PLATFORMS: platform });
    for (const [name, hash] of hashesOf(join(checkout, '_output', 'local', 'bin', platform)))
      hashes.set(`${platform} ${name}`, hash);
  }
  return hashes;
}

function checkoutByHand(world: KubernetesWorld): string {
  const checkout = join(world.folder, 'by-hand');
  if (existsSync(checkout)) return checkout;
  const git = (args: readonly string[], cwd: string) => execFileSync('git', args, { env: gitEnv, cwd });
  git(['clone', '-q', join(world.folder, 'upstream'), checkout], world.folder);
  git(['checkout', '-q', world.tag], checkout);
  const patch = join(world.folder, 'by-hand.patch');
  writeFileSync(patch, shapedPatch);
  const who = ['-c', 'user.name=Prow Bot', '-c', 'user.email=prow@amazonaws.com'];
  git([...who, 'am', '-q', '--committer-date-is-author-date', patch], checkout);
  writeFileSync(join(checkout, 'left-behind'), '');
  return checkout;
}

/** What upstream's own scripts told Kubernetes', by the rule. */
function stampVariables(world: KubernetesWorld, checkout: string): Readonly<Record<string, string>> {
  const { tag, rule = 'E6', patched } = world;
  const git = (...args: string[]) =>
    execFileSync('git', args, { env: gitEnv, cwd: checkout, encoding: 'utf8' }).trim();
  if (rule !== 'E6') {
    const date = rule === 'E3' ? String(Date.parse(patched ?? '') / 1000) : git('log', '-1', '--format=%at');
    return {
      KUBE_GIT_COMMIT: git('rev-list', '-n', '1', tag),
      KUBE_GIT_TREE_STATE: 'clean',
      KUBE_GIT_VERSION: `${tag}-eks-${branchOf(tag)}`,
      SOURCE_DATE_EPOCH: date,
    };
  }
  const [, minor = '', more = ''] = /^v1\.([0-9]+)\.[0-9]+(-.*)?$/.exec(tag) ?? [];
  mkdirSync(join(world.folder, 'oracle'), { recursive: true });
  const file = join(world.folder, 'oracle', 'version-file');
  const lines = [
    `KUBE_GIT_COMMIT='${git('rev-parse', 'HEAD')}'`,
    `KUBE_GIT_VERSION='${tag}-eks-${git('rev-parse', '--short=7', 'HEAD')}'`,
    `KUBE_GIT_MAJOR='1'`,
    `KUBE_GIT_MINOR='${minor}${more === '' ? '' : '+'}'`,
    `SOURCE_DATE_EPOCH='${git('show', '-s', '--format=%ct', `${tag}^{commit}`)}'`,
    `KUBE_GIT_TREE_STATE='archive'`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return { KUBE_GIT_VERSION_FILE: file };
}

/** Runs a command in a checkout that is seen at upstream's path, by a mount that ends with it. */
function atUpstreamPath(
  checkout: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): void {
  const script = `set -e
mount -t tmpfs none /home
mkdir -p '${upstreamPath}'
mount --bind '${checkout}' '${upstreamPath}'
cd '${upstreamPath}'
exec bash "$@"`;
  execFileSync('unshare', ['--mount', 'sh', '-c', script, 'sh', ...words], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
