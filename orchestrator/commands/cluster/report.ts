import { z } from 'zod';
import { fileKey } from '../../cluster/artifacts.ts';
import { type Digest, isDigest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { isRepository, isTag } from '../../core/image-reference.ts';
import { readJson } from '../../core/json-text.ts';
import { isAssetName, isProjectName } from '../../core/names.ts';
import { isOciDigest, type OciDigest } from '../../core/oci.ts';
import { isPlatform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { readText, sizeLimit } from '../../tool/file/read-file.ts';
import { shownPath } from '../../workspace/shown-path.ts';

/** What a run came to, as far as a cluster is started from it. */
export interface ReportFacts {
  /** Of images, by `<name>:<tag>`. */
  readonly digests: ReadonlyMap<string, OciDigest>;
  /** SHA-256 of what was built, by `fileKey`. */
  readonly files: ReadonlyMap<string, Digest>;
}

export const noReport: ReportFacts = { digests: new Map(), files: new Map() };

/** The members of report.json that are read here; a later schema may have others. Its names become lines of a list of sums. */
const shape = z.object({
  release: z.object({ name: z.string() }),
  projects: z.array(
    z.object({
      name: z.string().refine(isProjectName),
      files: z.array(
        z
          .object({ platform: z.string(), name: z.string(), found: z.string().refine(isDigest).optional() })
          // What failed has no name of its own: it may be any.
          .refine(({ found, platform, name }) => !found || (isPlatform(platform) && isAssetName(name))),
      ),
    }),
  ),
  images: z
    .array(
      z.object({
        image: z.string().refine(isRepository),
        tag: z.string().refine(isTag),
        digest: z.string().refine(isOciDigest).optional(),
      }),
    )
    .optional(),
});

/**
 * Reads a report.json. Errors: `usage` where it is none, or one of another release; `configuration` where it cannot be read.
 * @param file absolute.
 */
export async function readReport(
  file: string,
  release: string,
  host: Host,
): Promise<Result<ReportFacts, Failure>> {
  const shown = shownPath(file, host.cwd);
  const text = await readText(file, { limit: sizeLimit.report }, shown);
  if (!text.ok) return err({ reason: 'configuration', diagnostics: [text.error] });
  const read = readJson(text.value ?? '');
  if (!read.ok) return err(wrong(`${shown} is no report.json. It ${read.error}.`));
  const decoded = shape.safeParse(read.value);
  if (!decoded.success) return err(wrong(`${shown} is no report.json.`));
  const { data } = decoded;
  if (data.release.name !== release) return err(wrong(`${shown} is the report of ${data.release.name}.`));
  const digests = (data.images ?? []).flatMap(({ image, tag, digest }) =>
    digest === undefined ? [] : [[`${image}:${tag}`, digest as OciDigest] as const],
  );
  const files = data.projects.flatMap((project) =>
    project.files.flatMap(({ platform, name, found }) =>
      found === undefined ? [] : [[fileKey(project.name, platform, name), found as Digest] as const],
    ),
  );
  return ok({ digests: new Map(digests), files: new Map(files) });
}

function wrong(message: string): Failure {
  return { reason: 'usage', message, help: 'Name the one that "images" or "push" of this release wrote.' };
}
