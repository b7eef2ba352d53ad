import { canonicalJson, type Json } from '../../core/canonical-json.ts';
import { parseJson } from '../../core/json-text.ts';

/** A policy as canonical JSON. Undefined where the text is no JSON object. */
export function policyText(text: string): string | undefined {
  const policy = parseObject(text);
  return policy === undefined ? undefined : canonicalJson(policy);
}

/**
 * Whether two repository policies say the same. IAM keeps what it was given in other words: a list of one as that one, a list
 * in another order, an account's number as the ARN of its root.
 */
export function isSamePolicy(a: string, b: string): boolean {
  if (a === b) return true;
  const [first, second] = [parseObject(a), parseObject(b)];
  if (first === undefined || second === undefined) return false;
  return canonicalJson(plain(first)) === canonicalJson(plain(second));
}

function parseObject(text: string): Json | undefined {
  const value = parseJson(text);
  return value === undefined || Array.isArray(value) ? undefined : (value as Json);
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
