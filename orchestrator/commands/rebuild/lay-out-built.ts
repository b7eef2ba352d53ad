import { basename, join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { checkOutput, copyIn, layOut } from '../../run/deliver/lay-out.ts';
import { checkFree, layOutImages } from '../../run/deliver/lay-out-images.ts';
import type { SiteFile } from '../../run/deliver/site-files.ts';
import type { Rebuilt } from '../../run/rebuild.ts';
import type { StatedBuild } from '../../statement/read-provenance.ts';

/** Whether what a statement is about can be laid out there. Errors: those of `checkFree` and `checkOutput`. */
export function checkOutputOf(
  { what }: StatedBuild,
  output: string,
  host: Host,
): Promise<Result<void, Failure>> {
  return what.kind === 'image' ? checkFree(output, host) : checkOutput(output);
}

interface Built {
  readonly rebuilt: Rebuilt;
  readonly files: readonly SiteFile[];
}

/** Lays out what was built: a program as `build` does, an image as `images` does, a file of a site by its name. */
export async function layOutBuilt(
  { what, platforms }: StatedBuild,
  { rebuilt, files }: Built,
  output: string,
  host: Host,
): Promise<Result<void, Failure>> {
  const { report, images, say } = rebuilt;
  switch (what.kind) {
    case 'image': {
      const tree = images.get(what.image);
      const named = tree === undefined ? [] : [{ name: `${what.image}:${what.tag}`, tree }];
      return layOutImages(named, output, say, host);
    }
    case 'archive': {
      const file = files.find(({ planned }) => planned.path === what.path);
      if (file === undefined) throw new Error(`${what.path} was not made`);
      return copyIn(file.source, join(output, basename(what.path)), file.sha256);
    }
    case 'file': {
      const verdicts = report.verdicts.filter(
        ({ project, platform, name }) =>
          project === what.project && platform === platforms[0] && name === what.file,
      );
      const laidOut = await layOut({ ...rebuilt, report: { ...report, verdicts } }, output);
      return laidOut.ok ? ok(undefined) : laidOut;
    }
  }
}
