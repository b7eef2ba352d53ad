import { digestOf } from '../../core/digest.ts';
import { countOf } from '../../core/numbers.ts';
import { visibleLines } from '../../core/visible.ts';

/** Bytes that a text takes in a page: what does not show is written as its number there, and what markup is made of as an entity. */
export function costOf(text: string): number {
  // Of plain text, which nearly all is, no character is looked at alone.
  if (!/[^ !#-%'-;=?-~\n\t]/.test(text)) return text.length;
  let sum = 0;
  for (let at = 0; at < text.length; at += unitsAt(text, at)) sum += costAt(text, at);
  return sum;
}

/** Of characters that were met, by their code unit: a page has few that differ. Where none was, 0. */
const costs = new Uint8Array(0x1_0000);

/** Of the character that begins there. */
function costAt(text: string, at: number): number {
  const point = text.codePointAt(at) ?? 0;
  const known = costs[point];
  if (known !== undefined && known > 0) return known;
  const char = String.fromCodePoint(point);
  // `&quot;` is the longest entity.
  const cost = '&<>"'.includes(char) ? 6 : Buffer.byteLength(visibleLines(char));
  if (point < costs.length) costs[point] = cost;
  return cost;
}

/** Code units of the character that begins there. */
function unitsAt(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) < 0x1_0000 ? 1 : 2;
}

/**
 * A text of which no more than so many bytes are shown, and how much is left out: of its beginning a third, for a compiler says what is
 * wrong at the end. Texts that differ stay different: by their digests.
 */
export function cutText(text: string, most: number): string {
  if (text.length <= most && costOf(text) <= most) return text;
  const head = Math.floor(most / 3);
  const first = text.slice(0, endWithin(text, head));
  const last = text.slice(beginWithin(text, most - head));
  const left = text.length - first.length - last.length;
  const words = ` […${countOf(left, 'more character')} in the JSON file, SHA-256 ${digestOf(text).slice(0, 12)}…] `;
  return first + words + last;
}

/** Where what is shown of its beginning ends, so that it takes no more than that. */
function endWithin(text: string, most: number): number {
  let sum = 0;
  let end = 0;
  while (end < text.length) {
    sum += costAt(text, end);
    if (sum > most) break;
    end += unitsAt(text, end);
  }
  return end;
}

/** Where what is shown of its end begins, so that it takes no more than that. */
function beginWithin(text: string, most: number): number {
  let sum = 0;
  let begin = text.length;
  while (begin > 0) {
    const next = begin > 1 && unitsAt(text, begin - 2) === 2 ? begin - 2 : begin - 1;
    sum += costAt(text, next);
    if (sum > most) break;
    begin = next;
  }
  return begin;
}
