import type { Lock, LockedProject } from '../config/lock/lock.ts';
import type { Project } from '../config/project/project.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import { formatImageReference } from '../core/image-reference.ts';
import type { OciDigest } from '../core/oci.ts';
import { type RegistryPlace, repositoryOf } from '../core/registry-place.ts';
import { holds } from '../plan/condition.ts';
import { imageTagOf, type TaggingRelease } from '../plan/image-tag.ts';

/** An image of a release, under the name and tag that EKS Distro gives it. */
export interface ReleaseImage {
  /** Its repository below a registry's prefix: `etcd-io/etcd`. */
  readonly name: string;
  readonly project: string;
  /** `v3.5.13-eks-1-30-5` */
  readonly tag: string;
}

const kubernetes = 'kubernetes/kubernetes';

/** Published of every release of Kubernetes, whether or not its recipe makes them already. */
const kubernetesImages = [
  'kubernetes/kube-apiserver',
  'kubernetes/kube-controller-manager',
  'kubernetes/kube-proxy',
  'kubernetes/kube-scheduler',
  'kubernetes/pause',
];

/**
 * Every image of a release, in code-unit order of the names: those that the recipes say, and those of Kubernetes.
 * @param recipes by project; one that the lock does not name counts for nothing.
 * @param named the channel and the number that their tags are of, where those are not upstream's.
 */
export function imagesOfRelease(
  lock: Lock,
  recipes: ReadonlyMap<string, Project>,
  release: TaggingRelease = { channel: lock.branch, number: lock.number },
): readonly ReleaseImage[] {
  const images = new Map<string, ReleaseImage>();
  const { upstream, branch } = lock;
  const read = upstream.tree === 'tag' ? upstream.tag : upstream.releaseCommit;
  for (const [project, { tag }] of Object.entries<LockedProject>(lock.projects)) {
    const own = (recipes.get(project)?.images ?? [])
      .filter(({ when }) => holds(when, { tag, branch, date: read?.date ?? '' }))
      .map(({ name }) => name);
    for (const name of [...own, ...(project === kubernetes ? kubernetesImages : [])]) {
      images.set(name, { name, project, tag: imageTagOf(tag, release) });
    }
  }
  return [...images.values()].sort((a, b) => byCodeUnit(a.name, b.name));
}

/** `HOST/PREFIX/etcd-io` */
export function repositoryBelow({ host, prefix }: RegistryPlace, name: string): string {
  return [host, prefix, name].filter((part) => part !== '').join('/');
}

/** `HOST/PREFIX/etcd-io/etcd:v3.5.13-eks-1-30-5`, with the digest behind it where one is given. */
export function referenceTo(
  place: RegistryPlace,
  { name, tag }: Pick<ReleaseImage, 'name' | 'tag'>,
  digest?: OciDigest,
): string {
  const repository = repositoryOf(place, name);
  return formatImageReference({
    host: place.host,
    repository,
    tag,
    ...defined({ digest }),
  });
}
