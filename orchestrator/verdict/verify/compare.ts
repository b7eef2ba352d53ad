import type { Expectation, LockedProject } from '../../config/lock/lock.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Digest } from '../../core/digest.ts';
import type { Platform } from '../../core/platform.ts';
import {
  type BuiltFile,
  failedNodeOf,
  filesMade,
  type NodeBuild,
  type Unmade,
  unmadeBy,
} from './build-outcome.ts';
import { countsAsOurs } from './classify-failure.ts';
import type { FileVerdict } from './verdict.ts';

export interface ComparisonInput {
  /** `etcd-io/etcd` */
  readonly project: string;
  readonly locked: LockedProject;
  /** The platforms that were selected; expectations for others are left out. */
  readonly platforms: readonly Platform[] | 'all';
  /** What became of the nodes that make the project's files, by platform. A platform without any has no recipe. */
  readonly builds: ReadonlyMap<Platform, readonly NodeBuild[]>;
  /** Whether patches of the user's own were applied: then the published hashes say nothing of what was built. */
  readonly userPatches: boolean;
  /** Why a platform has no build, where there is more to say than that there is no recipe. */
  readonly noRecipe?: string;
}

/**
 * What is to be said of every file that the release names or that we built, for the selected platforms; pure.
 * In code-unit order of platform, then name. Each expectation gets one verdict, and so does each file that none names
 * and each failure that no expectation tells of: nothing that happened goes without a word.
 */
export function compareProject(input: ComparisonInput): readonly FileVerdict[] {
  const isSelected = (platform: Platform) => input.platforms === 'all' || input.platforms.includes(platform);
  const expected = (input.locked.checksums?.files ?? []).filter((file) => isSelected(file.platform));
  const named = expected.map((file) => file.platform);
  const platforms = new Set([...named, ...input.builds.keys()].filter(isSelected));
  const verdicts = [...platforms].flatMap((platform) => {
    const expectations = expected.filter((file) => file.platform === platform);
    return comparePlatform(input, platform, expectations);
  });
  return verdicts.sort((a, b) => byCodeUnit(a.platform, b.platform) || byCodeUnit(a.name, b.name));
}

function comparePlatform(
  input: ComparisonInput,
  platform: Platform,
  expectations: readonly Expectation[],
): readonly FileVerdict[] {
  const builds = input.builds.get(platform) ?? [];
  const made = filesMade(builds);
  const named = new Set<string>(expectations.map((expectation) => expectation.name));
  const verdicts = expectations.map((expectation): FileVerdict => {
    const file = made.get(expectation.name);
    if (file !== undefined) return ofMadeFile(input, expectation, file);
    if (builds.length === 0) return ofUnbuilt(input, expectation);
    return ofUnmade(input, platform, expectation.name, unmadeBy(builds, expectation.name), expectation);
  });
  for (const [name, file] of made) {
    if (!named.has(name)) verdicts.push(ofUnnamedFile(input, platform, name, file));
  }
  const told = new Set(verdicts.map((verdict) => verdict.failedNode));
  const untold = builds.filter((build) => {
    const failed = failedNodeOf(build);
    return failed !== undefined && !told.has(failed);
  });
  for (const build of untold) {
    for (const name of build.makes ?? ['*']) {
      verdicts.push(ofUnmade(input, platform, name, unmadeBy([build], name)));
    }
  }
  return verdicts;
}

const patched = 'Patches of your own were applied, so the published hashes say nothing of this build.';

function ofMadeFile(input: ComparisonInput, expectation: Expectation, file: BuiltFile): FileVerdict {
  const base = { ...expectedOf(input, expectation), found: file.sha256, node: file.node };
  if (input.userPatches) {
    const { expected: _, ...withoutExpected } = base;
    return { ...withoutExpected, verdict: 'no-expectation', comparable: false, why: patched };
  }
  if (file.sha256 === expectation.sha256) {
    return { ...base, verdict: 'identical', comparable: true, why: 'It has the published SHA-256.' };
  }
  if (isTrusted(input)) {
    const why = 'The bytes differ; why is not known yet.';
    return { ...base, verdict: 'different', comparable: true, why };
  }
  return { ...base, verdict: 'stale-expectation', comparable: false, why: whyStale(input) };
}

function whyStale(input: ComparisonInput): string {
  const { authority, because } = input.locked.checksums ?? {};
  const what =
    authority === 'copied'
      ? 'The published file was copied from elsewhere, not built at that tag'
      : 'Upstream did not compare its own build with this hash at that tag';
  return `${what}${because === undefined ? '' : ` (${because})`}; it may be that of an earlier build.`;
}

function ofUnnamedFile(
  input: ComparisonInput,
  platform: Platform,
  name: string,
  file: BuiltFile,
): FileVerdict {
  return {
    project: input.project,
    platform,
    name,
    verdict: 'no-expectation',
    found: file.sha256,
    authority: 'absent',
    comparable: false,
    why: input.userPatches
      ? patched
      : input.locked.checksums === undefined
        ? 'The release has no CHECKSUMS for this project.'
        : `No line of ${input.locked.checksums.file} names it.`,
    node: file.node,
  };
}

function ofUnbuilt(input: ComparisonInput, expectation: Expectation): FileVerdict {
  return {
    ...expectedOf(input, expectation),
    verdict: 'not-built',
    comparable: false,
    why:
      input.noRecipe ??
      (input.builds.size === 0
        ? 'There is no recipe for it yet.'
        : `The recipe has nothing for ${expectation.platform} yet.`),
  };
}

function ofUnmade(
  input: ComparisonInput,
  platform: Platform,
  name: string,
  unmade: Unmade,
  expectation?: Expectation,
): FileVerdict {
  const about =
    expectation === undefined
      ? { project: input.project, platform, name, authority: 'absent' as const }
      : expectedOf(input, expectation);
  const trusted = expectation !== undefined && isTrusted(input) && !input.userPatches;
  return { ...about, ...unmade, comparable: trusted && countsAsOurs(unmade.verdict) };
}

function isTrusted(input: ComparisonInput): boolean {
  return input.locked.checksums?.authority === 'built';
}

interface ExpectedFile {
  readonly project: string;
  readonly platform: Platform;
  readonly name: string;
  readonly expected: Digest;
  readonly authority: FileVerdict['authority'];
  readonly where: string;
}

function expectedOf(input: ComparisonInput, expectation: Expectation): ExpectedFile {
  return {
    project: input.project,
    platform: expectation.platform,
    name: expectation.name,
    expected: expectation.sha256,
    authority: input.locked.checksums?.authority ?? 'absent',
    where: `${input.locked.checksums?.file ?? ''}:${expectation.line}`,
  };
}
