import type { Digest } from '../../core/digest.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';

/** A file that was built and is not the published one. */
export type DifferentFile = FileVerdict & { readonly expected: Digest; readonly found: Digest };

export function isDifferent(verdict: FileVerdict): verdict is DifferentFile {
  return verdict.verdict === 'different' && verdict.expected !== undefined && verdict.found !== undefined;
}
