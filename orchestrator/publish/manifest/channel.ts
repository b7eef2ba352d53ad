import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';

/** A `ReleaseChannel` of `distro.eks.amazonaws.com/v1alpha1`: which release of a branch is the latest, and who tells of the next. */
export interface ReleaseChannel {
  /** `1-30` */
  readonly name: string;
  readonly snsTopicArn?: string;
  readonly active: boolean;
  readonly latestRelease: number;
}

/** Errors: `configuration`, every complaint at its line and column. */
export declare function readReleaseChannel(text: string, file: string): Result<ReleaseChannel, Failure>;

export declare function writeReleaseChannel(channel: ReleaseChannel): string;
