import { digestOf } from '../../core/digest.ts';
import { countOf } from '../../core/numbers.ts';
import { visibleLines } from '../../core/visible.ts';

/** Bytes that a text takes in a page: what does not show is written as its number there, and what markup is made of as an entity. */
export function costOf(text: string): number {
  // Of plain text, which nearly all is, no character is looked at alone.
  if (!/[^ !#-%'-;=?-~\n\t]/.test(text)) return text.length;
  let sum = 0;
  for (const char of text) sum += costOfOne(char);
  return sum;
}

/** Of characters that were met: a page has few that differ. */
const costs = new Map<string, number>();

function costOfOne(char: string): number {
  let cost = costs.get(char);
  if (cost === undefined) {
    // `&quot;` is the longest entity.
    cost = '&<>"'.includes(char) ? 6 : Buffer.byteLength(visibleLines(char));
    costs.set(char, cost);
  }
  return cost;
}

/**
 * A text of which no more than so many bytes are shown, and how much is left out: of its beginning a third, for a compiler says what is
 * wrong at the end. Texts that differ stay different: by their digests.
 */
export function cutText(text: string, most: number): string {
  if (text.length <= most && costOf(text) <= most) return text;
  const head = Math.floor(most / 3);
  const first = within(text.slice(0, head), head);
  const last = within([...text.slice(-(most - head))].reverse().join(''), most - head);
  const left = text.length - first.length - last.length;
  const words = ` […${countOf(left, 'more character')} in the JSON file, SHA-256 ${digestOf(text).slice(0, 12)}…] `;
  return first + words + [...last].reverse().join('');
}

/** As much of it, from its beginning, as takes no more than that. */
function within(text: string, most: number): string {
  let sum = 0;
  let end = 0;
  for (const char of text) {
    sum += costOfOne(char);
    if (sum > most) break;
    end += char.length;
  }
  return text.slice(0, end);
}
