import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Result } from '../../core/result.ts';
import { toTexts } from '../lock/seal.ts';
import { readSealed, renderSealed, type SealedForm } from '../lock/sealed-yaml.ts';
import { type BaseLock, baseLockSchema, type LockedPackage } from './base-lock.ts';

/** A lock without its seal. */
export type UnsealedBaseLock = Omit<BaseLock, 'digest' | 'schema'>;

const form: SealedForm = {
  header: ` The packages of a base image, written by "eksd-rebuild base refresh". Not to be edited by hand: the digest seals it.`,
  compact: new Set(['repositories', 'keys', 'x86_64', 'aarch64']),
};

/** The text of a base image's lock file. The same packages give the same bytes, in whatever order they come. */
export function renderBaseLock(pins: UnsealedBaseLock): string {
  const { image, distribution, releasever, asOf, repositories, keys, packages } = pins;
  const { x86_64, aarch64 } = packages;
  const ordered = toTexts({
    image,
    distribution,
    releasever,
    asOf,
    repositories,
    keys,
    packages: { x86_64: x86_64 && sorted(x86_64), aarch64: aarch64 && sorted(aarch64) },
  });
  return renderSealed(ordered as object, form);
}

/**
 * Reads a base image's lock file and checks its seal.
 * Errors: malformed YAML, unknown or malformed fields, another schema, a lock that was edited by hand.
 */
export function readBaseLock(file: string, text: string): Result<BaseLock, readonly Diagnostic[]> {
  return readSealed(file, text, baseLockSchema, () => {
    return 'Write it anew with "eksd-rebuild base refresh"; what an image consists of stands in its base-image.yaml.';
  });
}

function sorted(packages: readonly LockedPackage[]): readonly LockedPackage[] {
  return [...packages].sort((a, b) => byCodeUnit(a.name, b.name) || byCodeUnit(a.arch, b.arch));
}
