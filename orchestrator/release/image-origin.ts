import type { GoFlavour } from '../config/lock/lock.ts';

/** Where a builder image had one of its Gos from, as its own scripts say. */
export interface ImageOrigin {
  readonly flavour: GoFlavour;
  /** The number of EKS Distro's RPM, where it has one. */
  readonly release: string | undefined;
  /** File below `builder-base` and line: `versions.yaml:9`. */
  readonly place: string;
}

/**
 * Where the image had a version from. Until November 2022 `install.sh` lists what comes from Amazon Linux' repository, by
 * Go release, and what from EKS Distro's own RPMs, by version; all else was fetched from go.dev. Then all were EKS
 * Distro's, by the number that the Dockerfile and later versions.yaml give after the version; since July 2024
 * `scripts/install_golang.sh` says from which Go release on they are go.dev's again.
 * @param texts of `versions.yaml`, `Dockerfile`, `install.sh` and `scripts/install_golang.sh`, where they are there.
 * @param found where the version itself stands, and its number there.
 */
export function originInImage(
  texts: ReadonlyMap<string, string>,
  version: string,
  found: { readonly place: string; readonly release: string | undefined },
): ImageOrigin {
  const minor = /^1\.[0-9]+/.exec(version)?.[0] ?? version;
  const limit = find(texts, 'scripts/install_golang.sh', /\$\{VERSION:2:2\} -ge "?([0-9]+)"?/);
  if (limit !== undefined && Number(minor.slice(2)) >= Number(limit.value)) {
    return { flavour: 'official', release: undefined, place: limit.place };
  }
  if (found.release !== undefined) {
    return { flavour: 'eks-go', release: found.release, place: found.place };
  }
  // The first of two: the second is that of images that nothing was released from.
  const built = find(texts, 'install.sh', /eks_built_versions="([0-9. ]*)"/);
  if (built?.value.split(' ').includes(version) === true) {
    const number = find(texts, 'install.sh', /EKS_GO_VERSION=([0-9]+)$/);
    return { flavour: 'eks-go', release: number?.value, place: built.place };
  }
  const provided = find(texts, 'install.sh', /yum_provided_versions="([0-9. ]*)"/);
  if (provided?.value.split(' ').includes(minor) === true) {
    return { flavour: 'al2-rpm', release: undefined, place: provided.place };
  }
  return { flavour: 'official', release: undefined, place: found.place };
}

function find(
  texts: ReadonlyMap<string, string>,
  name: string,
  pattern: RegExp,
): { readonly value: string; readonly place: string } | undefined {
  for (const [index, line] of (texts.get(name)?.split('\n') ?? []).entries()) {
    const value = pattern.exec(line)?.[1];
    if (value !== undefined) return { value, place: `${name}:${index + 1}` };
  }
  return undefined;
}
