/**
 * What moves a terminal's cursor, hides or reorders text, or ends a line (Unicode's Cc, Cf, Zl, Zp), and halves of characters.
 * Written as JSON escapes it, so that a JSON text stays the same JSON.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text that is not ours, on one line of ours: nothing in it acts on a terminal or a page, and all of it shows. */
export function visible(text: string): string {
  return text.replace(unseen, escaped);
}

/** The same of text with lines of its own. */
export function visibleLines(text: string): string {
  return text.replace(unseen, (found) => (found === '\n' || found === '\t' ? found : escaped(found)));
}

/** What is written anywhere, at last. With `colours`, the few that this program uses may be in it. */
export function visibleOutput(text: string, colours: boolean): string {
  if (!colours) return visibleLines(text);
  return text
    .split(colour)
    .map((part, at) => (at % 2 === 0 ? visibleLines(part) : part))
    .join('');
}

/** Bold, dim, the seven colours and grey, and back to none: no concealed text, no background. */
const colour = new RegExp(`(${'\u001b'}\\[(?:0|1|2|22|3[1-7]|39|90)m)`);

function escaped(found: string): string {
  let text = '';
  for (let at = 0; at < found.length; at++)
    text += `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return text;
}
