import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReleaseManifest, readReleaseManifest } from '../../orchestrator/publish/manifest/release.ts';
import type { Ran } from './host.ts';
import { type ImageWorld, imageWorld } from './image-world.ts';
import { release } from './world-content.ts';

const archivesOf = {
  'org/tool': `component: tool
archives:
  - kind: archive
    folder: tool
    file: tool-{os}-{arch}-{tag}.tar.gz
    description: tool tarball for {os}/{arch}
    platforms: [linux/amd64, linux/arm64]
    members:
      - programs: [tool]
  - kind: image
    folder: kit
    tagOf: org/kit
    file: bin/linux/{arch}/{file}
    description: '{file} linux/{arch} OCI image tar'
    platforms: [linux/amd64, linux/arm64]
    images: [org/tool]
    format: oci
`,
  'org/kit': `component: kit
archives:
  - kind: program
    folder: kit
    file: bin/{os}/{arch}/{file}
    description: '{file} binary for {os}/{arch}'
    platforms: [linux/amd64, windows/amd64]
    programs: [hammer, saw]
`,
} as const;

/** The world in which images can be made, and whose recipes say which files the release has. `closeFakes` ends its registry. */
export async function siteWorld(): Promise<ImageWorld> {
  const world = await imageWorld();
  for (const [project, archives] of Object.entries(archivesOf)) {
    const recipe = join(world.root, 'projects', project, 'project.yaml');
    writeFileSync(recipe, `${readFileSync(recipe, 'utf8')}${archives}`);
  }
  return world;
}

/** Of these there are recipes. */
export const made = ['--project', '!bare'];
/** Where a site is served from. */
export const at = ['--base-uri', 'https://releases.example/eks'];

export function lay(world: ImageWorld, output: string, ...words: readonly string[]): Promise<Ran> {
  return world.run(['release', release, '--output', output, ...made, ...words]);
}

/** Of all files below a folder, sorted. */
export function pathsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

export function manifestIn(
  folder: string,
  path = 'kubernetes-1-30/kubernetes-1-30-eks-5.yaml',
): ReleaseManifest {
  const read = readReleaseManifest(readFileSync(join(folder, path), 'utf8'), path);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}
