import type { GoBuild, GoFlavour } from '../config/lock/lock.ts';
import type { Digest } from '../core/digest.ts';
import type { NodeEnd } from '../core/event.ts';
import type { ExitCode } from '../core/exit-code.ts';
import type { ReleaseName } from '../core/names.ts';
import type { FileCounts } from '../release/difference/difference.ts';
import type { CommandRecord } from '../tool/process/process.ts';
import type { Totals } from '../verdict/verify/summary.ts';
import type { FileVerdict } from '../verdict/verify/verdict.ts';
import type { ImageReport } from './image-report.ts';
import type { Asked, LeftOut } from './left-out.ts';
import { ownerOf, shared } from './owner.ts';

/** All that reports of a finished run may say: filled by the command, judged by `verify/`, only rendered here. */
export interface RunReport {
  readonly tool: { readonly name: string; readonly version: string };
  /** When the run started, RFC 3339. */
  readonly started: string;
  /** Wall clock of the whole run. */
  readonly seconds: number;
  readonly exitCode: ExitCode;
  readonly interrupted: boolean;
  readonly release: ReleaseReport;
  /** What the command line took away of the release; absent where it took nothing. */
  readonly leftOut?: LeftOut;
  readonly asked?: Asked;
  /** Every selected project, in code-unit order, those without a recipe too. */
  readonly projects: readonly ProjectReport[];
  /** By project, in the order of `projects`; within it as `compareProject` gives them. */
  readonly verdicts: readonly FileVerdict[];
  readonly totals: Totals;
  /** The images that were asked for, and those that they stand on, by name; absent where none were. */
  readonly images?: readonly ImageReport[];
  /** What tasks that ran were not kept from on this machine, a sentence each; absent: of nothing. */
  readonly unprotected?: readonly string[];
  /** What changed since a former release whose lock is at hand; absent where none is, or a part of the release was asked for. */
  readonly changes?: ChangesReport;
  /** What takes longest, one after another, where nothing is in the store yet; absent where nothing says how long tasks take. */
  readonly criticalPath?: CriticalPath;
  /** Every node of the graph, in its order. */
  readonly nodes: readonly NodeReport[];
}

interface CriticalPath {
  /** By what tasks took when they were done, in this run or in an earlier one. */
  readonly seconds: number;
  /** Ids. */
  readonly nodes: readonly string[];
}

export interface ChangesReport {
  /** `v1-30-eks-4` */
  readonly since: string;
  /** Those that are not what they were, by name. */
  readonly projects: readonly string[];
  /** How many published programs became what. */
  readonly files: FileCounts;
  /** All of it, in Markdown. */
  readonly text: string;
}

/** A summary of the lock. */
export interface ReleaseReport {
  /** `v1-30-eks-5` */
  readonly name: ReleaseName;
  /** The digest that the lock carries. */
  readonly lock: Digest;
  readonly repository: string;
  /** Which of the two commits the pins were read from. */
  readonly tree: 'release' | 'tag';
  readonly releaseCommit?: { readonly commit: string; readonly date: string };
  readonly tag?: { readonly name: string; readonly commit: string; readonly date: string };
  /** How many projects it has, those that the run was not of too. */
  readonly projects: number;
  /** How many build inputs differ between the two. */
  readonly differences: number;
}

export interface ProjectReport {
  /** `etcd-io/etcd` */
  readonly name: string;
  readonly repository: string;
  readonly tag: string;
  /** As in the lock: an id, `unresolved`, or `absent`. */
  readonly commit: string;
  readonly go?: GoReport;
  /** The release's patches, in the order in which they are applied. */
  readonly patches: readonly PatchReport[];
  /** The user's own, after them. */
  readonly userPatches: readonly PatchReport[];
  /** Empty files beside those of the checkout when it is compiled: for them, Go stamps it as modified. */
  readonly markers: readonly string[];
  /** What the user accepted as the way it was really built, and where that stands. */
  readonly overlay?: { readonly file: string; readonly because: string };
  /** Whether this program has a recipe for it. */
  readonly hasRecipe: boolean;
  readonly totals: Totals;
}

/** The Go that built a project, by its lock. */
export interface GoReport {
  readonly version: string;
  /** Where upstream had it from: go.dev, EKS Distro's own RPMs, Amazon Linux 2's. */
  readonly flavour: GoFlavour;
  /** Where that stands, or by which rule. */
  readonly origin?: string;
  /** Where the version was read, as in the lock. */
  readonly read: string;
  readonly others: readonly { readonly version: string; readonly read: string }[];
  /** EKS Distro's own: what it is made of. Absent where its repository was out of reach: then the official one stood for it. */
  readonly build?: GoBuild;
}

interface PatchReport {
  readonly path: string;
  /** `unavailable` where the repository that was read lacks the file's content. */
  readonly sha256: Digest | 'unavailable';
}

/** A patch of Go, and where it stands. */
interface GoPatchReport {
  readonly path: string;
  readonly sha256: Digest;
  readonly repository: string;
  readonly commit: string;
}

export interface NodeReport {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly projects: readonly string[];
  /** Ids of the nodes that it needs. */
  readonly needs: readonly string[];
  /** How it ended in this run. */
  readonly end: NodeEnd;
  /** When it was begun, in seconds after `started` of the report; absent where it never was. */
  readonly began?: number;
  /** Wall clock in this run: next to nothing where it was cached, absent where it never started. */
  readonly seconds?: number;
  /** Absent where what it needs failed: then the key is not known. */
  readonly key?: Digest;
  /** The values whose digest the key is. */
  readonly inputs?: unknown;
  /** Its output; absent where it did not succeed. */
  readonly tree?: Digest;
  /** What the deed took when it was done, in this run or in an earlier one. */
  readonly secondsWhenRun?: number;
  /** Of a toolchain: the patches that it is made by, in order. */
  readonly patches?: readonly GoPatchReport[];
  /** What is to be known of how the output was made, a sentence each. */
  readonly notes: readonly string[];
  /** The commands of that deed. */
  readonly commands: readonly CommandRecord[];
}

/**
 * Seconds that this run spent on nodes of one project only (what several projects share is none's own), by project.
 * A project whose nodes all came from the store is left out.
 */
export function secondsByProject(nodes: readonly NodeReport[]): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>();
  for (const node of nodes) {
    const owner = ownerOf(node);
    if (owner === shared || node.seconds === undefined) continue;
    if (node.end.status === 'cached' || node.end.status === 'skipped') continue;
    seconds.set(owner, (seconds.get(owner) ?? 0) + node.seconds);
  }
  return seconds;
}
