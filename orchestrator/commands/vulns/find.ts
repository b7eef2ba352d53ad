import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lock } from '../../config/lock/lock.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { repositoryOf } from '../../core/registry-place.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { Rebuilt } from '../../run/rebuild.ts';
import { openClones } from '../../run/wiring/clones.ts';
import { collectPatches } from '../../task/source/apply-patches.ts';
import { readSource } from '../../tool/file/read-file.ts';
import type { OpenDatabase } from '../../vulnerability/database/open.ts';
import type { Sources, Vulnerabilities } from '../../vulnerability/finding.ts';
import { createClaims, type ReadPatches } from './claims.ts';
import { withEcrScan } from './ecr-side.ts';
import { createElsewhere } from './elsewhere.ts';
import type { ImageLooking } from './image-side.ts';
import { knownPrograms, type Ours, type OwnImage, ownImages, ownPrograms } from './ours.ts';
import { type Against, besideOthers } from './sides.ts';
import type { Ways } from './ways.ts';

export interface FoundBy {
  readonly vulnerabilities: Vulnerabilities;
  readonly lock: Lock;
}

/** Looks into all that a run built. Errors: those of `ownPrograms` and `ownImages`. */
export async function gatherOurs(rebuilt: Rebuilt, ways: Ways, host: Host): Promise<Result<Ours, Failure>> {
  const claims = createClaims(patchReader(rebuilt, ways, host), ways.scanning.database);
  const programs = await ownPrograms(rebuilt, ways.scanning, claims);
  if (!programs.ok) return programs;
  const looking = lookingOf(ways, programs.value.programs, host);
  const images = await ownImages(rebuilt, looking);
  if (!images.ok) return images;
  const scanned = await withOwnScans(images.value, ways);
  return scanned.ok ? ok({ ...programs.value, images: scanned.value }) : scanned;
}

/** Ours, with the other builds beside them. @param other what was built of the release that `--against` names. */
export async function findVulnerabilities(
  rebuilt: Rebuilt,
  ways: Ways,
  other: Ours | undefined,
  host: Host,
): Promise<Result<FoundBy, Failure>> {
  const { lock, say } = rebuilt;
  const ours = await gatherOurs(rebuilt, ways, host);
  if (!ours.ok) return ours;
  const { against: asked, workspace, scanning, published, registries } = ways;
  const against: Against =
    other === undefined ? (asked as Against) : { kind: 'release', release: ways.againstText, ours: other };
  const known = [...ours.value.programs, ...(other?.programs ?? [])];
  const elsewhere = createElsewhere(workspace, registries, lookingOf(ways, known, host));
  say('looking into other builds');
  const subjects = await besideOthers(ours.value, { workspace, scanning, elsewhere, against, published });
  say('');
  if (!subjects.ok) return subjects;
  const sources = sourcesOf(scanning.database, ways);
  const vulnerabilities: Vulnerabilities = {
    ...{ release: lock.release, against: ways.againstText, sources },
    date: youngest([scanning.database.modified, ...datesOf(lock)]),
    subjects: [...subjects.value].sort((a, b) => byCodeUnit(keyOf(a), keyOf(b))),
    unclaimed: [...ours.value.unclaimed].sort((a, b) => byCodeUnit(JSON.stringify(a), JSON.stringify(b))),
  };
  return ok({ vulnerabilities, lock });
}

function keyOf({ kind, project, name, platform }: Vulnerabilities['subjects'][number]): string {
  return [kind === 'program' ? '0' : '1', project, name, platform].join('\n');
}

function datesOf({ upstream: { releaseCommit, tag } }: Lock): readonly string[] {
  return [releaseCommit?.date, tag?.date].filter((date) => date !== undefined);
}

/** As RFC 3339 in UTC: the clock of this machine is in no document. */
function youngest(dates: readonly string[]): string {
  const latest = Math.max(...dates.map((date) => Date.parse(date)).filter((time) => !Number.isNaN(time)));
  return new Date(latest).toISOString().replace('.000Z', 'Z');
}

function sourcesOf({ from, modified, sha256, records, odd }: OpenDatabase, ways: Ways): Sources {
  const unreadable = [...odd].map(([id, { why }]) => ({ id, why }));
  return {
    // A folder of this machine says nothing to anybody else.
    go: {
      ...{ from: /^https?:/.test(from) ? from : 'a file at hand', modified, sha256 },
      ...{ records: records.size + odd.size, unreadable },
    },
    rpm: ways
      .opened()
      .map(({ name, repositories }) => ({
        distribution: name,
        repomd: [...new Set([...repositories.values()].flat().map(({ repomd }) => repomd))].sort(byCodeUnit),
      }))
      .sort((a, b) => byCodeUnit(a.distribution, b.distribution)),
  };
}

function lookingOf(ways: Ways, programs: Ours['programs'], { signal }: Host): ImageLooking {
  const { scanning, advisoriesOf, scratch } = ways;
  return { scanning, advisoriesOf, scratch, signal, known: knownPrograms(programs) };
}

/** What ECR found in ours where they were pushed to. */
async function withOwnScans(
  images: readonly OwnImage[],
  { scanned, registries }: Ways,
): Promise<Result<readonly OwnImage[], Failure>> {
  if (scanned === undefined) return ok(images);
  const found: OwnImage[] = [];
  for (const each of images) {
    const { side, image } = each;
    const place = { host: scanned.host, repository: repositoryOf(scanned, image) };
    const both = side.known ? await withEcrScan(side, place, registries.ecr) : ok(side);
    if (!both.ok) return both;
    found.push({ ...each, side: both.value });
  }
  return ok(found);
}

/** The texts of patches, out of the clones that they were applied from. */
function patchReader(
  { store, prepared }: Rebuilt,
  { processes, scratch }: Ways,
  { signal }: Host,
): ReadPatches {
  const clones = openClones(prepared.workspace, processes, store);
  const git = { run: processes.run, env: processes.localGit, signal };
  return async (pins) => {
    const folder = await mkdtemp(join(scratch, 'patches-'));
    const context = { scratch: folder, run: processes.run, signal, progress: () => undefined };
    const patches = await collectPatches(pins, folder, git, clones, context);
    if (!patches.ok) return patches;
    const texts = patches.value.map(async ({ pin, file }) => ({ pin, text: await readSource(file) }));
    return ok(await Promise.all(texts));
  };
}
