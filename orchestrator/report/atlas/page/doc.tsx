import { readMarkdown, renderMarkdown } from '../../documentation/markdown.ts';
import type { Page } from '../../html/document.tsx';
import { linkTo, places } from '../places.ts';
import type { DocView } from '../view/doc.ts';
import { framed } from './frame.tsx';

/** A text of the documentation. What is no page here is named, and no link. */
export function docPage({ place, title, text, links }: DocView): Page {
  const html = renderMarkdown(readMarkdown(text), (href) => {
    if (/^(https?:|#)/.test(href)) return href;
    const [to, anchor] = links[href]?.split('#') ?? [];
    return to && linkTo(place, to, anchor);
  });
  const above = place === places.docs ? [] : [['Documentation', places.docs] as const];
  // The texts are this program's own, and what makes HTML of them takes no markup from them.
  return framed({
    place,
    title,
    above,
    judges: false,
    children: <article class="text" dangerouslySetInnerHTML={{ __html: html }} />,
  });
}
