import type { ComponentChildren, JSX } from 'preact';
import type { Page } from '../../html/document.tsx';
import { linkTo, places, rootFrom, sections } from '../places.ts';

interface Frame {
  /** Where the page is, without its ending. */
  readonly place: string;
  readonly title: string;
  /** The pages above it, from the front on. */
  readonly above?: readonly (readonly [words: string, place: string])[];
  readonly children: ComponentChildren;
  /** Whether there is anything on it that scripts add to: a search, something to copy. */
  readonly scripted?: boolean;
  /** Whether it says what came of files. */
  readonly judges?: boolean;
}

/** What all pages of an atlas have: the way up and to all sections, the same as JSON, the style sheet. */
export function framed({ place, title, above = [], children, scripted = false, judges = true }: Frame): Page {
  const root = rootFrom(place);
  const file = (place.split('/').at(-1) ?? '').replaceAll('%', '%25');
  return {
    title: place === places.front ? title : `${title} · EKS Distro atlas`,
    styleSheet: `${root}style.css`,
    ...(scripted ? { scriptFile: `${root}${places.pageScript}` } : {}),
    head: (
      <>
        <link rel="alternate" type="application/json" href={`${file}.json`} />
        <link rel="alternate" type="application/atom+xml" href={`${root}feed.atom`} title="New releases" />
      </>
    ),
    body: (
      <>
        <header>
          <nav aria-label="Sections">
            {sections.map(([words, to]) => (
              <a key={to} href={linkTo(place, to)} {...(to === place ? { 'aria-current': 'page' } : {})}>
                {words}
              </a>
            ))}
          </nav>
          {above.length > 0 && (
            <nav aria-label="Above this page">
              {above.map(([words, to]) => (
                <span key={to}>
                  <a href={linkTo(place, to)}>{words}</a> /
                </span>
              ))}
            </nav>
          )}
          <h1>{title}</h1>
        </header>
        <main>{children}</main>
        <footer>
          <p>
            <a href={`${file}.json`}>This page as JSON</a>.
            {judges &&
              ' What is not known yet is shown as not known; of what differs, it is not said that anybody meant harm.'}
          </p>
        </footer>
      </>
    ),
  };
}

/** A table that is as wide as it has to be, and scrolls by itself where the window is narrower. */
export function Wide({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within reach of the keyboard (WCAG 2.1.1).
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form, and a landmark of each table would be too many.
    <div class="scrolls" role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
