import { Document, isMap, isSeq, visit } from 'yaml';
import type { z } from 'zod';
import type { Json } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { digestOfJson } from '../../core/digest.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { decodeYaml } from '../yaml.ts';

/** How a sealed file is written: its comment, and the members whose entries stand one to a line. */
export interface SealedForm {
  readonly header: string;
  readonly compact: ReadonlySet<string>;
}

/**
 * A YAML file of `schema: 1` whose member `digest` seals the rest: SHA-256 of the canonical JSON of all else. The same
 * content gives the same bytes. @param content every scalar a text.
 */
export function renderSealed(content: object, { header, compact }: SealedForm): string {
  const unsealed = { schema: '1' as const, ...content };
  const document = new Document(
    { schema: '1', digest: digestOfJson(unsealed as unknown as Json), ...content },
    // Values that are shared in memory stand in full wherever they are read.
    { schema: 'failsafe', aliasDuplicateObjects: false },
  );
  document.commentBefore = header;
  visit(document, {
    Pair(_, pair) {
      if (compact.has(String(pair.key)) && isSeq(pair.value)) {
        for (const item of pair.value.items) if (isMap(item)) item.flow = true;
      }
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/**
 * Reads a sealed file. Errors: malformed YAML, unknown or malformed fields, another schema, an edit by hand.
 * @param help what to do about that, by the digest that the content really has.
 */
export function readSealed<T>(
  file: string,
  text: string,
  schema: z.ZodType<T>,
  help: (computed: string) => string,
): Result<T, readonly Diagnostic[]> {
  const decoded = decodeYaml(file, text, schema);
  if (!decoded.ok) return decoded;
  const { value, complain } = decoded.value;
  const { digest, ...rest } = toTexts(value) as { readonly digest: string };
  const computed = digestOfJson(rest as Json);
  if (computed === digest) return ok(value);
  return err([complain(['digest'], 'the lock was edited by hand', help(computed))]);
}

/** Numbers as they stand in the file: as text; what is undefined does not stand there. */
export function toTexts(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(toTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(defined(value)).map(([name, member]) => [name, toTexts(member)]));
}
