import type { Json } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import { type Digest, digestOfJson } from '../../core/digest.ts';

/** The digest that seals a value, as its file has it: SHA-256 of the canonical JSON of all members but `digest`. */
export function sealOf(value: object): Digest {
  const { digest: _, ...rest } = toTexts(value) as { readonly digest?: string };
  return digestOfJson(rest as Json);
}

/** Numbers as they stand in the file: as text; what is undefined does not stand there. */
export function toTexts(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(toTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(defined(value)).map(([name, member]) => [name, toTexts(member)]));
}
