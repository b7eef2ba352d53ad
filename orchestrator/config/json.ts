import type { z } from 'zod';
import type { Failure } from '../core/failure.ts';
import { readJson } from '../core/json-text.ts';
import { err, ok, type Result } from '../core/result.ts';
import { complaintsOf } from './yaml.ts';
import { readYaml } from './yaml-document.ts';

/**
 * Reads JSON that others wrote, strictly (`core/json-text.ts`), and decodes it by a schema. Errors: `configuration`, what the schema
 * complains of at its line and column.
 * @param most UTF-16 code units: a longer text is not looked into.
 */
export function decodeJson<T>(
  text: string,
  place: string,
  schema: z.ZodType<T>,
  most: number,
): Result<T, Failure> {
  const refuse = (message: string) =>
    err({ reason: 'configuration' as const, diagnostics: [complaintOfAll(place, message)] });
  if (text.length > most) return refuse(`has more than ${most / 2 ** 20} MiB, which none needs`);
  const read = readJson(text);
  return read.ok ? checkJson(read.value, text, place, schema) : refuse(read.error);
}

/** The same of what was read already. @param text what it was read from; another text of the same value gives other places. */
export function checkJson<T>(
  value: unknown,
  text: string,
  place: string,
  schema: z.ZodType<T>,
): Result<T, Failure> {
  const decoded = schema.safeParse(value);
  if (decoded.success) return ok(decoded.data);
  // JSON is YAML, of which we have the places; one that is too much for a file that people write is complained of as a whole.
  const nodes = readYaml(text);
  const contents = nodes.ok ? nodes.value.contents : null;
  return err({
    reason: 'configuration',
    diagnostics: complaintsOf(decoded.error.issues, place, text, contents),
  });
}

function complaintOfAll(file: string, message: string) {
  return { severity: 'error' as const, message, location: { file } };
}
