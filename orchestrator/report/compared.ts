import { countOf } from '../core/numbers.ts';
import type { Totals } from '../verdict/verify/summary.ts';
import { imageState } from './image-report.ts';
import type { RunReport } from './run-report.ts';
import { type Section, sectionOf } from './sections.ts';

const failed: readonly (Section | undefined)[] = ['infra-failed', 'build-failed', 'stopped'];

/** What of a run says how it ended, whether it comes from the run or from report.json. */
interface Ended {
  readonly exitCode: number;
  readonly interrupted: boolean;
  readonly files: readonly Parameters<typeof sectionOf>[0][];
  readonly images?: readonly Parameters<typeof imageState>[0][] | undefined;
}

/** Exit codes of a run that came to its end: all as published, some different, nothing to compare. */
const ends: readonly number[] = [0, 1, 5];

/** Whether something that was asked for was not made: the three counts alone do not say it, for own patches leave nothing to compare. */
export function hasFailed({ exitCode, interrupted, files, images = [] }: Ended): boolean {
  return (
    interrupted ||
    !ends.includes(exitCode) ||
    files.some((file) => failed.includes(sectionOf(file))) ||
    images.some((image) => imageState(image) === 'not-made')
  );
}

/** The same of a run. */
export function runFailed({ verdicts, ...run }: RunReport): boolean {
  return hasFailed({ ...run, files: verdicts, images: run.images });
}

/** What the three counts come to. */
export function comparedText({ identical, comparable }: Totals, isFailed: boolean): string {
  if (comparable === 0) return 'Nothing could be compared.';
  const others = comparable - identical;
  if (others > 0) return `${countOf(others, 'comparable is', 'comparable are')} not identical.`;
  return isFailed ? 'No comparable file differs, but not all was made.' : 'No comparable file differs.';
}
