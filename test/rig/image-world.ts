import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MemoryRegistry, memoryRegistry } from '../oci/registry/memory-registry.ts';
import { installFakeBuildctl } from './fake-buildctl.ts';
import { writeImageLayout } from './image-layout.ts';
import { putLayout } from './put-layout.ts';
import { type World, warmWorld, writeFiles } from './world.ts';

/** A world in which images can be made, and a registry that it reads base images from and may push to. */
export interface ImageWorld extends World {
  readonly registry: MemoryRegistry;
}

const toolRecipe = (version: string) => `schema: 1
description: One program with a patch
builds:
  - programs:
      - package: ./cmd/tool
    stamps:
      main.version: '${version}'
images:
  - name: org/tool
    base: { minimal: eks-distro-minimal-base }
    programs: [tool]
    licenses: no
`;

const kitRecipe = `schema: 1
description: Two programs of one module
builds:
  - programs:
      - package: ./tools/*
images:
  - name: org/hammer
    programs: [hammer]
    licenses: no
  - name: org/saw
    dockerfile: saw.Dockerfile
    base: { image: org/hammer }
    programs: [saw]
    licenses: no
`;

/**
 * Three images of `release`: `org/tool` for two platforms on the published base image, `org/hammer` for one from scratch,
 * and `org/saw` on that one. All programs in them are built already. `closeFakes` ends its registry.
 */
export async function imageWorld(
  otherwise: Parameters<typeof memoryRegistry>[0] = () => undefined,
): Promise<ImageWorld> {
  const registry = await memoryRegistry(otherwise);
  const world = await warmWorld();
  installFakeBuildctl(world.folder);
  writeFiles(world.root, {
    'projects/org/tool/project.yaml': toolRecipe('{tag}'),
    'projects/org/tool/Dockerfile': 'FROM base\nCOPY tool /tool\nENTRYPOINT ["/tool"]\n',
    'projects/org/kit/project.yaml': kitRecipe,
    'projects/org/kit/Dockerfile': 'FROM scratch\nCOPY hammer /hammer\n',
    'projects/org/kit/saw.Dockerfile': 'FROM base\nCOPY saw /saw\n',
  });
  // The mirrors are the last member of the settings.
  appendFileSync(
    join(world.root, 'eksd-rebuild.yaml'),
    `  public.ecr.aws/: ${registry.host}/public/\nregistries:\n  '${registry.host}': { insecure: loopback }\n`,
  );
  putBase(registry, world);
  return { ...world, registry };
}

/** Where the world's registry has the published base image. */
export const baseRepository = 'public/eks-distro-build-tooling/eks-distro-minimal-base';
export const baseTag = '2024-04-01';

function putBase(registry: MemoryRegistry, { folder }: World): void {
  const layout = join(folder, 'base');
  const layers = [[{ path: 'etc/os-release', content: 'ID=amzn\n' }]];
  const index = writeImageLayout(layout, { layers }, { layers, architecture: 'arm64' });
  putLayout(registry, layout, index, baseRepository, baseTag);
}

/** Has `org/tool` built otherwise than upstream did: its programs are different. */
export function changeTool(world: World): void {
  writeFiles(world.root, { 'projects/org/tool/project.yaml': toolRecipe('mine') });
}

/** Undoes `changeTool`. */
export function keepTool(world: World): void {
  writeFiles(world.root, { 'projects/org/tool/project.yaml': toolRecipe('{tag}') });
}

/** What was written to the world's registry: `PUT /v2/...`. An upload that was begun only to be given up again wrote nothing. */
export function writesTo({ registry }: ImageWorld): readonly string[] {
  const writes: string[] = [];
  for (const line of registry.lines().filter((each) => !/^(GET|HEAD) /.test(each))) {
    const begun = line.replace(/^DELETE (\S+\/blobs\/uploads\/)1$/, 'POST $1');
    if (begun === line) writes.push(line);
    else writes.splice(writes.lastIndexOf(begun), 1);
  }
  return writes;
}
