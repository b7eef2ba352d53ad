import { Document } from 'yaml';
import { type ClusterRelease, minorOf } from './cluster-release.ts';
import { referenceTo, repositoryBelow } from './image-names.ts';
import type { KopsCluster } from './kops.ts';
import type { KubeadmCluster } from './kubeadm.ts';

/** A document with comment lines above it. The same for the same values. */
export function yamlFile(comment: readonly string[], value: KubeadmCluster | KopsCluster): string {
  return `${commentLines(comment)}\n${new Document(value).toString({ lineWidth: 0 })}`;
}

/** Lines behind a `#`, each with its end. */
export function commentLines(lines: readonly string[]): string {
  return lines.map((line) => (line === '' ? '#\n' : `# ${line}\n`)).join('');
}

/** `Kubernetes 1.30` */
export function kubernetesOf(release: ClusterRelease): string {
  return `Kubernetes 1.${minorOf(release)}`;
}

/**
 * All images of the release in two lists, so that none has to be looked for elsewhere.
 * @param named those that a configuration names, with whatever tag.
 */
export function listImages(
  release: ClusterRelease,
  named: readonly string[],
  titles: { readonly named: string; readonly others: string },
): readonly string[] {
  const repositories = new Set(named.map(repositoryOf));
  const isNamed = release.images.map((image) => repositories.has(repositoryBelow(release.place, image.name)));
  const list = (title: string, which: boolean): readonly string[] => {
    const lines = release.images
      .filter((_, at) => isNamed[at] === which)
      .map(
        (image) =>
          `  ${referenceTo(release.place, image, release.digests.get(`${image.name}:${image.tag}`))}`,
      );
    return lines.length === 0 ? [] : ['', title, ...lines];
  };
  return [...list(titles.named, true), ...list(titles.others, false)];
}

/** The name without tag and digest; a colon before the last slash is a port's. */
function repositoryOf(reference: string): string {
  return reference.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}
