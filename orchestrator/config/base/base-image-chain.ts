import type { BaseImage, BaseImageDistribution } from './base-image.ts';
import type { DistributionName } from './distribution.ts';

/** The packages of a base image on one distribution, with those that it has from the images it stands on. */
export interface BaseImageContent {
  /** Names, in the order of the definitions: those of what it stands on first. */
  readonly packages: readonly string[];
  readonly dependencies: BaseImageDistribution['dependencies'];
  /** What is done without, but for what a later image of the chain has. */
  readonly without: BaseImageDistribution['without'];
}

/**
 * The definitions that an image consists of, by name: the image itself first, what stands on nothing last.
 * @throws TypeError for an unknown name or a circle: whoever read the definitions has complained of those.
 */
export function chainOf<T extends { readonly image: BaseImage }>(
  images: ReadonlyMap<string, T>,
  name: string,
): ReadonlyMap<string, T> {
  const chain = new Map<string, T>();
  for (let at: string | undefined = name; at !== undefined; ) {
    const found: T | undefined = images.get(at);
    if (found === undefined || chain.has(at)) throw new TypeError(`no chain of base images: ${name}`);
    chain.set(at, found);
    at = found.image.parent;
  }
  return chain;
}

/**
 * Joins the packages of a chain of definitions, what stands on nothing first.
 * @throws TypeError where one of them is not made on that distribution.
 */
export function contentOf(chain: readonly BaseImage[], distribution: DistributionName): BaseImageContent {
  const there = chain.map((image) => {
    const part = image.distributions[distribution];
    if (part === undefined) throw new TypeError(`a base image is not made on ${distribution}`);
    return part;
  });
  const packages = [...new Set(there.flatMap((each) => each.packages))];
  return {
    packages,
    dependencies: there.some((each) => each.dependencies === 'resolved') ? 'resolved' : 'listed',
    without: there.flatMap((each) => each.without).filter(({ name }) => !packages.includes(name)),
  };
}
