import { z } from 'zod';
import { digest, goVersion, platform, projectName, releaseName, tagName } from '../../config/fields.ts';
import { decodeJson } from '../../config/json.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { verdictNames } from '../verify/verdict.ts';
import { soundness, unsoundIn } from './sound.ts';

const text = z.string().min(1).max(10_000);

/** What was found out of a file that is not as published, or was not made. */
const cause = z.strictObject({
  /** The rule that found it (`link-values`), or what a failure is called (`command-failed`). */
  kind: z
    .string()
    .regex(/^[a-z]+(-[a-z]+)*$/)
    .max(64),
  text,
  /** Of a difference alone. */
  confidence: z.enum(['confirmed', 'high', 'medium', 'low']).optional(),
});

/**
 * What one rebuilder says of one published file, for good: trouble of the machine is no word on a file, and no time or place is in it, so
 * that who does it again writes the same bytes. One line of `<release>.jsonl`; members in this order.
 */
export const recordSchema = z
  .strictObject({
    schema: z.literal(1),
    release: releaseName,
    /** The day on which it was released. */
    date: z.iso.date(),
    project: projectName,
    platform,
    /** As published; `*`: all files of a task that failed before it was known which it makes. */
    name: text,
    verdict: z.enum(verdictNames).exclude(['infra-failed']),
    comparable: z.boolean(),
    authority: z.enum(['built', 'unchecked', 'copied', 'absent']),
    /** The published SHA-256. */
    expected: digest.optional(),
    /** What was built, where it is not the expected. */
    found: digest.optional(),
    /** What was built: the tag of the source, and its Go. */
    version: tagName,
    go: goVersion.optional(),
    /** What stands for all that the build depends on, as far as a plan knows it: records that have the same come of one build. */
    build: digest.optional(),
    cause: cause.optional(),
    /** Who says so: `eksd-rebuild 0.1.0`. */
    by: text,
  })
  .superRefine((record, context) => {
    for (const { member, message } of unsoundIn(record))
      context.addIssue({ code: 'custom', path: [member], message });
  })
  .meta(soundness);
export type FileRecord = z.infer<typeof recordSchema>;

/** The most that a file of records has, in UTF-16 code units: a release has a hundred, of 400 each. */
const most = 2 ** 24;

/**
 * Reads the records of a file, each line one. Errors: `configuration`, the first line that is none. @param place as it is shown.
 */
export function readRecords(content: string, place: string): Result<readonly FileRecord[], Failure> {
  const { records, failures } = readRecordsApart(content, place);
  return failures[0] === undefined ? ok(records) : err(failures[0]);
}

/** The same for whoever takes what can be read: the records, and what is wrong with each other line. */
export function readRecordsApart(
  content: string,
  place: string,
): { readonly records: readonly FileRecord[]; readonly failures: readonly Failure[] } {
  const [records, failures]: [FileRecord[], Failure[]] = [[], []];
  const lines = content.length > most ? [content] : content.split('\n');
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const record = decodeJson(line, place, recordSchema, most);
    if (record.ok) records.push(record.value);
    else failures.push(onLine(record.error, index));
  }
  return { records, failures };
}

function onLine(failure: Failure, index: number): Failure {
  if (failure.reason !== 'configuration') return failure;
  const diagnostics = failure.diagnostics.map((each) => {
    const { location } = each;
    if (location.line === undefined) return { ...each, message: `line ${index + 1} ${each.message}` };
    return { ...each, location: { ...location, line: location.line + index } };
  });
  return { ...failure, diagnostics };
}

/** The records of one release as a text: in code-unit order of project, platform and name, so that what changed is what differs. */
export function renderRecords(records: Iterable<FileRecord>): string {
  const sorted = [...records].sort(
    (a, b) =>
      byCodeUnit(a.project, b.project) || byCodeUnit(a.platform, b.platform) || byCodeUnit(a.name, b.name),
  );
  const members = Object.keys(recordSchema.shape);
  return sorted
    .map((record) => `${JSON.stringify(record, members.concat(Object.keys(cause.shape)))}\n`)
    .join('');
}
