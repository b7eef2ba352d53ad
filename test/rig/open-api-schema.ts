import { Ajv, type ErrorObject } from 'ajv';
import { parse } from 'yaml';

type Schema = { readonly [Member in string]?: unknown };

/**
 * Reads one version of a CustomResourceDefinition as a strict schema: one that refuses members that it does not name, as
 * strict decoding into the types that it was generated from would.
 */
export function strictSchema(
  definition: string,
  version: string,
): (value: unknown) => readonly ErrorObject[] {
  const { spec } = parse(definition) as { spec: { versions: readonly { name: string; schema: Schema }[] } };
  const found = spec.versions.find(({ name }) => name === version);
  if (found === undefined) throw new Error(`there is no ${version}`);
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile(closed(found.schema['openAPIV3Schema']) as object);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}

/** The same schema, with every object that has members of its own closed to others. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { properties, ...rest } = schema as Schema;
  const others = Object.fromEntries(Object.entries(rest).map(([name, member]) => [name, closed(member)]));
  if (typeof properties !== 'object' || properties === null) return others;
  const members = Object.entries(properties).map(([name, member]) => [name, closed(member)]);
  const isOpen = rest['x-kubernetes-preserve-unknown-fields'] === true;
  return { additionalProperties: isOpen, ...others, properties: Object.fromEntries(members) };
}
