import type { Digest } from '../../core/digest.ts';
import type { Platform } from '../../core/platform.ts';
import type { FileVerdict, VerdictName } from './verdict.ts';

/** A program in an image: whose file it is. */
export interface ProgramInImage {
  readonly project: string;
  readonly platform: Platform;
  readonly file: string;
  /**
   * Of a program in C: the image that compiled it, as a reference with a digest, and what came; nothing was ever published
   * that it could be compared with.
   */
  readonly compiled?: { readonly by: string; readonly sha256?: Digest };
}

/** A program in an image that is not what was published. */
export interface UnverifiedProgram extends ProgramInImage {
  readonly verdict: VerdictName;
  readonly why: string;
}

/**
 * The programs of an image whose bytes are not those that were published, but for those of which nothing is published
 * because upstream's own could not come out again.
 */
export function unverifiedPrograms(
  programs: readonly ProgramInImage[],
  verdicts: readonly FileVerdict[],
): readonly UnverifiedProgram[] {
  return programs.flatMap((program) => {
    if (program.compiled !== undefined) return [];
    const found = verdicts.find(
      ({ project, platform, name }) =>
        project === program.project && platform === program.platform && name === program.file,
    );
    if (found?.verdict === 'identical') return [];
    const { verdict, why } = found ?? { verdict: 'no-expectation', why: 'No published hash speaks of it.' };
    return [{ ...program, verdict, why }];
  });
}
