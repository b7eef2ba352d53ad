/** The types of predicates that are written here or read: by the documents that define them. Ours have a page each in docs/predicates/. */
export const provenanceType = 'https://slsa.dev/provenance/v1';
export const summaryType = 'https://slsa.dev/verification_summary/v1';
export const equivalenceType = 'urn:eksd-rebuild:equivalence:1';
/** Of a result that machines share: no statement of a file, and none that trust is asked about. */
export const sharedResultType = 'urn:eksd-rebuild:shared-result:1';
export const spdxType = 'https://spdx.dev/Document';
export const cyclonedxType = 'https://cyclonedx.org/bom';
export const vexType = 'https://openvex.dev/ns/v0.2.0';

/** What a statement is called where statements lie by digest (`place.ts`), by the type of its predicate. */
const kinds = {
  [provenanceType]: 'provenance',
  [equivalenceType]: 'equivalence',
  [summaryType]: 'summary',
  [spdxType]: 'spdx',
  [cyclonedxType]: 'cyclonedx',
  [vexType]: 'vex',
} as const;

export type PredicateType = keyof typeof kinds;
export type StatementKind = (typeof kinds)[PredicateType];

export const predicateTypes = Object.keys(kinds) as readonly PredicateType[];

export function isPredicateType(text: string): text is PredicateType {
  return Object.hasOwn(kinds, text);
}

export function kindOf(type: PredicateType): StatementKind {
  return kinds[type];
}
