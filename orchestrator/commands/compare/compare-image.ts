import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { compareImages, type ImageSide, joinComparisons } from '../../oci/image/compare-images.ts';
import type { ImageComparison, PlatformComparison } from '../../oci/image/comparison.ts';
import { readImageView } from '../../oci/image/image-view.ts';
import type { ImageLayout } from '../../oci/image/layout.ts';
import { type Image, listImages } from '../../oci/image/open-image.ts';
import { openImageSource } from '../../oci/image/open-source.ts';
import { readInstalledRpms } from '../../rpm/database/installed.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import { type GlobalOptions, openWorkspace } from '../../workspace/workspace.ts';
import { telling } from '../words/activity-of.ts';
import { reportFailure } from '../words/report-failure.ts';
import { choosePlatforms } from './choose-platforms.ts';
import { describeImageComparison } from './describe.ts';

export interface CompareImageOptions extends GlobalOptions {
  /** Words for those to compare (`chooseNames`); all that either has where it is left out. */
  readonly platform?: readonly string[];
  readonly json?: boolean;
}

/**
 * Opens what a word of the command line names. @param scratch an empty folder of its own, gone when the command ends.
 * @param platforms words for those that are compared.
 * Errors: `usage` where it names nothing.
 */
export type OpenSource = (
  text: string,
  scratch: string,
  platforms: readonly string[],
) => Promise<Result<ImageLayout, Failure>>;

/** `eksd-rebuild compare image A B`: exit code 1 where they differ in more than what can be set aside. */
export async function compareImage(
  a: string,
  b: string,
  options: CompareImageOptions,
  host: Host,
  open: OpenSource = openLocal(host),
): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  ensureFolder(workspace.value.cache);
  const scratch = await mkdtemp(join(workspace.value.cache, 'compare-'));
  try {
    const compared = await telling(host, `reading ${a} and ${b}`, () =>
      compareSources(a, b, options, { scratch, signal: host.signal, open }),
    );
    if (!compared.ok) return reportFailure(compared.error, host);
    host.stdout.write(
      options.json === true
        ? `${JSON.stringify({ schema: 1, a, b, ...compared.value }, null, 2)}\n`
        : describeImageComparison(a, b, compared.value),
    );
    return compared.value.verdict === 'different' ? exitCode.different : exitCode.identical;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Paths of layouts and archives, from the folder that the command was started in. */
export function openLocal({ cwd, signal }: Pick<Host, 'cwd' | 'signal'>): OpenSource {
  return (text, scratch) => openImageSource(resolve(cwd, text), { name: text, scratch, signal });
}

/** Of two images that lie on this machine or elsewhere: how they are opened, and where. */
export interface Comparing {
  readonly scratch: string;
  readonly signal: AbortSignal;
  readonly open: OpenSource;
}

/** Compares what two words name, platform by platform. */
export async function compareSources(
  a: string,
  b: string,
  options: CompareImageOptions,
  comparing: Comparing,
): Promise<Result<ImageComparison, Failure>> {
  const wanted = options.platform ?? [];
  const inA = await imagesOf(a, wanted, comparing);
  if (!inA.ok) return inA;
  const inB = await imagesOf(b, wanted, comparing);
  if (!inB.ok) return inB;
  const compared: PlatformComparison[] = [];
  for (const [label, image] of inA.value) {
    const other = inB.value.get(label);
    if (other === undefined) continue;
    const left = await sideOf(image, a, comparing);
    if (!left.ok) return left;
    const right = await sideOf(other, b, comparing);
    if (!right.ok) return right;
    compared.push({ ...compareImages(left.value, right.value), platform: label });
  }
  const alone = (here: ImagesByLabel, there: ImagesByLabel) =>
    [...here.keys()].filter((label) => !there.has(label));
  return ok(joinComparisons(compared, alone(inA.value, inB.value), alone(inB.value, inA.value)));
}

/** By platform, and on Windows by its version, without what every month's update changes. */
type ImagesByLabel = ReadonlyMap<string, Image>;

async function imagesOf(
  name: string,
  wanted: readonly string[],
  { scratch, open }: Comparing,
): Promise<Result<ImagesByLabel, Failure>> {
  const layout = await open(name, await mkdtemp(join(scratch, 'source-')), wanted);
  if (!layout.ok) return layout;
  const images = await listImages(layout.value);
  if (!images.ok) return images;
  if (images.value.length === 0) return err(empty(name));
  const chosen = choosePlatforms(
    name,
    wanted,
    images.value.map(({ platform }) => platform),
  );
  if (!chosen.ok) return chosen;
  const found = new Map<string, Image>();
  for (const image of images.value) {
    if (!chosen.value.includes(image.platform)) continue;
    const label = labelOf(image);
    if (found.has(label)) return err(ambiguous(name, label));
    found.set(label, image);
  }
  return ok(found);
}

function labelOf({ platform, config }: Image): string {
  const [build] = /^\d+\.\d+\.\d+/.exec(config['os.version'] ?? '') ?? [];
  return build === undefined ? platform : `${platform} ${build}`;
}

async function sideOf(
  image: Image,
  name: string,
  { scratch, signal }: Comparing,
): Promise<Result<ImageSide, Failure>> {
  const view = await readImageView(image, { name, signal });
  if (!view.ok) return view;
  const packages = await readInstalledRpms(view.value, { name, signal, scratch });
  if (packages.ok) return ok({ view: view.value, packages: packages.value });
  if (packages.error.reason !== 'usage') return packages;
  return ok({ view: view.value, packages: undefined, unreadPackages: packages.error.help });
}

function ambiguous(name: string, label: string): Failure {
  const message = `${name} holds several images for ${label}.`;
  return { reason: 'usage', message, help: 'Give a layout or an archive with one of them.' };
}

function empty(name: string): Failure {
  return { reason: 'usage', message: `${name} holds no image.`, help: 'Give one that does.' };
}
