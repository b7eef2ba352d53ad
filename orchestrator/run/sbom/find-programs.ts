import { writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { readEntries } from '../../oci/image/image-file.ts';
import { readImageView, type ViewOptions } from '../../oci/image/image-view.ts';
import type { Image } from '../../oci/image/open-image.ts';
import type { FoundProgram, ImageContents } from '../../rpm/contents/contents.ts';
import type { PlacedProgram, ProgramFacts } from '../../statement/sbom/facts.ts';
import type { BuildReport } from '../../verdict/inspect/binary.ts';
import type { Inspector } from '../../verdict/inspect/gobinary.ts';

export interface Finding extends ViewOptions {
  readonly inspector: Pick<Inspector, 'build'>;
  /** A folder to make files in. Absolute. */
  readonly scratch: string;
  /** What is known already of programs in Go that are none of the release, whatever image they are in. Filled here. */
  readonly seen: Map<Digest, BuildReport | undefined>;
  /** The facts of a program of the release; undefined where it is none. */
  readonly known: (sha256: Digest) => Promise<Result<ProgramFacts | undefined, Failure>>;
}

/** The programs of the release, and whatever else in an image is a program in Go. Errors: those of `readImageView` and `known`. */
export async function findPrograms(
  { programs }: Pick<ImageContents, 'programs'>,
  image: Image,
  finding: Finding,
): Promise<Result<readonly PlacedProgram[], Failure>> {
  const found: PlacedProgram[] = [];
  const strange: FoundProgram[] = [];
  for (const program of programs) {
    const known = await finding.known(program.sha256);
    if (!known.ok) return known;
    const { paths, layer } = program;
    if (known.value !== undefined) found.push({ ...known.value, paths, layer });
    else if (program.isGo) strange.push(program);
  }
  const isSeen = strange.every(({ sha256 }) => finding.seen.has(sha256));
  const looked = isSeen ? ok(undefined) : await lookInto(image, finding);
  if (!looked.ok) return looked;
  for (const { sha256, paths, layer, platform } of strange) {
    const build = finding.seen.get(sha256)?.build;
    if (build === undefined) continue;
    const program = { name: posix.basename(paths[0] ?? ''), sha256, platform, build, licenses: new Map() };
    found.push({ ...program, paths, layer });
  }
  return ok(found);
}

async function lookInto(image: Image, finding: Finding): Promise<Result<void, Failure>> {
  const view = await readImageView(image, finding);
  if (!view.ok) return view;
  const programs = [...view.value.entries.values()].filter(({ isGo }) => isGo);
  let failure: Failure | undefined;
  const read = await readEntries(view.value, programs, finding, async ({ sha256 }, content) => {
    if (sha256 === undefined || finding.seen.has(sha256) || failure !== undefined) return;
    const file = join(finding.scratch, sha256);
    await writeFile(file, content);
    const report = await finding.inspector.build(file);
    // What only looks like a program is none: `usage`.
    if (report.ok || report.error.reason === 'usage')
      finding.seen.set(sha256, report.ok ? report.value : undefined);
    else failure = report.error;
  });
  if (!read.ok) return read;
  return failure === undefined ? ok(undefined) : { ok: false, error: failure };
}
