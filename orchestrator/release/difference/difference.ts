import type { Authority, GoFlavour } from '../../config/lock/lock.ts';
import type { Condition } from '../../config/project/condition.ts';
import type { KubernetesEra, StampingRule } from '../../config/project/kubernetes.ts';

/** Raised when a member changes its meaning or goes away, not when one is added. */
export const differenceSchema = 1;

/** How what the second release has stands to what the first one had. */
type Change = 'same' | 'added' | 'removed' | 'changed';

/** What a thing is in the first release and in the second; absent where that one does not have it. */
interface Sides<T> {
  readonly before?: T;
  readonly after?: T;
}

/** What two releases are made of, held against each other. The second against the first is the same with sides exchanged. */
export interface ReleaseDifference {
  readonly schema: typeof differenceSchema;
  readonly before: ComparedRelease;
  readonly after: ComparedRelease;
  /** Whether the second is a `later` release than the first, an `earlier` one, or the `same`: by branch, then by number. */
  readonly order: 'later' | 'earlier' | 'same';
  /** Whether anything below differs. What nobody can know does not count. */
  readonly differs: boolean;
  /** Of all projects. */
  readonly files: FileCounts;
  /** All that either release has, by name. */
  readonly projects: readonly ProjectDifference[];
  /** Of the projects in both: one Go for another, each such step once. */
  readonly gos: readonly GoDifference[];
  /** Those that differ. */
  readonly baseImages: readonly BaseImageDifference[];
}

export interface ComparedRelease {
  readonly release: string;
  /** `1-30` */
  readonly branch: string;
  readonly number: number;
  /** The commit of EKS-D that its pins were read from, and when that was made (RFC 3339). */
  readonly commit?: string;
  readonly date?: string;
  /** The user's own patches that count for it. */
  readonly ownPatches: number;
}

export interface ProjectDifference extends Sides<ProjectPins> {
  /** `etcd-io/etcd` */
  readonly project: string;
  readonly change: Change;
  /** Those that differ, in order of their file names. */
  readonly patches: readonly PatchDifference[];
  /** Whether patches that both have are applied in another order. */
  readonly reordered: boolean;
  /** Its programs, all of them, by platform and name. */
  readonly files: readonly FileDifference[];
  /** What upstream's lists of published files name on one side alone, other tags in their names apart; none where a side has no list. */
  readonly listed: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

export interface ProjectPins {
  readonly repository: string;
  readonly tag: string;
  /** What it points at; `unresolved` where nobody was asked, `absent` where it is not public. */
  readonly commit: string;
  /** The Go release that upstream asked for: `1.21`. */
  readonly golang?: string;
  readonly go?: ComparedGo;
  /** The builds of its recipe that apply; absent where there is no recipe. */
  readonly recipe?: readonly RecipeBuild[];
  readonly kubernetes?: { readonly era: KubernetesEra; readonly stamping: StampingRule };
  /** How far its expected hashes can be trusted. */
  readonly authority: Authority;
}

export interface ComparedGo {
  readonly version: string;
  readonly flavour: GoFlavour;
  /** For `eks-go`: version, number and commit, `1.18.10-8@d31146fd`. */
  readonly build?: string;
}

export interface RecipeBuild {
  /** Its place in the recipe, from 1. */
  readonly build: number;
  readonly module: string;
  /** For which versions and dates it is. */
  readonly when?: Condition;
}

/** `unknown`: the same name, and a content that was not at hand when a lock was imported. */
export interface PatchDifference extends Sides<ComparedPatch> {
  readonly change: 'added' | 'removed' | 'changed' | 'unknown';
}

export interface ComparedPatch {
  readonly path: string;
  readonly sha256: string;
  /** That of its message, or else what its file's name says. */
  readonly subject: string;
  /** CVE and GHSA numbers. */
  readonly fixes: readonly string[];
  /** Of a patch to Go: the packages of the standard library that it changes in programs. */
  readonly changes?: readonly string[];
  /** It is the user's. */
  readonly own?: true;
}

/** Patches on top of the official source, as far as they differ. */
export interface GoDifference extends Sides<ComparedGo> {
  /** Those that it builds. */
  readonly projects: readonly string[];
  readonly patches: readonly PatchDifference[];
}

/**
 * `unknown`: no hash that counts speaks of both: upstream copied the file from elsewhere, did not compare it, or has no list; or
 * patches of the user's own change it.
 */
export type FileChange = Change | 'unknown';
export type FileCounts = Readonly<Record<FileChange, number>>;

/** The SHA-256 that either release expects. */
export interface FileDifference extends Sides<string> {
  readonly platform: string;
  readonly name: string;
  readonly change: FileChange;
}

export interface BaseImageDifference extends Sides<ComparedBase> {
  /** Upstream's file with its tag. */
  readonly file: string;
  readonly change: Exclude<Change, 'same'>;
}

export interface ComparedBase {
  readonly name: string;
  readonly tag: string;
  readonly digest?: string;
}
