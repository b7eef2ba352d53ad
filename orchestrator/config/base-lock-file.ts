import { Document, isMap, isSeq, visit } from 'yaml';
import type { z } from 'zod';
import { byCodeUnit, type Json } from '../core/canonical-json.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { digestOfJson } from '../core/digest.ts';
import { err, ok, type Result } from '../core/result.ts';
import { type BaseLock, baseLockSchema, type LockedPackage } from './base-lock.ts';
import { decodeYaml } from './yaml.ts';

/** A lock without its seal. */
export type UnsealedBaseLock = Omit<BaseLock, 'digest' | 'schema'>;

const header = ` The packages of a base image, written by "eksd-rebuild base refresh". Not to be edited by hand: the digest seals it.`;

/** Members whose entries are written one to a line. */
const compact = new Set(['repositories', 'keys', 'x86_64', 'aarch64']);

/** The text of a base image's lock file. The same packages give the same bytes, in whatever order they come. */
export function renderBaseLock(pins: UnsealedBaseLock): string {
  const { image, distribution, releasever, asOf, repositories, keys, packages } = pins;
  const { x86_64, aarch64 } = packages;
  const ordered = toTexts({
    image,
    distribution,
    ...(releasever === undefined ? {} : { releasever }),
    ...(asOf === undefined ? {} : { asOf }),
    repositories,
    keys,
    packages: {
      ...(x86_64 === undefined ? {} : { x86_64: sorted(x86_64) }),
      ...(aarch64 === undefined ? {} : { aarch64: sorted(aarch64) }),
    },
  }) as Omit<z.input<typeof baseLockSchema>, 'digest' | 'schema'>;
  const digest = digestOfJson({ schema: '1', ...ordered } as unknown as Json);
  const document = new Document(
    { schema: '1', digest, ...ordered },
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
 * Reads a base image's lock file and checks its seal.
 * Errors: malformed YAML, unknown or malformed fields, another schema, a lock that was edited by hand.
 */
export function readBaseLock(file: string, text: string): Result<BaseLock, readonly Diagnostic[]> {
  const decoded = decodeYaml(file, text, baseLockSchema);
  if (!decoded.ok) return decoded;
  const { value, complain } = decoded.value;
  const { digest, ...rest } = toTexts(value) as { readonly digest: string };
  if (digestOfJson(rest as Json) === digest) return ok(value);
  const help =
    'Write it anew with "eksd-rebuild base refresh"; what an image consists of stands in its base-image.yaml.';
  return err([complain(['digest'], 'the lock was edited by hand', help)]);
}

function sorted(packages: readonly LockedPackage[]): readonly LockedPackage[] {
  return [...packages].sort((a, b) => byCodeUnit(a.name, b.name) || byCodeUnit(a.arch, b.arch));
}

/** Numbers as they stand in the file: as text. */
function toTexts(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(toTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toTexts(member)]));
}
