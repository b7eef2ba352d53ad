import type { z } from 'zod';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Result } from '../../core/result.ts';
import { type Lock, lockSchema } from './lock.ts';
import { patternsOf } from './path-patterns.ts';
import { toTexts } from './seal.ts';
import { readSealed, renderSealed, type SealedForm } from './sealed-yaml.ts';

/** A lock without the digest that seals it, and as it is written: every scalar a text. */
export type UnsealedLock = Omit<z.input<typeof lockSchema>, 'digest' | 'schema'>;

const form: SealedForm = {
  header: ` All pins of a release, written by "eksd-rebuild import". Not to be edited by hand: the digest seals it.`,
  compact: new Set(['files', 'patches', 'differences', 'others', 'baseImages', 'newer']),
};

/** The text of a lock file. The same pins give the same bytes. */
export function renderLock(pins: UnsealedLock): string {
  return renderSealed(pins, form, { ...pins, projects: withPatterns(pins.projects) });
}

/** Lists of files in few lines. What is sealed are the paths that these stand for. */
function withPatterns(projects: UnsealedLock['projects']): UnsealedLock['projects'] {
  return Object.fromEntries(
    Object.entries(projects).map(([name, project]) => {
      const { expectedFiles } = project;
      if (expectedFiles === undefined) return [name, project];
      const lists = Object.entries(expectedFiles).flatMap(([kind, list]) =>
        list === undefined ? [] : [[kind, { ...list, paths: patternsOf(list.paths) }]],
      );
      return [name, { ...project, expectedFiles: Object.fromEntries(lists) }];
    }),
  );
}

/**
 * Reads a lock file and checks its seal.
 * Errors: malformed YAML, unknown or malformed fields, another schema, a lock that was edited by hand.
 */
export function readLock(file: string, text: string): Result<Lock, readonly Diagnostic[]> {
  return readSealed(file, text, lockSchema, (computed) => {
    return `Its content has the digest ${computed}. Import the release again, or put what you changed into a project, a patch or the settings.`;
  });
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
