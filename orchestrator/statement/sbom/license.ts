import parse from 'spdx-expression-parse';
import { digestOf } from '../../core/digest.ts';
import { visible } from '../../core/visible.ts';
import type { LicenseFacts } from './facts.ts';

/** A licence as the formats want it: an expression of SPDX's list, or a text that is not in it. */
export type NamedLicense =
  | { readonly kind: 'expression'; readonly expression: string; readonly references: readonly string[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

/** Longer than any that a package declares, and parsed in no time. */
const longest = 4096;

export function nameLicense({ declared, isAbsent = false }: LicenseFacts): NamedLicense {
  const text = declared === undefined ? '' : visible(declared).trim();
  if (text === '') return { kind: isAbsent ? 'none' : 'unknown' };
  if (text.length > longest || !isExpression(text)) return { kind: 'text', text };
  return { kind: 'expression', expression: text, references: text.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? [] };
}

function isExpression(text: string): boolean {
  try {
    parse(text);
    // What is defined in another document is not at hand for whoever reads this one.
    return !text.includes('DocumentRef-');
  } catch {
    return false;
  }
}

/** What SPDX calls a licence that is not in its list; the digest keeps apart what looks alike without its strange characters. */
export function referenceOf(text: string): string {
  const plain = text.replaceAll(/[^A-Za-z0-9.]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return `LicenseRef-${plain.slice(0, 60)}-${digestOf(text).slice(0, 8)}`;
}
