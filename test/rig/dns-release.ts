import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import { licenseFiles } from './kubernetes-pause.ts';
import { type KubernetesRelease, kubernetesRelease } from './kubernetes-release.ts';
import { createRepository } from './repository.ts';

const here = join(import.meta.dirname, 'dns');

/** Of CoreDNS in `dns/go.mod`. */
const version = 'v1.12.4';

/**
 * A release of Kubernetes' shape, whose DNS server really answers: a program of these tests that is made of CoreDNS' packages. What the
 * release expects of files is made up, so that all of them differ. @param tag of Kubernetes.
 */
export async function dnsRelease(folder: string, tag: string): Promise<KubernetesRelease> {
  const release = await kubernetesRelease(folder, { tag, go: '1.25.5' });
  const { pins } = release;
  const like = pins.projects['kubernetes/release'];
  if (like?.checksums === undefined) throw new Error('the release has no project to be like');
  const sources = readdirSync(here).map((name) => [name, readFileSync(join(here, name))] as const);
  const [commit = ''] = await createRepository(join(release.git, 'dns'), {
    commits: [
      { files: { LICENSE: licenseFiles['LICENSE'] ?? '', ...Object.fromEntries(sources) }, tags: [version] },
    ],
  });
  const file = { platform: 'linux/amd64', name: 'coredns', sha256: 'a'.repeat(64), line: '1' };
  const projects = {
    ...pins.projects,
    'coredns/coredns': {
      ...{ ...like, tag: version, commit, repository: 'https://git.example/dns' },
      checksums: { ...like.checksums, files: [file] },
    },
    // No cluster is configured without it: it is named, and not built.
    'etcd-io/etcd': {
      ...like,
      tag: 'v3.6.6',
      commit: 'e'.repeat(40),
      repository: 'https://git.example/etcd',
    },
  };
  const all = { ...pins, projects };
  return { ...release, pins: all, lock: renderLock(all) };
}
