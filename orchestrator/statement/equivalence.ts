import { z } from 'zod';
import { digest, platform, projectName, releaseName } from '../config/fields.ts';
import type { Json } from '../core/canonical-json.ts';
import type { Failure } from '../core/failure.ts';
import { whyStrangePath } from '../core/relative-path.ts';
import { ok, type Result } from '../core/result.ts';
import { type VerdictName, verdictNames } from '../verdict/verify/verdict.ts';
import { checkPredicate, refuseStatement } from './check-predicate.ts';
import { equivalenceType } from './predicates.ts';
import type { Statement, Subject } from './statement.ts';

/** A sentence or a name that a person may be shown. */
const text = z.string().min(1).max(10_000);
/** As published, below no folder: `etcdctl`. */
const file = z
  .string()
  .refine((given) => whyStrangePath(given) === undefined, "expected a file's name, such as etcdctl");
const oneOf = <const T extends readonly string[]>(names: T) =>
  z.enum(names, `expected one of ${names.join(', ')}`);
const verdict = oneOf(verdictNames);
const authority = oneOf(['built', 'unchecked', 'copied', 'absent']);

/** The hash that was published, and how far it can be trusted (`authority` of a lock). */
const published = z.strictObject({
  sha256: digest,
  authority,
  /** `file:line` in upstream's tree. */
  where: text.optional(),
});
const built = z.strictObject({ sha256: digest });

const common = {
  release: releaseName,
  /** The digest that the lock carries. */
  lock: digest,
  project: projectName,
  verdict,
  /** What was set aside before the two were compared, by name; none for the published bytes themselves. */
  normalizers: z.array(text),
};

const ofFile = z.strictObject({
  ...common,
  platform,
  file,
  published,
  built,
  /** Why they differ, where that is known. */
  cause: text.optional(),
});

const ofImage = z.strictObject({
  ...common,
  /** The repository below a registry's prefix. */
  image: text,
  tag: text,
  /** The programs in it; `verdict` is the worst of theirs. */
  files: z.array(
    z.strictObject({
      project: projectName,
      platform,
      file,
      verdict,
      published: published.optional(),
      built: built.optional(),
    }),
  ),
});

/** The predicate; pages and schemas of docs/predicates/ are made of it. */
export const equivalenceSchema = z.union([ofFile, ofImage]);

/** What one rebuilder says of one published file. The subject is what was published. */
export type Equivalence = z.infer<typeof ofFile>;

/**
 * The same of an image that was made here, by the programs in it: no digest of upstream's image can come out again. The subject is our image.
 */
export type ImageEquivalence = z.infer<typeof ofImage>;

export function isOfImage(given: Equivalence | ImageEquivalence): given is ImageEquivalence {
  return 'image' in given;
}

/** `etcd-io/etcd/linux/amd64/etcdctl`: what a file is called as a subject. */
export function subjectName({
  project,
  platform,
  file,
}: {
  readonly project: string;
  readonly platform: string;
  readonly file: string;
}): string {
  return `${project}/${platform}/${file}`;
}

export function equivalenceStatement(given: Equivalence): Statement {
  const subject = { name: subjectName(given), digest: { sha256: given.published.sha256 } };
  return { subject: [subject], predicateType: equivalenceType, predicate: given as unknown as Json };
}

/** @param subject the image's index, and the image of each platform: `imageSubjects`. */
export function imageEquivalenceStatement(given: ImageEquivalence, subject: readonly Subject[]): Statement {
  return { subject, predicateType: equivalenceType, predicate: given as unknown as Json };
}

/**
 * What a statement says. Errors: `configuration`: it is of another type, has further members, is about another file than its
 * subject, or says `identical` of two hashes.
 */
export function readEquivalence(
  statement: Statement,
  place: string,
): Result<Equivalence | ImageEquivalence, Failure> {
  // Not the union of both: a complaint is about the one that it means to be.
  const isImage =
    typeof statement.predicate === 'object' && Object.hasOwn(statement.predicate ?? {}, 'image');
  const schema: z.ZodType<Equivalence | ImageEquivalence> = isImage ? ofImage : ofFile;
  const read = checkPredicate(statement, place, equivalenceType, schema);
  if (!read.ok) return read;
  const why = whyWrong(read.value, statement);
  return why === undefined ? ok(read.value) : refuseStatement(place, why);
}

function whyWrong(given: Equivalence | ImageEquivalence, { subject }: Statement): string | undefined {
  if (isOfImage(given)) {
    const strange = subject.find(({ name }) => name.split('#')[0] !== given.image);
    if (strange !== undefined) return `is about ${given.image}, and has a subject ${strange.name}`;
    if (given.verdict !== worstOf(given.files.map((file) => file.verdict)))
      return `says ${given.verdict}, which is not the worst that it says of a program in the image`;
    return given.files.map(whyContrary).find((why) => why !== undefined);
  }
  const [only, ...more] = subject;
  if (only === undefined || more.length > 0) return 'is about one file, and has several subjects';
  if (only.name !== subjectName(given))
    return `is about ${subjectName(given)}, and its subject is ${only.name}`;
  if (only.digest['sha256'] !== given.published.sha256)
    return 'names another published hash than that of its subject';
  return whyContrary(given);
}

/** A verdict that its own hashes speak against. */
function whyContrary(
  given: Pick<ImageEquivalence['files'][number], 'file' | 'verdict' | 'published' | 'built'>,
): string | undefined {
  const isSame = given.published !== undefined && given.published.sha256 === given.built?.sha256;
  if (isSame === (given.verdict === 'identical')) return undefined;
  return `says ${given.verdict} of ${given.file}, and its hashes are ${isSame ? 'one' : 'two'}`;
}

/** The gravest of some verdicts; `no-expectation` of none: then nothing was compared. */
export function worstOf(verdicts: readonly VerdictName[]): VerdictName {
  const worst = Math.max(-1, ...verdicts.map((each) => verdictNames.indexOf(each)));
  return verdictNames[worst] ?? 'no-expectation';
}
