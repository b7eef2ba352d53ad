import { canonicalJson, type Json } from '../../core/canonical-json.ts';
import { readJson } from '../../core/json-text.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** A policy as canonical JSON. Errors: why the text is none, as the end of a sentence. */
export function policyText(text: string): Result<string, string> {
  const policy = readObject(text);
  return policy.ok ? ok(canonicalJson(policy.value)) : policy;
}

/**
 * Whether two repository policies say the same. IAM keeps what it was given in other words: a list of one as that one, a list
 * in another order, an account's number as the ARN of its root.
 */
export function isSamePolicy(a: string, b: string): boolean {
  if (a === b) return true;
  const [first, second] = [readObject(a), readObject(b)];
  return first.ok && second.ok && canonicalJson(plain(first.value)) === canonicalJson(plain(second.value));
}

function readObject(text: string): Result<Json, string> {
  const read = readJson(text);
  if (!read.ok) return read;
  return Array.isArray(read.value) ? err('holds no JSON object') : ok(read.value as Json);
}

function plain(value: Json): Json {
  if (typeof value === 'string') return /^arn:[^:]+:iam::([0-9]{12}):root$/.exec(value)?.[1] ?? value;
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) {
    const [only, ...others] = value;
    if (only !== undefined && others.length === 0) return plain(only);
    return value.map(plain).sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
