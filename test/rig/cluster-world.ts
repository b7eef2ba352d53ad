import { join } from 'node:path';
import { type ImageWorld, imageWorld } from './image-world.ts';
import { addCommits } from './repository.ts';
import { publish, writeFiles } from './world.ts';
import { toolPins } from './world-content.ts';

/** The release of a cluster's world: what makes its images has the tag `v1.30.1`, as Kubernetes of that branch has. */
export const clusterRelease = 'v1-30-eks-6';
export const clusterTag = 'v1.30.1-eks-1-30-6';

/** Every image that a cluster does not do without. */
const clusterImages = [
  'coredns/coredns',
  'etcd-io/etcd',
  'kubernetes/kube-apiserver',
  'kubernetes/kube-controller-manager',
  'kubernetes/kube-proxy',
  'kubernetes/kube-scheduler',
  'kubernetes/pause',
];

/** A world whose one project makes the images of a whole cluster. `closeFakes` ends its registry. */
export async function clusterWorld(): Promise<ImageWorld> {
  const world = await imageWorld();
  const tag = 'v1.30.1';
  const images = clusterImages.map((name) => `  - { name: ${name}, programs: [tool], licenses: no }\n`);
  writeFiles(world.root, {
    'projects/org/tool/project.yaml': `schema: 1
description: One program in many images
builds:
  - programs:
      - package: ./cmd/tool
    stamps:
      main.version: '{tag}'
images:
${images.join('')}`,
    'projects/org/tool/Dockerfile': 'FROM scratch\nCOPY tool /tool\n',
  });
  await addCommits(join(world.folder, 'git', 'org', 'tool.git'), [
    { files: { 'README.md': 'newer\n' }, tags: [tag] },
  ]);
  await publish(world, 6, { ...toolPins({ version: tag }), 'projects/org/tool/1-30/GIT_TAG': `${tag}\n` });
  const imported = await world.run(['import', clusterRelease]);
  if (imported.code !== 0) throw new Error(`the cluster's release cannot be imported: ${imported.stderr}`);
  return world;
}
