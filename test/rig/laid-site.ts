import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asDigest } from '../../orchestrator/core/digest.ts';
import { writeSite } from '../../orchestrator/publish/site.ts';
import type { MadeFile, SiteContent } from '../../orchestrator/publish/site-content.ts';
import { sha256 } from './manifests.ts';

/** A file in a folder that stands for the store. */
export function made(folder: string, path: string, content: string): MadeFile {
  const source = join(folder, sha256(path));
  writeFileSync(source, content, { mode: 0o444 });
  return { path, source, sha256: asDigest(sha256(content)), isExecutable: false, hasSums: true };
}

export function siteIn(folder: string): SiteContent {
  return {
    ...{ channel: '1-30-acme', number: 7, date: '2024-05-28T18:11:48Z' },
    baseUri: 'https://releases.example/eks',
    annotations: { 'eksd-rebuild/release': 'v1-30-eks-5' },
    components: new Map([['widget', { gitTag: 'v1.0.0' }]]),
    files: [
      {
        ...made(folder, 'widget/v1.0.0/bin/linux/amd64/widget', 'widget'),
        isExecutable: true,
        asset: {
          ...{ component: 'widget', name: 'bin/linux/amd64/widget', os: 'linux', arch: ['amd64'] },
          description: 'widget binary for linux/amd64',
        },
      },
      { ...made(folder, 'widget/v1.0.0/ATTRIBUTION.txt', 'attribution'), hasSums: false },
    ],
    images: [
      {
        asset: { component: 'widget', name: 'widget-image', description: 'widget container image' },
        uri: 'registry.example/eks/widget:v1.0.0-eks-1-30-acme-7',
        imageDigest: `sha256:${sha256('image')}`,
      },
    ],
  };
}

export function lay(site: SiteContent, output: string, signal = new AbortController().signal) {
  return writeSite(site, output, 'site', signal, { pid: process.pid, hostName: 'here' });
}

/** What is below a folder, with the content of each file. */
export function contentOf(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

/** Names beside the site, but for what stands for the store. */
export function beside(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => !/^[0-9a-f]{64}$/.test(name));
}
