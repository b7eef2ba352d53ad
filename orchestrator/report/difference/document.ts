/** A text for people, before it is decided where it is shown. */

/** Words of ours, and names and texts that somebody else wrote. */
export type Inline = string | { readonly name: string };
export type Line = readonly Inline[];

export interface Item {
  readonly line: Line;
  readonly items?: readonly Item[];
}

export type Block =
  | { readonly kind: 'list'; readonly items: readonly Item[] }
  /** Every row has as many cells as the head; an empty one is nothing. */
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly Line[])[] };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface TextDocument {
  readonly title: Line;
  readonly lead: readonly Line[];
  readonly sections: readonly Section[];
}

/** Of the reader, or of the release that is told of. */
export type Whose = 'your' | 'its';

/** Something that somebody else wrote. */
export function name(text: string): Inline {
  return { name: text };
}

/** `a, b, c`, each of them a name. */
export function names(texts: readonly string[]): Line {
  return texts.flatMap((text, at) => (at === 0 ? [name(text)] : [', ', name(text)]));
}
