import { type PlaceholderName, placeholders } from '../../config/project/placeholders.ts';
import { factName } from './shown.ts';

const date = (format: string, what: string, at: string) =>
  `$(plain git show -s --format=${what} --date=${format}:%Y-%m-%dT%H:%M:%SZ ${at})`;
const seconds = (what: string, at: string) => `$(plain git show -s --format=${what} ${at})`;

/** What stands for each, in shell, in the checkout, as `task/source/source.ts` asks for it; a value of its own: nothing. */
const facts: { readonly [Name in PlaceholderName]: string | undefined } = {
  tag: undefined,
  'tag.bare': `\${TAG#v}`,
  'tag.short': '$(plain git rev-parse --short "refs/tags/$TAG")',
  commit: undefined,
  'commit.short': '$(plain git rev-parse --short "$COMMIT")',
  'commit.unix': seconds('%ct', '"$COMMIT"'),
  'commit.date.utc': date('format-local', '%cd', '"$COMMIT"'),
  head: '$(plain git rev-parse HEAD)',
  'head.short': '$(plain git rev-parse --short=7 HEAD)',
  'head.date': date('format', '%cd', 'HEAD'),
  'head.date.utc': date('format-local', '%cd', 'HEAD'),
  'head.unix': seconds('%ct', 'HEAD'),
  'head.author.utc': date('format-local', '%ad', 'HEAD'),
  'head.author.unix': seconds('%at', 'HEAD'),
  'head.describe': '$(plain git describe --always --abbrev=0 HEAD)',
};

/** Those that may have a length. */
const objects: Readonly<Record<string, string>> = {
  TAG_SHORT: '"refs/tags/$TAG"',
  COMMIT_SHORT: '"$COMMIT"',
  HEAD_SHORT: 'HEAD',
};

const named = new Map(
  (Object.keys(placeholders) as PlaceholderName[]).map((name) => [factName(name), facts[name]]),
);

/** What only the checkout says, for those of the names that stand for such. */
export function factLines(names: readonly string[]): readonly string[] {
  const lines = [...new Set(names)].flatMap((name) => {
    const [, object = '', length] = /^([A-Z_]+)_([0-9]+)$/.exec(name) ?? [];
    const value =
      length === undefined
        ? named.get(name)
        : `$(plain git rev-parse ${objects[object] ?? ''} | cut -c 1-${length})`;
    return value === undefined ? [] : [`${name}=${value}`];
  });
  return lines.length === 0 ? [] : ['# What the checkout says of itself', 'cd "$work"/source', ...lines];
}

/** Whether one of the names is as long as all objects of the repository call for. */
export function needsWholeClone(names: readonly string[]): boolean {
  return names.some((name) => name in objects);
}
