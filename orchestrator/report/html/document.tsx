import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { digestOf } from '../../core/digest.ts';
import { visibleLines } from '../../core/visible.ts';
import { pageStyle } from './style.ts';

/** A page without what all have. */
export interface Page {
  readonly title: string;
  /** What is in `<body>`: header, main, footer. */
  readonly body: ComponentChildren;
  /** JavaScript of this program's own; never anything that was read. */
  readonly script?: string;
  /** Where such JavaScript lies beside the page, of which there are many. */
  readonly scriptFile?: string;
  /** What else is in `<head>`: what the page is also there as. */
  readonly head?: ComponentChildren;
  /** Where the style sheet lies beside the page, of which there are many; absent: it is in the page. */
  readonly styleSheet?: string;
}

/**
 * A page that asks for no other file but its style sheet and its script, if those: its policy forbids the browser to load anything else, and to run any
 * script but its own. Nothing in `data` acts on it: texts are escaped, and control characters in them are shown. Ends in a line end.
 */
export function renderDocument<Data>(data: Data, pageOf: (data: Data) => Page): string {
  const { title, body, script, scriptFile, head, styleSheet } = pageOf(shown(data));
  const allowed = [
    ...(scriptFile === undefined ? [] : ["'self'"]),
    ...(script === undefined ? [] : [`'${hashOf(script)}'`]),
  ];
  const scripts = allowed.length === 0 ? [] : [`script-src ${allowed.join(' ')}`];
  const policy = [
    "default-src 'none'",
    `style-src ${styleSheet === undefined ? "'unsafe-inline'" : "'self'"}`,
    ...scripts,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy.join('; ')} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>{title}</title>
        {styleSheet === undefined ? (
          <style dangerouslySetInnerHTML={{ __html: pageStyle }} />
        ) : (
          <link rel="stylesheet" href={styleSheet} />
        )}
        {head}
      </head>
      <body>
        {body}
        {scriptFile !== undefined && <script src={scriptFile} />}
        {script !== undefined && <script dangerouslySetInnerHTML={{ __html: script }} />}
      </body>
    </html>
  );
  return `<!doctype html>\n${renderToString(page)}\n`;
}

function hashOf(script: string): string {
  return `sha256-${Buffer.from(digestOf(script), 'hex').toString('base64')}`;
}

/** The same with every text in it as it may be shown, names of members too. */
function shown<Data>(data: Data): Data {
  if (typeof data === 'string') return visibleLines(data) as Data;
  if (Array.isArray(data)) return data.map(shown) as Data;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([name, each]) => [visibleLines(name), shown(each)]),
  ) as Data;
}
