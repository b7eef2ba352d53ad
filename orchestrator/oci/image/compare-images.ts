import { compareConfigs } from './compare-configs.ts';
import { compareFiles } from './compare-files.ts';
import { compareManifests } from './compare-manifests.ts';
import { comparePackages, type InstalledPackages } from './compare-packages.ts';
import {
  type ImageComparison,
  type ImageIdentity,
  type ImageVerdict,
  type PlatformComparison,
  setAside,
} from './comparison.ts';
import type { ImageView } from './image-view.ts';

/** One of two images, for one platform. */
export interface ImageSide {
  readonly view: ImageView;
  /** Undefined where it has no rpm database that can be read. */
  readonly packages: InstalledPackages | undefined;
  readonly unreadPackages?: string;
}

/** Compares two images of one platform. Where both have an rpm database, its packages count, and not its bytes. */
export function compareImages(a: ImageSide, b: ImageSide): PlatformComparison {
  const areBoth = a.packages !== undefined && b.packages !== undefined;
  const isDatabase = (path: string) =>
    areBoth && (a.packages?.files.has(path) === true || b.packages?.files.has(path) === true);
  const files = compareFiles(a.view, b.view, isDatabase);
  const config = compareConfigs(a.view.image.config, b.view.image.config);
  const packages = areBoth ? comparePackages(a.packages?.packages ?? [], b.packages?.packages ?? []) : [];
  const aside = [...files.setAside, ...config.setAside, ...compareManifests(a.view, b.view, files.touched)];
  const isIdentical = isSameImage(a, b);
  const isDifferent = [files.differences, config.differences, packages].some((each) => each.length > 0);
  const isUnexplained = !isIdentical && !isDifferent && aside.length === 0;
  return {
    platform: a.view.image.platform,
    verdict: isIdentical ? 'identical' : isDifferent ? 'different' : 'equivalent',
    a: identityOf(a),
    b: identityOf(b),
    files: files.differences,
    config: config.differences,
    packages,
    setAside: [...aside, ...setAside('document-encoding', isUnexplained ? 1 : 0)],
  };
}

/** A config names the content of all layers, so where neither has a manifest it stands for it. */
function isSameImage(a: ImageSide, b: ImageSide): boolean {
  const [left, right] = [a.view.image, b.view.image];
  return (
    left.digest === right.digest && (left.digest !== undefined || left.configDigest === right.configDigest)
  );
}

function identityOf({ view, packages, unreadPackages }: ImageSide): ImageIdentity {
  return {
    manifest: view.image.digest ?? null,
    config: view.image.configDigest,
    layers: view.layers.length,
    paths: view.entries.size,
    packages: packages?.packages.length ?? null,
    unreadPackages: unreadPackages ?? null,
    oddities: view.oddities,
  };
}

/** Puts the comparisons of all platforms together. */
export function joinComparisons(
  platforms: readonly PlatformComparison[],
  onlyInA: readonly string[],
  onlyInB: readonly string[],
): ImageComparison {
  const isAlone = onlyInA.length + onlyInB.length > 0;
  const found: readonly ImageVerdict[] = platforms.map((each) => each.verdict);
  const gravest = (['different', 'equivalent'] as const).find((verdict) => found.includes(verdict));
  return { verdict: isAlone ? 'different' : (gravest ?? 'identical'), platforms, onlyInA, onlyInB };
}
