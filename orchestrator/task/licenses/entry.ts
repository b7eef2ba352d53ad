import type { CollectedModule } from './collect.ts';

/** What ATTRIBUTION.txt says of a module, or of a part of one that has a licence of its own. */
export interface LicenseEntry {
  /** `github.com/a/b`, `github.com/a/b/internal/c` */
  readonly name: string;
  readonly module: CollectedModule;
  /** SPDX ids in code-unit order; empty where none was recognised. */
  readonly ids: readonly string[];
  /** Source files below the module that the licence stands in; empty where it is of everything below a folder. */
  readonly sources: readonly string[];
  readonly copyrights: readonly string[];
  readonly texts: readonly LicenseText[];
  /** `none`: nobody says under which licence it is. `unknown`: it has one that was not recognised, or only in part. */
  readonly trouble: 'none' | 'unknown' | undefined;
}

export interface LicenseText {
  /** Below LICENSES. */
  readonly path: string;
  readonly text: string;
  /** The file whose bytes are taken; undefined where the text comes out of a comment. */
  readonly from: string | undefined;
}
