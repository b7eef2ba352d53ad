import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import { type KubernetesRelease, kubernetesRelease } from './kubernetes-release.ts';
import { createRepository } from './repository.ts';

/** Projects whose whole source a Go module is, at the versions that Kubernetes 1.35 goes with. */
const modules = [
  { project: 'coredns/coredns', module: 'github.com/coredns/coredns', tag: 'v1.12.4', programs: ['coredns'] },
  {
    project: 'containernetworking/plugins',
    module: 'github.com/containernetworking/plugins',
    tag: 'v1.7.1',
    programs: ['bridge', 'host-local', 'loopback'],
  },
] as const;

const go = '1.25.5';

/**
 * A release of what a node takes, out of Go modules: real CoreDNS, network plugins and pause, the rest of Kubernetes of its shape
 * alone. What it expects of files is made up, so that all of them differ. @param tag of Kubernetes.
 */
export async function moduleRelease(folder: string, tag: string): Promise<KubernetesRelease> {
  const pause = 'build/pause/linux/pause.c';
  const files = { [pause]: readFileSync(join(folderOf(`k8s.io/kubernetes@${tag}`), pause), 'utf8') };
  const release = await kubernetesRelease(folder, { tag, go, files });
  const { pins } = release;
  const like = pins.projects['kubernetes/release'];
  if (like === undefined) throw new Error('the release has no project to be like');
  const projects = { ...pins.projects };
  for (const { project, module, tag: version, programs } of modules) {
    const name = project.replace('/', '-');
    const [commit = ''] = await createRepository(join(release.git, name), {
      commits: [{ files: filesBelow(folderOf(`${module}@${version}`)), tags: [version] }],
    });
    const named = programs.map((program) => {
      return { platform: 'linux/amd64', name: program, sha256: 'a'.repeat(64), line: '1' };
    });
    projects[project] = {
      ...{ ...like, tag: version, commit, repository: `https://git.example/${name}` },
      ...(like.checksums === undefined ? {} : { checksums: { ...like.checksums, files: named } }),
    };
  }
  // No cluster is configured without it. Its source is several modules: it is named, and not built.
  projects['etcd-io/etcd'] = {
    ...like,
    tag: 'v3.6.6',
    commit: 'e'.repeat(40),
    repository: 'https://git.example/etcd',
  };
  const all = { ...pins, projects };
  return { ...release, pins: all, lock: renderLock(all) };
}

/** Where the machine's go keeps a module. */
function folderOf(module: string): string {
  const said = execFileSync('go', ['mod', 'download', '-json', module], { cwd: '/', encoding: 'utf8' });
  return JSON.parse(said).Dir;
}

function filesBelow(folder: string): Readonly<Record<string, Buffer>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [relative(folder, file), readFileSync(file)]),
  );
}
