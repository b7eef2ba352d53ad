import { FAILSAFE_SCHEMA, load, YAMLException } from 'js-yaml';
import { Document, isMap, isSeq, visit } from 'yaml';
import type { z } from 'zod';
import type { Json } from '../../core/canonical-json.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { digestOfJson } from '../../core/digest.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { decodeYaml } from '../yaml.ts';
import { sealOf } from './seal.ts';

/** How a sealed file is written: its comment, and the members whose entries stand one to a line. */
export interface SealedForm {
  readonly header: string;
  readonly compact: ReadonlySet<string>;
}

/**
 * A YAML file of `schema: 1` whose member `digest` seals the rest: SHA-256 of the canonical JSON of all else. The same
 * content gives the same bytes. @param content every scalar a text. @param written how it is written, where that is read as the
 * content and is not the content itself.
 */
export function renderSealed(
  content: object,
  { header, compact }: SealedForm,
  written: object = content,
): string {
  const unsealed = { schema: '1' as const, ...content };
  const document = new Document(
    { schema: '1', digest: digestOfJson(unsealed as unknown as Json), ...written },
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
export function readSealed<T extends { readonly digest: string }>(
  file: string,
  text: string,
  schema: z.ZodType<T>,
  help: (computed: string) => string,
): Result<T, readonly Diagnostic[]> {
  const known = readQuickly(text, schema);
  if (known !== undefined) return ok(known);
  const decoded = decodeYaml(file, text, schema);
  if (!decoded.ok) return decoded;
  const { value, complain } = decoded.value;
  const computed = sealOf(value);
  if (computed === value.digest) return ok(value);
  return err([complain(['digest'], 'the lock was edited by hand', help(computed))]);
}

/**
 * A file as it was written here, by a reader that knows no places and takes a tenth of the time; undefined where anything about it is to
 * be complained of, or may be. The seal vouches for what was read: another reading of the text would have another digest.
 * An anchor, or what may be one, is left to the reader that bounds what aliases stand for.
 */
function readQuickly<T extends { readonly digest: string }>(
  text: string,
  schema: z.ZodType<T>,
): T | undefined {
  if (/(^|[\s[{,])[&*]\S/.test(text)) return undefined;
  try {
    const decoded = schema.safeParse(load(text, { schema: FAILSAFE_SCHEMA }));
    return decoded.success && sealOf(decoded.data) === decoded.data.digest ? decoded.data : undefined;
  } catch (error) {
    if (error instanceof YAMLException || error instanceof RangeError) return undefined;
    throw error;
  }
}
