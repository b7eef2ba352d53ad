import {
  type Document,
  isMap,
  isNode,
  isPair,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import type { z } from 'zod';
import { type Diagnostic, locate } from '../core/diagnostic.ts';
import { err, ok, type Result } from '../core/result.ts';

/** A decoded text that still knows where each of its values stands. */
export interface Decoded<T> {
  readonly value: T;
  /** A complaint about the value at a path, for checks that the schema cannot make. */
  complain(path: readonly PropertyKey[], message: string, help?: string): Diagnostic;
}

/**
 * Reads YAML with every scalar left as text (`1.20` is no number) and decodes it by a schema.
 * Errors: every complaint of the parser or of the schema, at its line and column.
 */
export function decodeYaml<T>(
  file: string,
  text: string,
  schema: z.ZodType<T>,
): Result<Decoded<T>, readonly Diagnostic[]> {
  const document = parseDocument(text, {
    schema: 'failsafe',
    lineCounter: new LineCounter(),
    prettyErrors: false,
  });
  const complaints = [...document.errors, ...document.warnings];
  if (complaints.length > 0) {
    return err(
      complaints.map((error) => ({
        severity: 'error' as const,
        message: `malformed YAML: ${error.message}`,
        location: locate(file, text, Math.min(error.pos[0], text.length), error.pos[1]),
      })),
    );
  }
  const diagnostic = (start: number, end: number, message: string, help?: string): Diagnostic => {
    const location = locate(file, text, start, end);
    return { severity: 'error', message, location, help };
  };
  const complain = (path: readonly PropertyKey[], message: string, help?: string): Diagnostic => {
    const [start, end] = rangeOf(document, path, 'value');
    return diagnostic(start, end, message, help);
  };
  const complainOfName = (path: readonly PropertyKey[], message: string): Diagnostic => {
    const [start, end] = rangeOf(document, path, 'name');
    return diagnostic(start, end, message);
  };
  const decoded = schema.safeParse(document.toJS({ mapAsMap: false }));
  if (!decoded.success)
    return err(decoded.error.issues.flatMap((issue) => complaintsOf(issue, complain, complainOfName)));
  return ok({ value: decoded.data, complain });
}

function complaintsOf(
  issue: z.core.$ZodIssue,
  complain: Decoded<unknown>['complain'],
  complainOfName: Decoded<unknown>['complain'],
): readonly Diagnostic[] {
  const name = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      complainOfName([...issue.path, key], `unknown field ${JSON.stringify(key)}`),
    );
  }
  return [complain(issue.path, name === '' ? issue.message : `${name}: ${issue.message}`)];
}

/** The offsets of the scalar at a path, or of its name; of the nearest parent's name where there is none. */
function rangeOf(
  document: Document,
  path: readonly PropertyKey[],
  last: 'name' | 'value',
): readonly [number, number] {
  let node: Node | null = isNode(document.contents) ? document.contents : null;
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
