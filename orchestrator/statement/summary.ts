import { byCodeUnit, type Json } from '../core/canonical-json.ts';
import type { RunReport } from '../report/run-report.ts';
import { subjectName } from './equivalence.ts';
import { summaryType } from './predicates.ts';
import type { Statement } from './statement.ts';

/** A statement that a summary rests on: where it is below the folder of statements, and the SHA-256 of its text. */
export interface Evidence {
  readonly path: string;
  readonly sha256: string;
}

/** The one level that is said to be reached: SLSA's own are of how something was built, which a rebuild does not see. */
const identicalLevel = 'EKSD_REBUILD_IDENTICAL';

/**
 * What is said of a release, or of the part of it that was rebuilt, as SLSA's verification summary (v1): passed where every file that can be
 * compared is what was published. Its subjects are these files, as they were published, and the lock, whose hashes they were held against. It has no
 * clock, so that it repeats. Undefined where nothing could be compared.
 */
export function summaryStatement(
  { release, tool, verdicts, totals, projects }: RunReport,
  evidence: readonly Evidence[],
): Statement | undefined {
  const compared = verdicts.filter(({ comparable, expected }) => comparable && expected !== undefined);
  const comparable = verdicts.filter((each) => each.comparable);
  if (compared.length === 0) return undefined;
  const hasPassed = comparable.every(({ verdict }) => verdict === 'identical');
  const predicate = {
    verifier: { id: 'urn:eksd-rebuild', version: { [tool.name]: tool.version } },
    resourceUri: `urn:eksd-rebuild:release:${release.name}`,
    policy: { uri: `urn:eksd-rebuild:lock:${release.name}`, digest: { sha256: release.lock } },
    inputAttestations: evidence.map(({ path, sha256 }) => ({ uri: path, digest: { sha256 } })),
    verificationResult: hasPassed ? 'PASSED' : 'FAILED',
    verifiedLevels: [hasPassed ? identicalLevel : 'FAILED'],
    slsaVersion: '1.0',
    // Identical, comparable, all: always together.
    'urn:eksd-rebuild:totals': totals,
    // What was selected of the release.
    'urn:eksd-rebuild:scope': {
      projects: projects.map(({ name }) => name),
      platforms: [...new Set(verdicts.map(({ platform }) => platform))].sort(byCodeUnit),
    },
  };
  const lock = { name: `${release.name}.lock`, digest: { sha256: release.lock } };
  const files = compared.map(({ project, platform, name, expected = '' }) => {
    return { name: subjectName({ project, platform, file: name }), digest: { sha256: expected } };
  });
  return { subject: [lock, ...files], predicateType: summaryType, predicate: predicate as unknown as Json };
}
