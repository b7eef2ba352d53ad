import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  type ParsedNode,
  Parser,
} from 'yaml';
import { err, ok, type Result } from '../core/result.ts';

/** What is wrong with a text, and between which offsets of it. */
export interface YamlTrouble {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What scalars are: `texts`, whatever stands there (`1.20` is no number); `typed`, as kubectl takes them for an API server: what stands
 * without quotes may be a number, true or false, or null.
 */
export type Scalars = 'texts' | 'typed';

/** A text as nodes that know where they stand, and as a value. */
export interface YamlDocument {
  readonly contents: ParsedNode | null;
  readonly value: unknown;
}

/** How deep lists and maps may lie in one another: what reads them calls itself. A recipe has nine. */
const deepest = 64;

/** How much a text may stand for, its aliases written out: lexemes to read, values to decode. The largest lock has some 5000. */
const most = 2 ** 18;

/**
 * Reads one document of YAML. Aliases are followed; merge keys, and keys that are no texts, are
 * none of ours. Nothing in a text makes it throw, or takes more than its size warrants.
 */
export function readYaml(
  text: string,
  scalars: Scalars = 'texts',
): Result<YamlDocument, readonly YamlTrouble[]> {
  const parser = new Parser();
  const tokens = [];
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    const here = (message: string) => err([{ message, start: parser.offset, end: parser.offset + 1 }]);
    if (parser.stack.length > deepest) return here(`nested more than ${deepest} levels deep`);
    if (++count > 4 * most) return here('too much for one file');
  }
  tokens.push(...parser.end());
  // Whether a key is there twice is asked below: the composer would compare each with all others.
  const composer = new Composer({
    ...{ schema: 'failsafe', resolveKnownTags: false },
    ...{ prettyErrors: false, uniqueKeys: false },
  });
  const [document, another] = [...composer.compose(tokens, true, text.length)];
  if (document === undefined) return ok({ contents: null, value: null });
  const trouble: YamlTrouble[] = [...document.errors, ...document.warnings].map(({ message, pos }) => {
    return { message: `malformed YAML: ${message}`, start: Math.min(pos[0], text.length), end: pos[1] };
  });
  if (another !== undefined) {
    const [start] = another.range;
    trouble.push({ message: 'malformed YAML: a second document begins here', start, end: start + 1 });
  }
  if (trouble.length > 0) return err(trouble);
  return plainOf(document, scalars);
}

/** What a node stands for, and how many values that is. */
interface Plain {
  readonly value: unknown;
  readonly weight: number;
}

function plainOf(
  { contents }: Document.Parsed,
  scalars: Scalars,
): Result<YamlDocument, readonly YamlTrouble[]> {
  const trouble: YamlTrouble[] = [];
  /** Undefined while the node is being read. */
  const anchors = new Map<string, Plain | undefined>();
  const complain = (node: unknown, message: string): Plain => {
    const [start, end] = isNode(node) && node.range ? node.range : [0, 1];
    trouble.push({ message, start, end });
    return { value: null, weight: 1 };
  };

  const read = (node: unknown): Plain => {
    if (isAlias(node)) {
      const found = anchors.get(node.source);
      if (found !== undefined) return found;
      const isOpen = anchors.has(node.source);
      const why = isOpen ? 'stands within what it stands for' : 'stands for nothing above it';
      return complain(node, `the alias *${node.source} ${why}`);
    }
    const anchor = isNode(node) && 'anchor' in node ? node.anchor : undefined;
    if (anchor !== undefined) anchors.set(anchor, undefined);
    const plain = isMap(node)
      ? readMap(node.items, node)
      : isSeq(node)
        ? readList(node.items, node)
        : scalar(node);
    if (anchor !== undefined) anchors.set(anchor, plain);
    return plain;
  };

  const scalar = (node: unknown): Plain => {
    if (!isScalar(node)) return { value: null, weight: 1 };
    const { value, type, tag } = node;
    const isTyped = scalars === 'typed' && type === 'PLAIN' && tag === undefined;
    return { value: isTyped ? typed(String(value)) : value, weight: 1 };
  };

  const readList = (items: readonly unknown[], node: Node): Plain => {
    const members = items.map(read);
    return bounded(
      members.map(({ value }) => value),
      members,
      node,
    );
  };

  const readMap = (items: readonly Pair[], node: Node): Plain => {
    const entries = new Map<string, Plain>();
    for (const { key, value } of items) {
      const name = isScalar(key) ? key.value : read(key).value;
      if (typeof name !== 'string') complain(key, 'the name of a field is a text');
      else if (name === '<<' || name === '__proto__') complain(key, `no field is called ${name}`);
      else if (entries.has(name)) complain(key, 'malformed YAML: Map keys must be unique');
      else entries.set(name, read(value));
    }
    const value = Object.fromEntries([...entries].map(([name, member]) => [name, member.value]));
    return bounded(value, [...entries.values()], node);
  };

  const bounded = (value: unknown, members: readonly Plain[], node: Node): Plain => {
    const weight = members.reduce((sum, member) => sum + member.weight, 1);
    return weight > most
      ? complain(node, 'too much for one file, its aliases written out')
      : { value, weight };
  };

  const { value } = read(contents);
  return trouble.length > 0 ? err(trouble) : ok({ contents, value });
}

/** What is a number or a truth to some readers of YAML, and not the same to others: it is neither, and no text. */
const unclear = Number.NaN;

/**
 * What stands without quotes, as kubectl's reader has it (sigs.k8s.io/yaml: YAML 1.1, but that times and numbers to the base of 60 are
 * texts). Of numbers and truths those alone count that all readers take alike.
 */
function typed(source: string): string | number | boolean | null {
  if (/^(?:~|null|Null|NULL)?$/.test(source)) return null;
  if (source === 'true' || source === 'false') return source === 'true';
  if (/^(?:[yYnN]|yes|Yes|YES|no|No|NO|[tT]rue|TRUE|[fF]alse|FALSE|on|On|ON|off|Off|OFF)$/.test(source))
    return unclear;
  const digits = source.replaceAll('_', '');
  const isNumber =
    /^[-+]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[-+]?[0-9]+)?|0(?:x[0-9a-f]+|o[0-7]+|b[01]+)|\.inf)$/i.test(
      digits,
    ) || /^\.(?:nan|NaN|NAN)$/.test(source);
  if (!isNumber || source.startsWith('_')) return source;
  return /^(?:0|-?[1-9][0-9]{0,14})$/.test(source) ? Number(source) : unclear;
}
