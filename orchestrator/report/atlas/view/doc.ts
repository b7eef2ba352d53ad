import { readMarkdown } from '../../documentation/markdown.ts';

/** A text of the program's documentation. */
export interface DocText {
  /** Below the program: `docs/how-to/trust.md`. */
  readonly path: string;
  /** Markdown. */
  readonly text: string;
}

export interface DocView {
  readonly page: 'doc';
  readonly place: string;
  readonly title: string;
  readonly text: string;
  /** Which of the places that the text links to are pages here, and where, as the text names them. */
  readonly links: Readonly<Record<string, string>>;
}

const first: DocText = { path: 'docs/README.md', text: '# Documentation\n\nNone came with this program.\n' };

/** A page for each text, and in any case the first one, which all pages lead to. */
export function docViews(given: readonly DocText[]): readonly DocView[] {
  const texts = given.some(({ path }) => path === first.path) ? given : [...given, first];
  const known = new Set(texts.map(({ path }) => path));
  return texts.map(({ path, text }) => {
    const { headings, inline } = readMarkdown(text);
    const links = inline.flatMap((token) => {
      const href = String(token.attrGet('href') ?? '');
      const [, name = '', anchor = ''] = /^([^#]*)(#.*)?$/.exec(href) ?? [];
      const target = new URL(name, `file:///${path}`).pathname.slice(1);
      return name !== '' && known.has(target) ? [[href, `${placeOf(target)}${anchor}`] as const] : [];
    });
    const title = headings[0]?.text ?? path;
    return { page: 'doc', place: placeOf(path), title, text, links: Object.fromEntries(links) };
  });
}

/** `docs/how-to/trust.md`: `docs/how-to/trust`; of a folder the first page, `projects/README.md`: `docs/projects/index`. */
function placeOf(path: string): string {
  if (path === 'README.md') return 'docs/start';
  const plain = path.replace(/^docs\//, '').replace(/\.md$/, '');
  return `docs/${plain.replace(/(^|\/)README$/, '$1index')}`;
}
