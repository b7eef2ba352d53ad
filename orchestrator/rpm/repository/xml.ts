import { SaxesParser } from 'saxes';
import { err, ok, type Result } from '../../core/result.ts';
import { BadMetadata } from './metadata.ts';

/** An element of an XML text. */
export interface XmlElement {
  /** Without the prefix of its namespace. */
  readonly name: string;
  /** By name, prefix and all. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, white space at both ends cut off. */
  readonly text: string;
}

interface OpenElement {
  name: string;
  attributes: Record<string, string>;
  children: OpenElement[];
  text: string;
}

/** Reads a whole XML text, or one element cut out of one. Error: the parser's first complaint. */
export function parseXml(text: string): Result<XmlElement, string> {
  // Prefixes are cut off here: an element cut out of its document no longer says what they stand for.
  const parser = new SaxesParser({ xmlns: false, position: false });
  const open: OpenElement[] = [{ name: '', attributes: {}, children: [], text: '' }];
  let complaint: string | undefined;
  parser.on('error', (error) => {
    complaint ??= error.message;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = {
      name: name.slice(name.indexOf(':') + 1),
      attributes: { ...attributes },
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed !== undefined) closed.text = closed.text.trim();
  });
  const addText = (piece: string): void => {
    const inner = open.at(-1);
    if (inner !== undefined) inner.text += piece;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(text).close();
  const root = open[0]?.children[0];
  if (complaint !== undefined) return err(complaint);
  return root === undefined ? err('it is empty') : ok(root);
}

/** The first child of a name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** All children of a name. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** Bytes: the longest description of a package there is has a hundredth of that. */
const longestElement = 64 * 1024 ** 2;

/**
 * Cuts the elements of a name out of an XML text as it comes, so that of a text of any length only one element is in memory.
 * Elements of that name hold none of the same name. @throws BadMetadata for one that does not end.
 */
export async function* cutElements(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Buffer, void> {
  let rest: Buffer = Buffer.alloc(0);
  let more: Uint8Array[] = [];
  let length = 0;
  const cut = function* (): Generator<Buffer, void> {
    const whole = Buffer.concat([rest, ...more]);
    const done = yield* cutWhole(whole, name);
    rest = whole.subarray(done);
    more = [];
    length = rest.length;
  };
  for await (const chunk of chunks) {
    more.push(chunk);
    length += chunk.length;
    // What was looked through in vain is looked through again when it has doubled: a long element takes no more than twice its length.
    if (length >= 2 * rest.length) yield* cut();
    if (length > longestElement)
      throw new BadMetadata(`it has an element ${name} of more than ${longestElement} bytes`);
  }
  yield* cut();
}

/** Gives the whole elements of a text, and returns where it has to be gone on with when there is more of it. */
function* cutWhole(text: Buffer, name: string): Generator<Buffer, number> {
  const start = `<${name}`;
  const end = `</${name}>`;
  for (let done = 0; ; ) {
    const from = findStart(text, start, done);
    // The beginning of a tag may stand at the end of what is there.
    if (from < 0) return Math.max(done, text.length - start.length);
    const to = text.indexOf(end, from);
    if (to < 0) return from;
    done = to + end.length;
    yield text.subarray(from, done);
  }
}

/** Bytes in which a text's outermost tag stands. */
const headLength = 64 * 1024;

/** Looks, while a text is read, for its outermost tag: empty where its beginning has none of that name. */
export function rootOf(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): { readonly chunks: AsyncIterable<Uint8Array>; readonly tag: () => string } {
  let head: Buffer = Buffer.alloc(0);
  async function* passing(): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of chunks) {
      if (head.length < headLength) head = Buffer.concat([head, chunk.subarray(0, headLength)]);
      yield chunk;
    }
  }
  const pattern = new RegExp(`<${name}(\\s[^>]*)?/?>`);
  return { chunks: passing(), tag: () => pattern.exec(head.toString('latin1'))?.[0] ?? '' };
}

/** Where a tag begins: its name and no longer one. -1 where there is none, or what follows is not there yet. */
function findStart(text: Buffer, start: string, from: number): number {
  for (let at = text.indexOf(start, from); at >= 0; at = text.indexOf(start, at + 1)) {
    const next = text[at + start.length];
    if (next === undefined) return -1;
    if (next === 0x3e || next <= 0x20) return at;
  }
  return -1;
}
