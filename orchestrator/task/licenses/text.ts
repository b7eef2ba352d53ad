import { byCodeUnit } from '../../core/canonical-json.ts';

/** What a text was recognised as: see `orchestrator/task/licenses/licensecheck/main.go`. */
export interface IdentifiedText {
  readonly path: string;
  /** Of its words, those that are part of a match. */
  readonly percent: number;
  /** `size` in bytes; `isUrl`: it only says where the licence is. */
  readonly matches: readonly { readonly id: string; readonly size: number; readonly isUrl: boolean }[];
}

/** Names of licensecheck v0.3.1 that are not in SPDX's list (its licenses/README.md). */
const notSpdx: ReadonlySet<string> = new Set([
  'Aladdin-9',
  'Anti996',
  'BSD-1-Clause-Clear',
  'BSD-3-Clause-NoTrademark',
  'CC-BY-NC-SA-3.0-US',
  'CommonsClause',
  'GPL-2.0-or-3.0',
  'MIT-NoAd',
  'Prosperity-3.0.0',
]);

/** Google's grants of patents stand beside a licence and are none. */
const patents = /^GooglePatent/;

/** The SPDX ids of a text, in code-unit order. A text that holds a licence is not asked for links to others. */
export function licenseIds(text: IdentifiedText): readonly string[] {
  const whole = text.matches.filter((match) => !match.isUrl);
  return spdxIds((whole.length > 0 ? whole : text.matches).map((match) => match.id));
}

/** Names as licensecheck has them as SPDX ids: each once, in code-unit order. */
export function spdxIds(names: readonly string[]): readonly string[] {
  const ids = names
    .filter((name) => !patents.test(name))
    .map((name) => (notSpdx.has(name) ? `LicenseRef-${name}` : name));
  return [...new Set(ids)].sort(byCodeUnit);
}

/**
 * `strong`: all that is linked with it comes under it, or must be relinkable (LGPL: Go links statically). `weak`: its own
 * source must be offered. `limited`: not a free licence: not for every use.
 */
export type Obligation = 'strong' | 'weak' | 'limited';

const obligations: readonly (readonly [Obligation, RegExp])[] = [
  ['limited', /^(LicenseRef-|CC-BY-(NC|ND)|BUSL|SSPL|Elastic|JSON$|Parity|PolyForm|Aladdin)/],
  ['strong', /^(AGPL|GPL|LGPL|OSL|Sleepycat|QPL)/],
  ['weak', /^(MPL|EPL|CDDL|CPL|IPL|EUPL|APSL|MS-RL|CC-BY-SA|ErlPL|NPL|SPL)/],
];

export function obligationOf(id: string): Obligation | undefined {
  return obligations.find(([, pattern]) => pattern.test(id))?.[0];
}

/** Whether a licence sends its reader to the file AUTHORS (or CONTRIBUTORS). All-capital disclaimers do not. */
export function refersToAuthors(text: string): boolean {
  return (
    /\b(AUTHORS|CONTRIBUTORS)(\.(md|txt))?["'`]? (file|and (the )?CONTRIBUTORS file)/.test(text) ||
    /\b(see|listed in|named in) (the )?(file )?["'`]?(AUTHORS|CONTRIBUTORS)\b/i.test(text)
  );
}

const copyrightLine = /^(?:portions )?(?:copyright\b|\(c\)|©)/i;
const year = /\b(?:19|20)[0-9]{2}\b/;
const holder =
  /^(?:Portions )?Copyright (?:\(c\) |© )?(?:by |the )?(?!(?:License|Licence|Notice|Holder|Owner|HOLDER|OWNER|NOTICE|Act)s?\b)[A-Z]/;
const blank = /[[<{](?:yyyy|year|name)/i;

/** The lines of a text that say who holds the rights, each once, in the order of the text. */
export function copyrightLines(text: string): readonly string[] {
  const lines = text
    .split('\n')
    .map((line) =>
      line
        .replace(/^[\s*#>/;-]+/, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((line) => copyrightLine.test(line) && line.length <= 300)
    .filter((line) => (year.test(line) || holder.test(line)) && !blank.test(line));
  return [...new Set(lines)];
}

/** Who a line about the rights names, without the years: to see whether two say the same. */
export function copyrightHolder(line: string): string {
  return line
    .toLowerCase()
    .replace(/portions|copyright|\(c\)|©|all rights reserved|\b(?:19|20)[0-9]{2}\b|\bpresent\b/g, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Bytes as text: UTF-8, else Latin-1, which old licences are in; lines end with `\n`. */
export function decodeText(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    text = new TextDecoder('latin1').decode(bytes);
  }
  return text.replace(/\r\n?/g, '\n');
}
