import type { z } from 'zod';

export type Schema = z.core.$ZodType;

/** What a value is made of, as far as its schema knows it by name. */
type Shape = 'map' | 'list' | 'scalar';

/**
 * The schema of a decoded value without what is wrapped round it (`optional`, a default), and of alternatives the one of the
 * value's own shape: a short form is decoded to the long one, so that is the one that says what the members are.
 */
export function schemaFor(schema: Schema, value: unknown): Schema {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if ('innerType' in def) return schemaFor(def.innerType, value);
  if (def.type !== 'union') return schema;
  const options = def.options.map((option) => schemaFor(option, value));
  return options.find((option) => shapeOf(option) === shapeOfValue(value)) ?? schema;
}

/** The schema of a member by its name, of a list by any; undefined where there is none. */
export function memberOf(schema: Schema, name: string): Schema | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'object') return def.shape[name];
  if (def.type === 'record') return def.valueType;
  return def.type === 'array' ? def.element : undefined;
}

/** The names that an object's members have; none of what takes any. */
export function namesOf(schema: Schema): readonly string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'object' ? Object.keys(def.shape) : [];
}

/**
 * Whether a value's members stand each for itself: those of a record, and of an object none of whose members has to be given.
 * One that has to be would have to be given again in each file that names another: such an object is one value, and says
 * something only as a whole (a type of encryption and its key, a file and its SHA-256).
 */
export function isSection(schema: Schema): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type !== 'object') return def.type === 'record';
  return Object.values(def.shape).every(({ _zod }) => _zod.optin === 'optional');
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return shapeOfValue(value) === 'map';
}

function shapeOf(schema: Schema): Shape {
  const { type } = schema._zod.def;
  if (type === 'array') return 'list';
  return type === 'object' || type === 'record' ? 'map' : 'scalar';
}

function shapeOfValue(value: unknown): Shape {
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' && value !== null ? 'map' : 'scalar';
}
