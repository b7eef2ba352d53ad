import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { exportLayout } from '../image/export-layout.ts';
import { countOf } from '../report/count.ts';
import type { ImageReport } from '../report/image-report.ts';
import { writeTar } from '../tool/write-tar.ts';
import { shownPath } from '../workspace/shown-path.ts';
import type { BaseSetting } from '../workspace/workspace.ts';
import { inTheWay, writing } from '../workspace/write-file.ts';
import { checkOutput } from './lay-out.ts';
import { type RebuildOptions, type Rebuilt, rebuild } from './rebuild.ts';
import { reportFailure } from './report-failure.ts';

export interface ImagesOptions extends Omit<RebuildOptions, 'images'> {
  /** Patterns of names; all where there is none. */
  readonly image?: readonly string[];
  readonly base?: BaseSetting;
  readonly output?: string;
}

/**
 * `eksd-rebuild images RELEASE`: rebuilds what the images hold, makes them, and says of each whether it holds only what was
 * published. With `--output` they are laid out as one OCI image layout: a folder, or a tar where the name ends so.
 */
export async function images(release: string, options: ImagesOptions, host: Host): Promise<number> {
  const output = options.output === undefined ? undefined : resolve(host.cwd, options.output);
  const free = output === undefined ? ok(undefined) : await checkFree(output, host);
  if (!free.ok) return reportFailure(free.error, host);
  const use = async (rebuilt: Rebuilt): Promise<Result<void, Failure>> => {
    return output === undefined ? ok(undefined) : layOutImages(rebuilt, output, host);
  };
  const asked = { ...options, images: imagesAsked(options) };
  const result = await rebuild(release, asked, host, use);
  return result.ok ? result.value : reportFailure(result.error, host);
}

/** What `--image` and `--base` ask for. */
export function imagesAsked({
  image,
  base,
}: Pick<ImagesOptions, 'image' | 'base'>): NonNullable<RebuildOptions['images']> {
  return { patterns: image ?? [], ...(base === undefined ? {} : { base }) };
}

/** The images that were asked for, and not what else was made because they stand on it. */
export function wantedImages({ report, prepared }: Rebuilt): readonly ImageReport[] {
  return (report.images ?? []).filter(({ image }) => prepared.planInput.images?.isWanted(image) === true);
}

async function layOutImages(rebuilt: Rebuilt, output: string, host: Host): Promise<Result<void, Failure>> {
  const made = rebuilt.images;
  const named = wantedImages(rebuilt).flatMap(({ image, tag }) => {
    const tree = made.get(image);
    return tree === undefined ? [] : [{ name: `${image}:${tag}`, tree }];
  });
  if (named.length === 0) return ok(undefined);
  const written = await writing(output, async () => {
    if (!isTar(output)) {
      await mkdir(output, { recursive: true });
      return ok(await exportLayout(named, output));
    }
    await mkdir(dirname(output), { recursive: true });
    const scratch = await mkdtemp(join(dirname(output), `.${basename(output)}-`));
    try {
      const layout = join(scratch, 'layout');
      await mkdir(layout);
      await exportLayout(named, layout);
      await writeTar(layout, join(scratch, 'tar'));
      return ok(await rename(join(scratch, 'tar'), output));
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
  if (written.ok) host.stderr.write(`${countOf(named.length, 'image')} in ${shownPath(output, host.cwd)}\n`);
  return written;
}

function isTar(output: string): boolean {
  return output.endsWith('.tar');
}

/**
 * A layout that is there already might keep images of another time beside the new ones.
 * Errors: `usage`; those of `checkOutput`.
 */
async function checkFree(output: string, host: Host): Promise<Result<void, Failure>> {
  const place = await checkOutput(isTar(output) ? dirname(output) : output);
  if (!place.ok) return place;
  const there = await stat(output).catch(() => undefined);
  if (there === undefined) return ok(undefined);
  if (isTar(output)) return there.isDirectory() ? err(inTheWay(output, 'is a folder')) : ok(undefined);
  if ((await readdir(output)).length === 0) return ok(undefined);
  const message = `${shownPath(output, host.cwd)} is not empty.`;
  return err({
    reason: 'usage',
    message,
    help: 'Name a folder that is empty or not there yet, or a file with .tar.',
  });
}
