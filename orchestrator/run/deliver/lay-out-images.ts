import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Say } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { exportLayout, type NamedImage } from '../../oci/image/export-layout.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import { writeTar } from '../../tool/tar/write-tar.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { inTheWay, writing } from '../../workspace/write-file.ts';
import { checkOutput } from './lay-out.ts';

/**
 * Lays images out as one OCI image layout, and says so: a folder, or a tar where the name ends so. Nothing where there are none.
 * @param output absolute; free, as `checkFree` has it. Errors: those of `writing` and `exportLayout`.
 */
export async function layOutImages(
  images: readonly NamedImage[],
  output: string,
  say: Say,
  host: Host,
): Promise<Result<void, Failure>> {
  if (images.length === 0) return ok(undefined);
  say(`laying out ${countOf(images.length, 'image')}`);
  const written = await writing(output, async () => {
    if (!isTar(output)) {
      ensureFolder(output);
      return exportLayout(images, output, host.signal);
    }
    ensureFolder(dirname(output));
    const scratch = await mkdtemp(join(dirname(output), `.${basename(output)}-`));
    try {
      const layout = join(scratch, 'layout');
      await mkdir(layout);
      const exported = await exportLayout(images, layout, host.signal);
      if (!exported.ok) return exported;
      await writeTar(layout, join(scratch, 'tar'));
      return ok(await rename(join(scratch, 'tar'), output));
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
  say('');
  if (written.ok) host.stderr.write(`${countOf(images.length, 'image')} in ${shownPath(output, host.cwd)}\n`);
  return written;
}

function isTar(output: string): boolean {
  return output.endsWith('.tar');
}

/** Names of what is an archive to everybody, and that a folder would hardly get. */
const otherArchive = /\.(tar\.[a-z0-9]+|t[gbx]z2?|tzst|zip|gz|xz|zst|bz2|7z)$/i;

/**
 * A layout that is there already might keep images of another time beside the new ones.
 * Errors: `usage`; those of `checkOutput`.
 */
export async function checkFree(output: string, host: Host): Promise<Result<void, Failure>> {
  if (!isTar(output) && (otherArchive.test(output) || /\.tar$/i.test(output))) {
    const message = `Images are not written as ${basename(output)}: a tar of them is as it is, without compression.`;
    return err({ reason: 'usage', message, help: 'Name a file that ends in .tar, or a folder.' });
  }
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
