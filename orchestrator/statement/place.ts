import type { Digest } from '../core/digest.ts';
import type { RelativePath } from '../core/relative-path.ts';
import { kindOf, type PredicateType } from './predicates.ts';

/**
 * Where a statement lies below the folder, or the URL, of a rebuilder's statements: by the SHA-256 of its subject, so that it is found
 * without a listing. A signed one is a Sigstore bundle.
 * @param at from 1: which one, where the same bytes go by several names, and more than one is said of them.
 */
export function placeOfStatement(
  subject: Digest,
  type: PredicateType,
  isSigned: boolean,
  at = 1,
): RelativePath {
  const name = at === 1 ? kindOf(type) : `${kindOf(type)}-${at}`;
  return `sha256/${subject}/${name}.${isSigned ? 'sigstore' : 'intoto'}.json` as RelativePath;
}
