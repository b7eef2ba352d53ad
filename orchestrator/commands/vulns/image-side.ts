import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { DistributionName } from '../../config/base/distribution.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { countOf } from '../../core/numbers.ts';
import { ok, type Result } from '../../core/result.ts';
import { visible } from '../../core/visible.ts';
import { readEntry, resolveInView } from '../../oci/image/image-file.ts';
import { type ImageView, readImageView } from '../../oci/image/image-view.ts';
import type { Image } from '../../oci/image/open-image.ts';
import { readInstalledRpms } from '../../rpm/database/installed.ts';
import type { DistributionState } from '../../rpm/repository/plan-refresh.ts';
import { graver } from '../../vulnerability/compare.ts';
import { compareFindings, type Finding, type KnownSide } from '../../vulnerability/finding.ts';
import { judgePackages } from '../../vulnerability/judge-packages.ts';
import { takeGoPrograms } from './go-programs.ts';
import type { Scanning } from './scanning.ts';

export interface ImageLooking {
  readonly scanning: Scanning;
  /** The repositories of a distribution as they are now; a failure is kept, and told of each image. */
  readonly advisoriesOf: (name: DistributionName) => Promise<Result<DistributionState, Failure>>;
  /** What is known of programs already, by SHA-256: what is said of ours rests on how they were built. */
  readonly known: ReadonlyMap<string, KnownSide>;
  /** An empty folder, gone when the command ends. */
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/**
 * Looks into an image: the Go programs that a container would see, and the packages of its rpm database.
 * @param version of the programs' modules, where they say none. Errors: those of `readImageView`.
 */
export async function imageSide(
  image: Image,
  {
    name,
    from,
    version,
  }: { readonly name: string; readonly from: string; readonly version: string | undefined },
  looking: ImageLooking,
): Promise<Result<KnownSide, Failure>> {
  const { signal, scratch } = looking;
  const view = await readImageView(image, { name, signal });
  if (!view.ok) return view;
  const folder = await mkdtemp(join(scratch, 'image-'));
  const programs = await takeGoPrograms(view.value, { name, signal, folder });
  if (!programs.ok) return programs;
  const findings: Finding[] = [];
  const gaps: string[] = [];
  for (const { path, sha256, file } of programs.value.programs) {
    const program = { sha256, from: path, version, file: async () => ok(file) };
    const known = looking.known.get(sha256);
    const looked = known === undefined ? await looking.scanning.look(program) : ok({ side: known });
    if (!looked.ok) return looked;
    findings.push(...looked.value.side.findings);
    gaps.push(...looked.value.side.gaps.map((gap) => `${visible(path)}: ${gap}`));
  }
  const packages = await packagesOf(view.value, name, looking);
  if (!packages.ok) return packages;
  findings.push(...packages.value.findings);
  gaps.push(...packages.value.gaps);
  const { others } = programs.value;
  if (!packages.value.hasRpms && others.length > 0)
    gaps.push(`${countOf(others.length, 'program')} of no language that is looked into: ${some(others)}.`);
  const digest = image.digest?.replace('sha256:', '');
  return ok({
    ...{ known: true, from, sha256: digest === undefined ? [] : [digest] },
    ...{ findings: worst(findings), gaps },
  });
}

function some(paths: readonly string[]): string {
  return `${paths.slice(0, 3).map(visible).join(', ')}${paths.length > 3 ? ', ...' : ''}`;
}

/** Of several programs with the same component the worst counts. */
function worst(findings: readonly Finding[]): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const each of findings) {
    const key = JSON.stringify([each.id, each.component, each.version, each.source]);
    const before = found.get(key);
    if (before === undefined || graver(before.state, each.state) !== before.state) found.set(key, each);
  }
  return [...found.values()].sort(compareFindings);
}

interface OfPackages {
  readonly findings: readonly Finding[];
  readonly gaps: readonly string[];
  readonly hasRpms: boolean;
}

async function packagesOf(
  view: ImageView,
  name: string,
  { advisoriesOf, scratch, signal }: ImageLooking,
): Promise<Result<OfPackages, Failure>> {
  const hasDpkg = ['/var/lib/dpkg/status', '/var/lib/dpkg/status.d'].some(
    (path) => resolveInView(view, path) !== undefined,
  );
  const dpkg = hasDpkg ? ["It has Debian's packages, of which no list is read."] : [];
  const installed = await readInstalledRpms(view, { name, signal, scratch });
  if (!installed.ok) {
    if (installed.error.reason !== 'usage') return installed;
    return ok({ findings: [], hasRpms: false, gaps: [...dpkg, failureHeadline(installed.error)] });
  }
  if (installed.value === undefined) return ok({ findings: [], gaps: dpkg, hasRpms: false });
  const distribution = await distributionIn(view, name, signal);
  if (!distribution.ok) return distribution;
  const count = countOf(installed.value.packages.length, 'package');
  const untold = (why: string) =>
    ok({ findings: [], hasRpms: true, gaps: [...dpkg, `Its ${count}: ${why}`] });
  if (distribution.value === undefined) return untold('they are of no distribution that is known.');
  const state = await advisoriesOf(distribution.value);
  if (signal.aborted) return { ok: false, error: { reason: 'aborted' } };
  if (!state.ok) return untold(failureHeadline(state.error));
  const findings = judgePackages(installed.value.packages, state.value.advisories);
  const gaps =
    state.value.advisories.length === 0 ? [`Its ${count}: their repositories publish no advisories.`] : [];
  return ok({ findings, gaps: [...dpkg, ...gaps], hasRpms: true });
}

/** As `/etc/os-release` says (os-release(5)): Amazon Linux 2 and 2023. */
async function distributionIn(
  view: ImageView,
  name: string,
  signal: AbortSignal,
): Promise<Result<DistributionName | undefined, Failure>> {
  const path = resolveInView(view, '/etc/os-release');
  const entry = path === undefined ? undefined : view.entries.get(path);
  if (entry?.kind !== 'file' || entry.size > 65_536) return ok(undefined);
  const pieces: Buffer[] = [];
  const read = await readEntry(view, entry, { name, signal }, async (content) => {
    for await (const piece of content) pieces.push(Buffer.from(piece));
  });
  if (!read.ok) return read;
  const text = Buffer.concat(pieces).toString('utf8');
  const value = (key: string) => new RegExp(`^${key}=["']?([^"'\\n]*)["']?$`, 'm').exec(text)?.[1];
  if (value('ID') !== 'amzn') return ok(undefined);
  return ok(({ '2': 'al2', '2023': 'al2023' } as const)[value('VERSION_ID') ?? '']);
}
