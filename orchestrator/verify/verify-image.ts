import type { Platform } from '../core/platform.ts';
import type { FileVerdict, VerdictName } from './verdict.ts';

/** A program in an image: whose file it is. */
export interface ProgramInImage {
  readonly project: string;
  readonly platform: Platform;
  readonly file: string;
}

/** A program in an image that is not what was published. */
export interface UnverifiedProgram extends ProgramInImage {
  readonly verdict: VerdictName;
  readonly why: string;
}

/** The programs of an image whose bytes are not those that were published. An image is verified where there is none. */
export function unverifiedPrograms(
  programs: readonly ProgramInImage[],
  verdicts: readonly FileVerdict[],
): readonly UnverifiedProgram[] {
  return programs.flatMap((program) => {
    const found = verdicts.find(
      ({ project, platform, name }) =>
        project === program.project && platform === program.platform && name === program.file,
    );
    if (found?.verdict === 'identical') return [];
    const { verdict, why } = found ?? { verdict: 'no-expectation', why: 'No published hash speaks of it.' };
    return [{ ...program, verdict, why }];
  });
}
