import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import type { KubernetesEra } from '../../orchestrator/config/project/kubernetes.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import type { OciDigest } from '../../orchestrator/core/oci.ts';
import { eraOf, parseKubernetesVersion, trimsPaths } from '../../orchestrator/release/kubernetes-version.ts';
import type { MemoryRegistry } from '../oci/registry/memory-registry.ts';
import { compilerNames } from './c-compiler.ts';
import { writeImageLayout } from './image-layout.ts';
import { licenseFiles } from './kubernetes-pause.ts';
import { branchOf, filesByPlatform } from './kubernetes-pins.ts';
import { shapedHistory, shapedPatch } from './kubernetes-shape.ts';
import { putLayout } from './put-layout.ts';
import { createRepository } from './repository.ts';

/** A release with what the images of Kubernetes take, in git repositories: its lock is `releases/<release>.lock.yaml` of a root. */
export interface KubernetesRelease {
  readonly release: string;
  readonly tag: string;
  /** The folder of the repositories. */
  readonly git: string;
  readonly pins: Pins;
  /** The lock's text. */
  readonly lock: string;
}

/** What may be otherwise than it is where nothing is said. */
export interface KubernetesReleaseOptions {
  readonly tag?: string;
  readonly go?: string;
}

const url = 'https://git.example/';
const runners = ['linux/amd64', 'linux/arm64'].map((platform) => [platform, 'go-runner'] as const);

/** The same sources as another release, published on another day. */
export function publishedAs(
  { pins: first, ...same }: KubernetesRelease,
  number: string,
  day: string,
): KubernetesRelease {
  const { releaseCommit } = first.upstream;
  const release = `v1-30-eks-${number}`;
  const point = { commit: releaseCommit?.commit ?? '', date: `${day}T10:00:00Z` };
  const pins = { ...first, release, number, upstream: { ...first.upstream, releaseCommit: point } };
  return { ...same, release, pins, lock: renderLock(pins) };
}

/** Makes the repositories below a folder: Kubernetes', that of go-runner, EKS Distro's own with a patch. */
export async function kubernetesRelease(
  folder: string,
  { tag = 'v1.30.1', go = '1.22.12' }: KubernetesReleaseOptions = {},
): Promise<KubernetesRelease> {
  const git = join(folder, 'git');
  const version = parseKubernetesVersion(tag);
  if (version === undefined) throw new Error(`${tag} is no tag of Kubernetes`);
  const goRelease = go.split('.').slice(0, 2).join('.');
  const shape = { era: eraOf(version), trims: trimsPaths(version), tag, goRelease };
  const kubernetes = await createRepository(join(git, 'kubernetes'), { commits: shapedHistory(shape) });
  const runner = await createRepository(join(git, 'release'), {
    commits: [{ files: runnerFiles, tags: ['v0.16.4'] }],
  });
  const upstream = await createRepository(join(git, 'eks-distro'), {
    commits: [{ files: { 'patches/0001-x.patch': shapedPatch } }],
  });
  const heads = { kubernetes: kubernetes.at(-1) ?? '', runner: runner[0] ?? '', upstream: upstream[0] ?? '' };
  const pins = pinsOf(heads, tag, go, shape.era);
  return { release: pins.release, tag, git, pins, lock: renderLock(pins) };
}

type Pins = Parameters<typeof renderLock>[0];
type Project = Pins['projects'][string];
type PublishedFiles = ReturnType<typeof filesByPlatform>;

function pinsOf(
  { kubernetes, runner, upstream }: Readonly<Record<'kubernetes' | 'runner' | 'upstream', string>>,
  tag: string,
  go: string,
  era: KubernetesEra,
): Pins {
  const branch = branchOf(tag);
  const point = { commit: upstream, date: '2024-05-28T10:00:00Z' };
  const project = (name: string, source: string, files: PublishedFiles): Project => ({
    repository: `${url}${name}`,
    tag,
    commit: source,
    go: { version: go, flavour: 'official', read: '.go-version', others: [] },
    patches: [],
    checksums: {
      ...{ file: 'CHECKSUMS', authority: 'built', changed: point.date, changedBy: point.commit },
      files: files.map(([platform, file]) => ({ platform, name: file, sha256: 'a'.repeat(64), line: '1' })),
    },
  });
  return {
    ...{ release: `v${branch}-eks-5`, branch, number: '5', baseImages: [] },
    upstream: { repository: `${url}eks-distro`, tree: 'release', releaseCommit: point, differences: [] },
    projects: {
      'kubernetes/kubernetes': {
        ...project('kubernetes', kubernetes, filesByPlatform()),
        patches: [{ path: 'patches/0001-x.patch', sha256: digestOf(shapedPatch) }],
        kubernetes: {
          era,
          stamping: { rule: 'E6', read: 'a script:1' },
          go: { rule: 'checkout', state: 'known' },
          variants: [],
        },
      },
      'kubernetes/release': { ...project('release', runner, runners), tag: 'v0.16.4' },
    },
  };
}

/** In the place of go-runner, written for these tests: it becomes the command that it is given. */
const runnerFiles = {
  LICENSE: licenseFiles['LICENSE'] ?? '',
  'images/build/go-runner/go.mod': `module k8s.io/release/images/build/go-runner\n\ngo 1.21\n`,
  'images/build/go-runner/main.go': `package main

import (
	"os"
	"syscall"
)

func main() {
	if len(os.Args) < 2 {
		println("go-runner: no command")
		os.Exit(1)
	}
	if err := syscall.Exec(os.Args[1], os.Args[1:], os.Environ()); err != nil {
		println("go-runner:", err.Error())
		os.Exit(1)
	}
}
`,
};

/** Puts small base images and a compiler into a registry, and gives the settings' text that names them. */
export function imageSettingsFor(registry: MemoryRegistry, folder: string, compiler: string): string {
  const bases = ['eks-distro-minimal-base', 'eks-distro-minimal-base-iptables'].map(
    (name) => [name, putBase(registry, folder, name, {})] as const,
  );
  const nonroot = 'eks-distro-minimal-base-nonroot';
  const all = [...bases, [nonroot, putBase(registry, folder, nonroot, { User: '65532' })] as const];
  const gcc = `${registry.host}/compiler@${compiler}`;
  return `mirrors:
  ${url}: ../git/
registries:
  '${registry.host}': { insecure: loopback }
images:
  bases:
${all.map(([name, digest]) => `    ${name}: ${registry.host}/${name}@${digest}\n`).join('')}  compilers:
    linux/amd64: { image: '${gcc}', gcc: ${compilerNames['linux/amd64']} }
    linux/arm64: { image: '${gcc}', gcc: ${compilerNames['linux/arm64']}, on: linux/amd64 }
`;
}

function putBase(
  registry: MemoryRegistry,
  folder: string,
  name: string,
  config: { readonly User?: string },
): OciDigest {
  const layers = [[{ path: 'etc/os-release', content: `ID=${name}\n` }]];
  const layout = join(folder, name);
  const both = ['amd64', 'arm64'].map((architecture) => ({ architecture, layers, config }));
  const index = writeImageLayout(layout, ...both);
  putLayout(registry, layout, index, name, 'day');
  return index.digest;
}

/** A root to work in: the lock and the settings. */
export function rootIn(
  { lock, release }: KubernetesRelease,
  folder: string,
  name: string,
  settings: string,
): string {
  const root = join(folder, name);
  mkdirSync(join(root, 'releases'), { recursive: true });
  writeFileSync(join(root, 'releases', `${release}.lock.yaml`), lock);
  writeFileSync(join(root, 'eksd-rebuild.yaml'), settings);
  return root;
}
