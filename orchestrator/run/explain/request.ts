import type { Say } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';
import type { NodeOutcome } from '../../engine/run.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import type { OpenRun } from '../prepare/open-run.ts';
import type { Prepared } from '../prepare/prepare.ts';
import type { Processes } from '../wiring/tools.ts';

/** A search that was asked for. */
export interface ExplainRequest {
  /** How long to search, in minutes. */
  readonly budget: number;
  /** What the user has of the published files: a file, a folder, an archive, an image, a URL. */
  readonly published?: string;
  /** Has diffoscope compare each pair of files as well. */
  readonly diffoscope?: boolean;
  /** Which of the files that differ are looked into. */
  readonly isAsked: (verdict: FileVerdict) => boolean;
  /** Whether these are some of them: then nothing is told on the screen of the others. Known once `check` was called. */
  readonly isPart: () => boolean;
  /**
   * Whether what was asked for is in the release, and what it takes is there; asked before anything is built. Gives what stands for
   * `published` from then on: a URL was fetched.
   */
  readonly check: (prepared: Prepared) => Promise<Result<string | undefined, Failure>>;
}

/** A run, and what it was done with. */
export interface FinishedBuilds {
  readonly opened: OpenRun;
  readonly outcomes: ReadonlyMap<NodeId, NodeOutcome>;
  readonly processes: Processes;
  readonly say: Say;
}
