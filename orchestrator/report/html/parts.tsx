import type { ComponentChildren, JSX } from 'preact';
import { Fragment } from 'preact';
import type { Totals } from '../../verdict/verify/summary.ts';

/** How good a thing is, by colour and by mark. */
export type Mood = 'good' | 'warn' | 'bad' | 'quiet';

const marks: Readonly<Record<Mood, string>> = { good: '✔', warn: '!', bad: '✖', quiet: '·' };

/** A mark that says nothing to whoever hears the page: the words beside it do. */
export function Mark({ mood }: { readonly mood: Mood }): JSX.Element {
  return (
    <span class={`mark ${mood}`} aria-hidden="true">
      {marks[mood]}
    </span>
  );
}

/** `72 / 72 / 91` */
export function countsText({ identical, comparable, all }: Totals): string {
  return `${identical} / ${comparable} / ${all}`;
}

/** `bad`: something comparable is not identical; `good`: something was compared, and is; `quiet`: nothing was. */
export function moodOf({ identical, comparable }: Totals): 'good' | 'bad' | 'quiet' {
  if (identical < comparable) return 'bad';
  return comparable > 0 ? 'good' : 'quiet';
}

/** Text, or a link where there is an address. */
export function MaybeLink({
  to,
  children,
}: {
  readonly to: string | undefined;
  readonly children: ComponentChildren;
}): ComponentChildren {
  return to === undefined ? children : <a href={to}>{children}</a>;
}

/** The address of a file below the page's folder. */
export function fileLink(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** A path that may be broken after each of its slashes. */
export function Breakable({ path }: { readonly path: string }): JSX.Element {
  const parts = path.split('/');
  return (
    <>
      {parts.map((part, at) => (
        <Fragment key={at}>
          {at > 0 && (
            <>
              /<wbr />
            </>
          )}
          {part}
        </Fragment>
      ))}
    </>
  );
}

/** What is put between commas. */
export function Listed({ items }: { readonly items: readonly ComponentChildren[] }): JSX.Element {
  return (
    <>
      {items.map((item, at) => (
        <Fragment key={at}>
          {at > 0 && ', '}
          {item}
        </Fragment>
      ))}
    </>
  );
}

/** Text with lines of its own, which the keyboard can scroll. */
export function Lines({
  text,
  copies = false,
}: {
  readonly text: string;
  readonly copies?: boolean;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within reach of the keyboard (WCAG 2.1.1).
    <pre tabIndex={0} {...(copies ? { 'data-copy': '' } : {})}>
      {text}
    </pre>
  );
}

/** A SHA-256 in full, or whatever else is long and has no blanks: it wraps, and can be copied. */
export function Hash({ sum }: { readonly sum: string }): JSX.Element {
  return (
    <code class="hash" data-copy="">
      {sum}
    </code>
  );
}
