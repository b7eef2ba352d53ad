import MarkdownIt, { type Token } from 'markdown-it';

/** HTML in a text is shown and never taken for markup, and of addresses none that would run anything is a link. */
const markdown = new MarkdownIt({ html: false });

// What is wider than the window scrolls by itself, and is within reach of the keyboard (WCAG 2.1.1).
const { escapeHtml } = markdown.utils;
markdown.renderer.rules['table_open'] = () =>
  '<div class="scrolls" role="group" aria-label="Table" tabindex="0"><table>\n';
markdown.renderer.rules['table_close'] = () => '</table></div>\n';
markdown.renderer.rules['fence'] = (tokens, at) =>
  `<pre tabindex="0"><code>${escapeHtml(tokens[at]?.content ?? '')}</code></pre>\n`;

interface Heading {
  readonly level: number;
  readonly text: string;
  /** What leads there, as GitHub makes it of the heading's words. */
  readonly anchor: string;
}

/** A text in Markdown (CommonMark with tables), taken apart. */
export interface MarkdownPage {
  readonly tokens: readonly Token[];
  readonly headings: readonly Heading[];
  /** The tokens within paragraphs, cells and the like: links, code, words. */
  readonly inline: readonly Token[];
}

export function readMarkdown(text: string): MarkdownPage {
  const tokens = markdown.parse(text, {});
  const seen = new Map<string, number>();
  const headings = tokens.flatMap((token, at): Heading[] => {
    if (token.type !== 'heading_open') return [];
    const words = (tokens[at + 1]?.children ?? []).map(({ content }) => content).join('');
    const anchor = anchorOf(words, seen);
    token.attrSet('id', anchor);
    return [{ level: Number(token.tag.slice(1)), text: words, anchor }];
  });
  return { tokens, headings, inline: tokens.flatMap(({ children }) => children ?? []) };
}

/**
 * The same as HTML, without its first heading, which is the page's title.
 * @param linkTo where a link of the text leads from the page; undefined where that is no page: its words stay, and no link.
 */
export function renderMarkdown(
  { tokens }: MarkdownPage,
  linkTo: (href: string) => string | undefined,
): string {
  const end = tokens.findIndex(({ type }) => type === 'heading_close');
  const body = tokens.slice(tokens[0]?.type === 'heading_open' ? end + 1 : 0);
  for (const { children } of body) if (children !== null) placeLinks(children, linkTo);
  return markdown.renderer.render([...body], markdown.options, {});
}

function placeLinks(tokens: readonly Token[], linkTo: (href: string) => string | undefined): void {
  let isDropped = false;
  for (const token of tokens) {
    if (token.type === 'link_open') {
      const href = linkTo(String(token.attrGet('href') ?? ''));
      isDropped = href === undefined;
      if (href !== undefined) token.attrSet('href', href);
    }
    if (isDropped && (token.type === 'link_open' || token.type === 'link_close')) {
      isDropped = token.type === 'link_open';
      token.type = 'text';
      token.content = '';
      token.tag = '';
    }
  }
}

/** Lower-case words with hyphens between them; what is there already gets a number. */
function anchorOf(words: string, seen: Map<string, number>): string {
  const plain = words
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
  const count = seen.get(plain) ?? 0;
  seen.set(plain, count + 1);
  return count === 0 ? plain : `${plain}-${count}`;
}
