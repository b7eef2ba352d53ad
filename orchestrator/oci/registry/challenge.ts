/** What a registry wants to be convinced with. */
export type Challenge =
  | { readonly type: 'basic' }
  | {
      readonly type: 'bearer';
      /** Where tokens are had. */
      readonly realm: string;
      readonly service: string | undefined;
      /** What the token must be for, in the registry's words: `repository:a/b:pull,push`. */
      readonly scope: string | undefined;
    };

const token = /[A-Za-z0-9!#$%&'*+.^_`|~-]+/y;
const parameter = /\s*([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*/y;

/**
 * Reads a `WWW-Authenticate` header (RFC 9110, section 11.6.1), which may hold several challenges. Bearer is taken before
 * Basic where both are offered. Undefined where it has neither.
 */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const offered = header === undefined ? [] : challengesIn(header);
  const bearer = offered.find(({ scheme }) => scheme === 'bearer')?.parameters;
  const realm = bearer?.get('realm');
  if (bearer !== undefined && realm !== undefined) {
    return { type: 'bearer', realm, service: bearer.get('service'), scope: bearer.get('scope') };
  }
  return offered.some(({ scheme }) => scheme === 'basic') ? { type: 'basic' } : undefined;
}

interface Offered {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

function challengesIn(header: string): readonly Offered[] {
  const offered: Offered[] = [];
  let at = 0;
  while (at < header.length) {
    const skipped = /[\s,]*/y;
    skipped.lastIndex = at;
    at += skipped.exec(header)?.[0].length ?? 0;
    parameter.lastIndex = at;
    const given = parameter.exec(header);
    const last = offered.at(-1);
    if (given !== null && last !== undefined) {
      last.parameters.set(
        (given[1] ?? '').toLowerCase(),
        given[2]?.replace(/\\(.)/g, '$1') ?? given[3] ?? '',
      );
      at = parameter.lastIndex;
      continue;
    }
    token.lastIndex = at;
    const scheme = token.exec(header);
    if (scheme === null) break;
    offered.push({ scheme: scheme[0].toLowerCase(), parameters: new Map() });
    at = token.lastIndex;
  }
  return offered;
}
