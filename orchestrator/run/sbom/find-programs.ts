import { writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { readEntries } from '../../oci/image/image-file.ts';
import type { ImageView, ViewOptions } from '../../oci/image/image-view.ts';
import type { ViewEntry } from '../../oci/image/view-entry.ts';
import type { PlacedProgram, ProgramFacts } from '../../statement/sbom/facts.ts';
import type { BuildReport } from '../../verdict/inspect/binary.ts';
import type { Inspector } from '../../verdict/inspect/gobinary.ts';

export interface Finding extends ViewOptions {
  readonly inspector: Pick<Inspector, 'build'>;
  /** A folder to make files in. Absolute. */
  readonly scratch: string;
  /** What is known already of files, whatever image they are in; undefined: no program in Go. Filled here. */
  readonly seen: Map<Digest, BuildReport | undefined>;
  /** The facts of a program of the release; undefined where it is none. */
  readonly known: (sha256: Digest) => Promise<Result<ProgramFacts | undefined, Failure>>;
}

/** What every program in Go begins its build information with (debug/buildinfo). */
const mark = Buffer.from('\xff Go buildinf:', 'latin1');

/** The programs of the release, and whatever else in an image is a program in Go. Errors: those of `readEntries` and `known`. */
export async function findPrograms(
  view: ImageView,
  finding: Finding,
): Promise<Result<readonly PlacedProgram[], Failure>> {
  const files = new Map<Digest, { readonly entry: ViewEntry; readonly paths: string[] }>();
  for (const [path, entry] of view.entries) {
    if (entry.sha256 === undefined) continue;
    const file = files.get(entry.sha256) ?? { entry, paths: [] };
    files.set(entry.sha256, file);
    file.paths.push(path);
  }
  const found: PlacedProgram[] = [];
  const strange: ViewEntry[] = [];
  for (const [sha256, { entry, paths }] of files) {
    const known = await finding.known(sha256);
    if (!known.ok) return known;
    if (known.value !== undefined) found.push({ ...known.value, paths, layer: entry.layer });
    else if (entry.machine !== undefined && !finding.seen.has(sha256)) strange.push(entry);
  }
  const looked = await lookInto(view, strange, finding);
  if (!looked.ok) return looked;
  for (const [sha256, { entry, paths }] of files) {
    const report = finding.seen.get(sha256);
    const [path = ''] = paths;
    if (report?.build === undefined) continue;
    const platform = entry.machine?.platform;
    const program = {
      name: posix.basename(path),
      sha256,
      platform,
      build: report.build,
      licenses: new Map(),
    };
    found.push({ ...program, paths, layer: entry.layer });
  }
  return ok(found);
}

async function lookInto(
  view: ImageView,
  entries: readonly ViewEntry[],
  finding: Finding,
): Promise<Result<void, Failure>> {
  let failure: Failure | undefined;
  const read = await readEntries(view, entries, finding, async ({ sha256 }, content) => {
    if (sha256 === undefined || failure !== undefined) return;
    finding.seen.set(sha256, undefined);
    if (!content.includes(mark)) return;
    const file = join(finding.scratch, sha256);
    await writeFile(file, content);
    const report = await finding.inspector.build(file);
    // What only looks like a program is none: `usage`.
    if (report.ok) finding.seen.set(sha256, report.value);
    else if (report.error.reason !== 'usage') failure = report.error;
  });
  if (!read.ok) return read;
  return failure === undefined ? ok(undefined) : { ok: false, error: failure };
}
