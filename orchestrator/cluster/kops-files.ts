import type { Digest } from '../core/digest.ts';
import { type ClusterRelease, findImage } from './cluster-release.ts';
import { controlPlane } from './kops.ts';

/** A file that kOps takes below the release's URL. */
export type NodeFile = { readonly path: string } & (
  | {
      /** In a file beside it, `.sha256`, is its sum: this one, where it is known. */
      readonly kind: 'with-sum';
      readonly sha256?: Digest | undefined;
    }
  | {
      readonly kind: 'text';
      /** All of it, but for a line end. */
      readonly text: string;
    }
);

const architectures = ['amd64', 'arm64'];

/**
 * What kOps asks for where its `kubernetesVersion` is a URL (upup/pkg/fi/cloudup/apply_cluster.go, pkg/nodemodel): for all
 * architectures that it knows, whichever a cluster has; and the archives of network plugins that kops.env names.
 */
export function filesOfKops(release: ClusterRelease): readonly NodeFile[] {
  const { kubernetes, plugins, sums } = release.artifacts;
  const known = new Map(sums.map(({ path, sha256 }) => [path, sha256]));
  const withSum = (path: string): NodeFile => ({ kind: 'with-sum', path, sha256: known.get(path) });
  return [
    ...architectures.flatMap((architecture) => {
      const folder = `${kubernetes}/bin/linux/${architecture}`;
      return [
        ...['kubelet', 'kubectl'].map((name) => withSum(`${folder}/${name}`)),
        ...controlPlane.flatMap((image): readonly NodeFile[] => {
          const path = `${folder}/${image.split('/').at(-1)}`;
          const text = findImage(release, image)?.tag ?? '';
          return [withSum(`${path}.tar`), { kind: 'text', path: `${path}.docker_tag`, text }];
        }),
      ];
    }),
    ...Object.values(plugins).map(withSum),
  ];
}
