import type { Digest } from '../../core/digest.ts';
import type { VerdictName } from '../../verdict/verify/verdict.ts';
import { isOfImage, subjectName } from '../equivalence.ts';
import type { Claim } from './claim.ts';
import type { NamedSubject } from './look-into.ts';

/** What one rebuilder says came of one file, or of one image. */
export interface Assertion {
  /** Who says so: a signer of the policy; without one, the place. */
  readonly rebuilder: string;
  readonly what: 'file' | 'image';
  /** `etcd-io/etcd/linux/amd64/etcd`; of an image, `etcd-io/etcd`, and of one platform's `etcd-io/etcd#linux/amd64`. */
  readonly name: string;
  readonly verdict: VerdictName;
  readonly published?: Digest;
  /** Of an image, its digest. */
  readonly built?: Digest;
  readonly normalizers: readonly string[];
  readonly place: string;
}

/**
 * What a claim says of each file; of an image, what came of it, and of the programs in it. Nothing but equivalence says what came.
 * @param subject what it is said of, and what that is called.
 */
export function assertionsOf(
  claim: Claim,
  { name, digest }: NamedSubject,
  by: Pick<Assertion, 'rebuilder' | 'place'>,
): readonly Assertion[] {
  if (claim.kind !== 'equivalence') return [];
  const { equivalence } = claim;
  const { verdict, normalizers } = equivalence;
  if (!isOfImage(equivalence)) {
    const { published, built } = equivalence;
    const hashes = { published: published.sha256, built: built.sha256 };
    return [{ ...by, what: 'file', name: subjectName(equivalence), verdict, normalizers, ...hashes }];
  }
  return [
    { ...by, what: 'image', name, verdict, normalizers, built: digest },
    ...equivalence.files.map((file): Assertion => {
      return {
        ...{ ...by, what: 'file', name: subjectName(file), verdict: file.verdict, normalizers: [] },
        ...(file.published === undefined ? {} : { published: file.published.sha256 }),
        ...(file.built === undefined ? {} : { built: file.built.sha256 }),
      };
    }),
  ];
}
