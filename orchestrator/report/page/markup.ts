import { visibleLines } from '../../core/visible.ts';

/** Text that is HTML already. Nothing but `html` and `trusted` makes it. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | false | undefined | readonly Part[];

/**
 * HTML from a template: what is put into it is escaped, for text and for quoted attributes alike, unless it is markup itself.
 * Lists are joined; `false` and undefined are nothing.
 */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const text = texts.reduce((before, after, index) => before + render(parts[index - 1]) + after);
  return { markup: text };
}

/** Text that this program holds as HTML, CSS or JavaScript; never anything that was read. */
export function trusted(text: string): Markup {
  return { markup: text };
}

function render(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escaped(part);
  return 'markup' in part ? part.markup : part.map(render).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return visibleLines(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
