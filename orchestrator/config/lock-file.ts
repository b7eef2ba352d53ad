import { Document, isMap, isSeq, visit } from 'yaml';
import type { z } from 'zod';
import type { Json } from '../core/canonical-json.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { digestOfJson } from '../core/digest.ts';
import { err, ok, type Result } from '../core/result.ts';
import { type Lock, lockSchema } from './lock.ts';
import { decodeYaml } from './yaml.ts';

/** A lock without the digest that seals it, and as it is written: every scalar a text. */
export type UnsealedLock = Omit<z.input<typeof lockSchema>, 'digest' | 'schema'>;

const header = ` All pins of a release, written by "eksd-rebuild import". Not to be edited by hand: the digest seals it.`;

/** Members whose entries are written one to a line. */
const compact = new Set(['files', 'patches', 'differences', 'others', 'baseImages', 'newer']);

/** The text of a lock file. The same pins give the same bytes. */
export function renderLock(pins: UnsealedLock): string {
  const unsealed = { schema: '1' as const, ...pins };
  const document = new Document(
    { schema: '1', digest: digestOfJson(unsealed as Json), ...pins },
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
 * Reads a lock file and checks its seal.
 * Errors: malformed YAML, unknown or malformed fields, another schema, a lock that was edited by hand.
 */
export function readLock(file: string, text: string): Result<Lock, readonly Diagnostic[]> {
  const decoded = decodeYaml(file, text, lockSchema);
  if (!decoded.ok) return decoded;
  const { value, complain } = decoded.value;
  const { digest, ...rest } = toTexts(value) as { readonly digest: string };
  const computed = digestOfJson(rest as Json);
  if (computed === digest) return ok(value);
  const help = `Its content has the digest ${computed}. Import the release again, or put what you changed into a project, a patch or the settings.`;
  return err([complain(['digest'], 'the lock was edited by hand', help)]);
}

/** Opens a lock that was read, so that it can be changed and rendered again. */
export function unsealLock(lock: Lock): UnsealedLock {
  const {
    digest: _digest,
    schema: _schema,
    ...rest
  } = toTexts(lock) as unknown as z.input<typeof lockSchema>;
  return rest;
}

/** Numbers as they stand in the file: as text. */
function toTexts(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(toTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toTexts(member)]));
}
