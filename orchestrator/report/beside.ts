import type { Digest } from '../core/digest.ts';
import type { RunReport } from './run-report.ts';

/** What lies in the folder of a report, of this run or a former one: paths below that folder. */
export interface Beside {
  /** The page of known vulnerabilities, as they were looked for last. */
  readonly vulnerabilities?: string;
  /** Of files and images of this run alone: what was stated of other bytes says nothing of these. */
  readonly statements: readonly StatementBeside[];
  /** What images hold, as their bills of materials say. */
  readonly packages: readonly PackagesBeside[];
  /** What is said of known vulnerabilities in files and images of this run. */
  readonly vex: readonly VexBeside[];
}

interface StatementBeside {
  /** SHA-256 of the file, or of the image's index or one of its platforms. */
  readonly subject: Digest;
  /** `provenance`, `spdx` */
  readonly kind: string;
  readonly path: string;
}

interface PackagesBeside {
  /** SHA-256 of the manifest of an image for one platform. */
  readonly subject: Digest;
  /** The bill. */
  readonly path: string;
  readonly rpms: readonly PackageBeside[];
  /** What its Go programs link. */
  readonly modules: readonly PackageBeside[];
  /** Databases of packages that were not read: then it holds more. */
  readonly unread: readonly string[];
}

export interface PackageBeside {
  readonly name: string;
  readonly version?: string | undefined;
}

interface VexBeside {
  /** The document, or the statement that has it. */
  readonly path: string;
  readonly claims: readonly VexClaim[];
}

/** What is said of one vulnerability. */
interface VexClaim {
  /** `CVE-2024-24786` */
  readonly vulnerability: string;
  readonly aliases: readonly string[];
  readonly status: 'affected' | 'under_investigation' | 'fixed' | 'not_affected';
  /** Why it does not matter, by a word of OpenVEX. */
  readonly justification?: string | undefined;
  /** What was seen, and what mends it: sentences. */
  readonly why: readonly string[];
  /** Package URLs of what has it. */
  readonly components: readonly string[];
  /** SHA-256 of files and of images for one platform, and of indexes. */
  readonly subjects: readonly Digest[];
}

/** The digests of all that a run made, and of what it was compared with. */
export function subjectsOf({ verdicts, images = [] }: RunReport): ReadonlySet<string> {
  const files = verdicts.flatMap(({ found, expected }) => [found, expected]);
  const made = images.flatMap(({ digest, platforms }) => [digest, ...platforms.map((each) => each.digest)]);
  return new Set([...files, ...made].flatMap((each) => each?.replace('sha256:', '') ?? []));
}
