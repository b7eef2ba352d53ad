import { Document } from 'yaml';
import { z } from 'zod';
import { type Decoded, decodeYaml, expectedText } from '../../config/yaml.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** The group of EKS Distro's resources, and the one version that there ever was of them. */
export const group = 'distro.eks.amazonaws.com';
export const apiVersion = `${group}/v1alpha1`;

/**
 * A resource as YAML, keys in code-unit order: the same text for the same content. What YAML 1.1 takes for something else than a text
 * (a date, `on`) is quoted: kubectl reads that version.
 */
export function resourceText(resource: object): string {
  const document = new Document(resource, {
    version: '1.1',
    aliasDuplicateObjects: false,
    sortMapEntries: (a, b) => byCodeUnit(String(a.key), String(b.key)),
  });
  return document.toString({ lineWidth: 0 });
}

/**
 * Reads a resource as an API server would get it: a number in quotes is a text there, and a text that looks like a number none.
 * Errors: `configuration`, every complaint at its line and column.
 */
export function decodeResource<T>(
  text: string,
  file: string,
  schema: z.ZodType<T>,
): Result<Decoded<T>, Failure> {
  const decoded = decodeYaml(file, text, schema, 'typed');
  return decoded.ok ? ok(decoded.value) : err({ reason: 'configuration', diagnostics: decoded.error });
}

/** A text of a resource, with one complaint for what is no such text, and others for what is none, or not there. */
export function text(shape: RegExp, expected: string): z.ZodString {
  const error = ({ input }: { readonly input?: unknown }) =>
    input === undefined ? `missing: ${expected}` : `${expectedText}: ${expected}`;
  return z.string({ error }).regex(shape, expected);
}

/** What resources have in common. Of `metadata`, an API server adds what it likes: only what is read here is looked at. */
export function resourceFields(kind: string, name: z.ZodString) {
  return {
    apiVersion: z.literal(apiVersion, `expected ${apiVersion}`),
    kind: z.literal(kind, `expected ${kind}`),
    metadata: z.looseObject({
      name,
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  };
}

/** What is wrong with a value that is of another type: in quotes, it is a text whatever it looks like. */
export function otherThan(expected: string) {
  return ({ input }: { readonly input?: unknown }): string => {
    if (input === undefined) return `missing: ${expected}`;
    return typeof input === 'string' ? `${expected}, without quotes` : expected;
  };
}

const expectedNumber = 'expected a whole number from 1 on';

/** A number that counts releases. */
export const releaseNumber = z
  .int({ error: otherThan(expectedNumber) })
  .min(1, expectedNumber)
  .max(999_999_999, expectedNumber);

type Place = readonly PropertyKey[];

/** Paths of the fields of a decoded object that its schema does not name. */
export function unknownFields(
  schema: { readonly shape: object },
  value: Readonly<Record<string, unknown>>,
  place: Place,
): readonly Place[] {
  return Object.keys(value)
    .filter((name) => !Object.hasOwn(schema.shape, name))
    .map((name) => [...place, name]);
}
