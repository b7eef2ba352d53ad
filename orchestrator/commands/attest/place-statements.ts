import { byCodeUnit } from '../../core/canonical-json.ts';
import { asDigest, type Digest } from '../../core/digest.ts';
import type { RelativePath } from '../../core/relative-path.ts';
import { placeOfStatement } from '../../statement/place.ts';
import { isPredicateType, summaryType } from '../../statement/predicates.ts';
import type { Statement, Subject } from '../../statement/statement.ts';

/** A statement, and where it lies for whoever has one of its subjects. */
export interface Placed {
  readonly statement: Statement;
  /** By the SHA-256 of a subject; of a summary, which speaks of all files, by that of the lock alone. */
  readonly places: ReadonlyMap<Digest, RelativePath>;
}

/** Sorted by the names of what they are about. What is said of the same bytes under several names is numbered in that order. */
export function placeStatements(statements: readonly Statement[], isSigned: boolean): readonly Placed[] {
  const counts = new Map<string, number>();
  const nameOf = ({ subject: [first] }: Statement) => first?.name ?? '';
  const sorted = [...statements].sort((a, b) => byCodeUnit(nameOf(a), nameOf(b)));
  return sorted.map((statement) => {
    const { subject, predicateType: type } = statement;
    if (!isPredicateType(type)) throw new Error(`nobody knows where a statement of ${type} lies`);
    const digests = new Set(subject.map(digestOfSubject));
    const found = type === summaryType ? [...digests].slice(0, 1) : [...digests];
    const places = found.map((digest) => {
      const at = (counts.get(`${digest} ${type}`) ?? 0) + 1;
      counts.set(`${digest} ${type}`, at);
      return [digest, placeOfStatement(digest, type, isSigned, at)] as const;
    });
    return { statement, places: new Map(places) };
  });
}

export function digestOfSubject({ digest }: Subject): Digest {
  return asDigest(digest['sha256'] ?? '');
}
