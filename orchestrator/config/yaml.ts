import { isMap, isNode, isPair, isSeq, type Node, type Pair } from 'yaml';
import type { z } from 'zod';
import { type Diagnostic, locatorOf } from '../core/diagnostic.ts';
import { err, ok, type Result } from '../core/result.ts';
import { memberOf, namesOf, type Schema, schemaFor } from './members.ts';
import { nearestNames } from './nearest.ts';
import { readYaml, type Scalars } from './yaml-document.ts';

/** A decoded text that still knows where each of its values stands. */
export interface Decoded<T> {
  readonly value: T;
  /** A complaint about the value at a path, for checks that the schema cannot make. */
  complain(path: readonly PropertyKey[], message: string, help?: string): Diagnostic;
}

/**
 * Reads YAML and decodes it by a schema, with every scalar left as text unless it is said otherwise.
 * Errors: every complaint of the parser or of the schema, at its line and column.
 */
export function decodeYaml<T>(
  file: string,
  text: string,
  schema: z.ZodType<T>,
  scalars: Scalars = 'texts',
): Result<Decoded<T>, readonly Diagnostic[]> {
  const locate = locatorOf(file, text);
  const read = readYaml(text, scalars);
  if (!read.ok) {
    return err(atMost(read.error, ({ start, end, message }) => diagnosticAt(locate, [start, end], message)));
  }
  const { contents, value } = read.value;
  const decoded = schema.safeParse(value, contexts[scalars]);
  if (!decoded.success) {
    const nearest = (path: readonly PropertyKey[]) => nearestOf(schema, value, path);
    return err(complaintsOf(decoded.error.issues, file, text, contents, nearest));
  }
  return ok({ value: decoded.data, complain: complainer(locate, contents) });
}

/**
 * What a schema says against a text, at its line and column. @param contents the text as nodes; null: it is known as a whole alone.
 * @param nearest of an unknown field, what may be meant: a sentence.
 */
export function complaintsOf(
  issues: readonly z.core.$ZodIssue[],
  file: string,
  text: string,
  contents: Node | null,
  nearest: (path: readonly PropertyKey[]) => string | undefined = () => undefined,
): readonly Diagnostic[] {
  const locate = locatorOf(file, text);
  const complain = complainer(locate, contents);
  const complainOfName = (path: readonly PropertyKey[], message: string): Diagnostic =>
    diagnosticAt(locate, rangeOf(contents, path, 'name'), message, nearest(path));
  return atMost(issues.flatMap(singleIssues), (issue) => complaintOf(issue, complain, complainOfName));
}

/** The field that the last of a path comes nearest to: none where its object takes any. */
function nearestOf(schema: Schema, value: unknown, path: readonly PropertyKey[]): string | undefined {
  let [at, inside]: [Schema | undefined, unknown] = [schemaFor(schema, value), value];
  for (const name of path.slice(0, -1)) {
    const member: Schema | undefined = at && memberOf(at, String(name));
    inside = (inside as Readonly<Record<PropertyKey, unknown>>)[name];
    at = member && schemaFor(member, inside);
  }
  const [near] = nearestNames(String(path.at(-1)), at === undefined ? [] : namesOf(at));
  return near && `Is ${JSON.stringify(near)} meant?`;
}

/** What fields say that have no words of their own for it. */
const contexts: Readonly<Record<Scalars, z.core.ParseContext<z.core.$ZodIssue>>> = {
  texts: { error: whyNoFields },
  typed: {
    error: (issue) => {
      const { code, expected, input } = issue;
      if (code === 'invalid_type' && input === undefined) return 'missing';
      const isOther = code === 'invalid_type' && expected === 'string';
      return isOther ? expectedText : whyNoFields(issue);
    },
  },
};

function whyNoFields({ code, expected, input }: z.core.$ZodRawIssue): string | undefined {
  const isEmpty = code === 'invalid_type' && expected === 'object' && (input === null || input === '');
  return isEmpty ? 'there is nothing in it' : undefined;
}

export const expectedText = 'expected a text, in quotes where YAML takes it for something else';

type Locate = ReturnType<typeof locatorOf>;

function complainer(locate: Locate, contents: Node | null): Decoded<unknown>['complain'] {
  return (path, message, help) => diagnosticAt(locate, rangeOf(contents, path, 'value'), message, help);
}

function diagnosticAt(
  locate: Locate,
  [start, end]: readonly [number, number],
  message: string,
  help?: string,
): Diagnostic {
  return { severity: 'error', message, location: locate(start, end), help };
}

/** One for each thing that is wrong; of alternatives, that is what is wrong with the one that the value comes nearest to. */
function singleIssues(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ ...issue, keys: [key] }));
  if (issue.code !== 'invalid_union') return [issue];
  const options = issue.errors.map((errors) => errors.flatMap(singleIssues));
  const depth = (errors: readonly z.core.$ZodIssue[]) =>
    Math.max(0, ...errors.map(({ path }) => path.length));
  const deepest = Math.max(0, ...options.map(depth));
  const nearest = options.filter((errors) => depth(errors) === deepest);
  if (deepest === 0 || nearest.length > 1) return [issue];
  return nearest.flat().map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
}

/** So many complaints are read by nobody, and each takes its time to be found in a large text. */
const mostComplaints = 50;

/** A complaint about each, and how many more there are in the place of what would be too many. */
function atMost<T>(items: readonly T[], complaintOf: (item: T) => Diagnostic): readonly Diagnostic[] {
  const shown = items.slice(0, mostComplaints).map(complaintOf);
  const more = items.length - shown.length;
  const last = shown.at(-1);
  if (more === 0 || last === undefined) return shown;
  return [...shown.slice(0, -1), { ...last, help: `There are ${more} more complaints.` }];
}

function complaintOf(
  issue: z.core.$ZodIssue,
  complain: Decoded<unknown>['complain'],
  complainOfName: Decoded<unknown>['complain'],
): Diagnostic {
  const name = issue.path.map(String).join('.');
  if (issue.code === 'invalid_key') {
    const [why] = issue.issues;
    return complainOfName(issue.path, `${name}: ${why?.message ?? issue.message}`);
  }
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return complainOfName([...issue.path, key], `unknown field ${JSON.stringify(key)}`);
  }
  return complain(issue.path, name === '' ? issue.message : `${name}: ${issue.message}`);
}

/** The offsets of the scalar at a path, or of its name; of the nearest parent's name where there is none. */
function rangeOf(
  contents: Node | null,
  path: readonly PropertyKey[],
  last: 'name' | 'value',
): readonly [number, number] {
  let node = contents;
  let range = rangeOfNode(node) ?? [0, 1];
  for (const [index, segment] of path.entries()) {
    let next: unknown = null;
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        (item) => isNode(item.key) && String(item.key) === String(segment),
      );
      if (pair === undefined) return range;
      next = pair.value;
      const key = isNode(pair.key) ? rangeOfNode(pair.key) : undefined;
      const value = isNode(next) && !isMap(next) && !isSeq(next) ? rangeOfNode(next) : undefined;
      range = (index === path.length - 1 && last === 'value' ? (value ?? key) : key) ?? range;
    } else if (isSeq(node)) {
      next = node.items[Number(segment)];
      if (isPair(next)) return range;
      range = (isNode(next) ? rangeOfNode(next) : undefined) ?? range;
    } else return range;
    node = isNode(next) ? next : null;
  }
  return range;
}

function rangeOfNode(node: Node | null): readonly [number, number] | undefined {
  return node?.range ? [node.range[0], Math.max(node.range[1], node.range[0] + 1)] : undefined;
}
