import type { Lock } from '../config/lock/lock.ts';
import type { Overlay } from '../config/lock/overlay.ts';
import type { Digest } from '../core/digest.ts';
import type { Plan, PlanInput } from '../plan/plan.ts';
import type { RunReport } from '../report/run-report.ts';

/** A file that a build was made of, by a path that says what it is. */
export interface NamedDigest {
  readonly path: string;
  readonly sha256: Digest;
}

/** What a report does not have of what was built from: files, by SHA-256. */
export interface Materials {
  /** By project: its recipe, and the Dockerfiles beside it: `project.yaml`. */
  readonly recipes: ReadonlyMap<string, readonly NamedDigest[]>;
  /** By the node of a build: what in its patched source says which bytes its modules have: `go.sum`, `tools/go.sum`. */
  readonly sums: ReadonlyMap<string, readonly NamedDigest[]>;
  /** By the name of a base image of our own: what it is made by, of it and of those that it stands on: `<name>/al2.lock.yaml`. */
  readonly bases: ReadonlyMap<string, readonly NamedDigest[]>;
}

/** A run that came to its end: all that statements are made of. */
export interface MadeBy {
  readonly report: RunReport;
  readonly prepared: {
    readonly lock: Lock;
    readonly plan: Plan;
    readonly planInput: Pick<PlanInput, 'lock' | 'method' | 'images' | 'recipes' | 'release'>;
    readonly accepted: Overlay['projects'];
  };
  readonly materials: Materials;
}
