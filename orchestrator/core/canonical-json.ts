/** What canonical JSON can hold. `undefined`, NaN, infinities and -0 have no canonical text and are refused. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * One text for one value: no white space, members in code-unit order of their names, numbers as ECMAScript
 * prints them (RFC 8785 without its I-JSON checks on strings).
 * @throws TypeError on a number that JSON cannot hold: a bug of the caller.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Object.is(value, -0)) throw new TypeError(`not a JSON number: ${value}`);
    return JSON.stringify(value);
  }
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort(byCodeUnit)
    .map((name) => {
      const member = value[name];
      if (member === undefined) throw new TypeError(`no JSON value: member ${name} is undefined`);
      return `${JSON.stringify(name)}:${canonicalJson(member)}`;
    });
  return `{${members.join(',')}}`;
}

/** Order by UTF-16 code units: the same on every machine, unlike `localeCompare`. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
