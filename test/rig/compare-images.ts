import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { compareImages } from '../../orchestrator/oci/image/compare-images.ts';
import type { InstalledPackage, InstalledPackages } from '../../orchestrator/oci/image/compare-packages.ts';
import type { PlatformComparison } from '../../orchestrator/oci/image/comparison.ts';
import { filesOf } from '../../orchestrator/oci/image/image-tree.ts';
import { readImageView } from '../../orchestrator/oci/image/image-view.ts';
import { listImages } from '../../orchestrator/oci/image/open-image.ts';
import { type ImageContent, writeImageLayout } from './image-layout.ts';

async function view(folder: string, image: ImageContent) {
  const own = mkdtempSync(join(folder, 'image-'));
  writeImageLayout(own, image);
  const images = await listImages({ kind: 'oci', name: 'tree', fileOf: filesOf(own) });
  assert.ok(images.ok && images.value[0] !== undefined, JSON.stringify(images));
  const read = await readImageView(images.value[0], { name: 'tree', signal: new AbortController().signal });
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}

/** Writes two images below a folder, reads them again, and compares them. */
export async function compareContent(
  folder: string,
  a: ImageContent,
  b: ImageContent,
  packages: readonly (InstalledPackages | undefined)[] = [],
): Promise<PlatformComparison> {
  const [inA, inB] = [await view(folder, a), await view(folder, b)];
  return compareImages({ view: inA, packages: packages[0] }, { view: inB, packages: packages[1] });
}

/** The verdict, `path change aspects`, the config's fields, and what was set aside with its count. */
export function told({ verdict, files, config, setAside }: PlatformComparison): readonly string[] {
  return [
    verdict,
    ...files.map(({ path, change, aspects }) =>
      [path, change, ...aspects.map((each) => each.aspect)].join(' '),
    ),
    ...config.map(({ field, a, b }) => `${field}: ${JSON.stringify(a)} ${JSON.stringify(b)}`),
    ...setAside.map(({ name, count }) => `(${name} ${count})`),
  ];
}

/** A package of a database, as reading one gives it. */
export function installed(version: string, more: Partial<InstalledPackage> = {}): InstalledPackage {
  return {
    name: 'tzdata',
    epoch: undefined,
    version,
    release: '1.amzn2',
    arch: 'noarch',
    tags: new Map([['SUMMARY', 'a']]),
    ...more,
  };
}
