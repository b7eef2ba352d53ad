import type { Authority } from '../../config/lock/lock.ts';
import type { Digest } from '../../core/digest.ts';
import type { FileRecord } from '../../verdict/record/record.ts';

/** What somebody said of a file. */
export type Said = Pick<FileRecord, 'verdict' | 'comparable' | 'found' | 'build' | 'cause' | 'by'>;

/** A published file of a release, and what is known of it. */
export interface AtlasFile {
  readonly platform: string;
  readonly name: string;
  /** The published SHA-256; absent where none speaks of it. */
  readonly expected?: Digest | undefined;
  readonly authority: Authority;
  /** Absent: not known yet. */
  readonly said?: Said | undefined;
}

interface AtlasPatch {
  readonly path: string;
  readonly sha256: string;
  readonly subject?: string | undefined;
  readonly fixes?: readonly string[] | undefined;
}

/** A project of a release: what its lock pins, where there is one, or what its records say. */
export interface AtlasProject {
  readonly name: string;
  readonly version: string;
  readonly repository?: string | undefined;
  readonly commit?: string | undefined;
  readonly go?: string | undefined;
  /** Whose Go: `official`, `eks-go`, `al2-rpm`. */
  readonly flavour?: string | undefined;
  readonly patches: readonly AtlasPatch[];
  /** By platform and name. */
  readonly files: readonly AtlasFile[];
}

export interface AtlasBase {
  readonly name: string;
  readonly tag: string;
  readonly digest?: string | undefined;
}

/** A release as far as locks and records know it. */
export interface AtlasRelease {
  readonly name: string;
  /** `1-30` */
  readonly branch: string;
  /** Its place in its branch; 0 where no lock says it. */
  readonly number: number;
  /** `2024-05-28`; empty where nothing says it. */
  readonly date: string;
  /** The commit of upstream's that the pins were read from; absent where there is no lock. */
  readonly upstream?: { readonly repository: string; readonly commit?: string | undefined } | undefined;
  /** What stands for its lock and recipes, of which more is asked than is in this; absent where there is no lock. */
  readonly source?: string | undefined;
  /** What of it could not be read: a sentence each. */
  readonly troubles?: readonly string[];
  readonly baseImages: readonly AtlasBase[];
  /** In code-unit order. */
  readonly projects: readonly AtlasProject[];
}

/** A project with the release that has it so. */
export interface AtlasUse {
  readonly release: AtlasRelease;
  readonly project: AtlasProject;
}

/** A file with all that it is part of. */
export interface AtlasRow extends AtlasUse {
  readonly file: AtlasFile;
}

export function usesOf(releases: readonly AtlasRelease[]): readonly AtlasUse[] {
  return releases.flatMap((release) => release.projects.map((project) => ({ release, project })));
}

export function rowsOf(releases: readonly AtlasRelease[]): readonly AtlasRow[] {
  return usesOf(releases).flatMap((use) => use.project.files.map((file) => ({ ...use, file })));
}
