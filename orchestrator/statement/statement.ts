import { z } from 'zod';
import { decodeJson } from '../config/json.ts';
import { byCodeUnit, canonicalJson, type Json } from '../core/canonical-json.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';

/** The media type of a statement: of a DSSE envelope's payload, of a file that holds one alone. */
export const payloadType = 'application/vnd.in-toto+json';

const statementType = 'https://in-toto.io/Statement/v1';

/** The most that a statement has, in bytes. An SBOM of the largest image has a tenth. */
export const mostOfStatement = 2 ** 25;

/** What something is said of. */
export interface Subject {
  /** What it goes by among the subjects; who checks goes by the digest. */
  readonly name: string;
  /** By algorithm, lower-case hexadecimal; always with `sha256`. */
  readonly digest: Readonly<Record<string, string>>;
}

/** What is said of some artifacts: in-toto's Statement, version 1. */
export interface Statement {
  readonly subject: readonly Subject[];
  /** A URI. */
  readonly predicateType: string;
  /** An object. */
  readonly predicate: Json;
}

const uri = z
  .string('expected a URI')
  .max(1024, 'longer than any that is in use')
  .regex(/^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$/, 'expected a URI');

/** Bits, by the names that in-toto gives to algorithms. What other ones say proves nothing. */
const lengths: ReadonlyMap<string, number> = new Map([
  ['sha256', 256],
  ['sha384', 384],
  ['sha512', 512],
  ['gitCommit', 160],
]);

const digestSet = z.record(z.string(), z.string()).superRefine((digests, context) => {
  const complain = (message: string, path: readonly string[] = []) =>
    context.addIssue({ code: 'custom', message, path: [...path] });
  if (!Object.hasOwn(digests, 'sha256')) complain('has no sha256, by which alone an artifact is known here');
  for (const [name, value] of Object.entries(digests)) {
    const bits = lengths.get(name);
    if (bits === undefined) complain('an algorithm that nothing is trusted by here', [name]);
    else if (!new RegExp(`^[0-9a-f]{${bits / 4}}$`).test(value))
      complain(`expected ${bits / 4} lower-case hexadecimal characters`, [name]);
  }
});

const subjectSchema = z.strictObject({
  name: z.string('expected a name').min(1, 'expected a name').max(1024, 'longer than any name'),
  digest: digestSet,
  // What else in-toto's ResourceDescriptor has. A subject is known by its digest alone.
  uri: uri.optional(),
  downloadLocation: uri.optional(),
  mediaType: z.string().optional(),
  annotations: z.looseObject({}).optional(),
});

/** Of ours, the largest has the files of one release, some 300. */
const mostSubjects = 10_000;

const subjects = z
  .array(subjectSchema, 'expected a list of subjects')
  .min(1, 'nothing that something is said of')
  .max(mostSubjects, 'more than any release has')
  .superRefine((given, context) => {
    const names = new Set<string>();
    for (const [at, { name }] of given.entries()) {
      if (names.has(name))
        context.addIssue({
          code: 'custom',
          message: `there is a ${JSON.stringify(name)} already`,
          path: [at, 'name'],
        });
      names.add(name);
    }
  });

const statementSchema = z.strictObject({
  _type: z.literal(statementType, `expected ${statementType}`),
  subject: subjects,
  predicateType: uri,
  /** As it is: its reader checks it. */
  predicate: z
    .custom<{ readonly [name: string]: Json }>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      'expected an object',
    )
    .refine((value) => hasOneText(value), 'holds a number that JSON has no one text for: -0, or too large'),
});

/** Whether it is what canonical JSON can hold: `JSON.parse` makes infinity of 1e999. */
function hasOneText(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value !== 'object' || value === null || Object.values(value).every(hasOneText);
}

/**
 * Reads a statement of in-toto, version 1. What programs take in different ways is not let pass: names twice, further members, a
 * subject without a SHA-256, or with the name of another. What its predicate holds is for the reader of that type to check.
 * Errors: `configuration`, every complaint at its line and column.
 * @param place where the text is from, as complaints give it.
 */
export function readStatement(text: string, place: string): Result<Statement, Failure> {
  const read = decodeJson(text, place, statementSchema, mostOfStatement);
  if (!read.ok) return read;
  const { subject, predicateType, predicate } = read.value;
  return ok({
    subject: subject.map(({ name, digest }) => ({ name, digest })),
    predicateType,
    predicate,
  });
}

/** Canonical JSON, one text for one statement: subjects in code-unit order of their names. */
export function statementText({ subject, predicateType, predicate }: Statement): string {
  const members = [...subject]
    .sort((a, b) => byCodeUnit(a.name, b.name))
    .map(({ name, digest }) => ({ name, digest }));
  return canonicalJson({ _type: statementType, subject: members, predicateType, predicate });
}
