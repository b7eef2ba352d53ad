/**
 * The named placeholders that a recipe's texts may hold, and what stands for each. `{{` is a brace.
 * `{tag.short:N}`, `{commit.short:N}` and `{head.short:N}` give N characters, whatever the clone's size.
 */
export const placeholders = {
  tag: 'the source tag, `v1.2.3`',
  'tag.bare': 'the source tag without a leading `v`',
  'tag.short':
    '`git rev-parse --short <tag>` in a full clone: of an annotated tag its own object, not the commit',
  commit: 'the commit that the tag points at',
  'commit.short': "`git rev-parse --short` of the tag's commit in a full clone",
  'commit.unix': "the committer date of the tag's commit in seconds since 1970",
  'commit.date.utc': "the committer date of the tag's commit in UTC, as `2024-05-01T19:00:00Z`",
  head: 'the commit after the patches',
  'head.short':
    '`git rev-parse --short=7` of the patched commit in a full clone: seven digits, or more where they are shared',
  'head.date': "the patched commit's committer date in the committer's own zone, as `2024-05-01T12:00:00Z`",
  'head.date.utc': "the patched commit's committer date in UTC, as `2024-05-01T19:00:00Z`",
  'head.unix': "the patched commit's committer date in seconds since 1970",
  'head.author.utc': "the patched commit's author date in UTC: of the last patch",
  'head.author.unix': "the patched commit's author date in seconds since 1970",
  'head.describe': '`git describe --always --abbrev=0` of the patched commit in a full clone',
} as const;

export type PlaceholderName = keyof typeof placeholders;

/** Placeholders that a plan fills by the stamping rule of a release's Kubernetes (`plan/kubernetes-stamps.ts`). */
const kubernetesPlaceholders = {
  'kubernetes.date': 'the date of the build, as Kubernetes prints it',
  'kubernetes.epoch': 'the same date in seconds since 1970',
  'kubernetes.commit': 'the commit, as Kubernetes prints it',
  'kubernetes.state': 'the state of its tree',
  'kubernetes.version': 'the version: `v1.30.1-eks-e564799`',
  'kubernetes.major': 'the major version',
  'kubernetes.minor': 'the minor version: `30`, `18+`',
} as const;
export type KubernetesPlaceholder = keyof typeof kubernetesPlaceholders;

/** Placeholders of a project's own scripts: a plan knows all but the last, which the task knows. */
export const scriptPlaceholders = {
  platform: 'what it is built for, `linux/amd64`',
  program: "a program's name",
  file: "its file's name: with `.exe` for windows",
  checkout: 'where the commands see the checkout',
} as const;

/** A placeholder as it stands in a text. */
export interface FoundPlaceholder {
  /** With its braces: `{commit.short:9}`. */
  readonly text: string;
  readonly name: string;
  readonly length: number | undefined;
}

const takesLength: ReadonlySet<string> = new Set<PlaceholderName>([
  'tag.short',
  'commit.short',
  'head.short',
]);

const shape = /\{\{|\{([^{}]*)\}/g;

/** Puts a value in the place of each placeholder, and `{` in the place of `{{`. */
export function replacePlaceholders(text: string, fill: (placeholder: FoundPlaceholder) => string): string {
  return text.replace(shape, (whole, inside: string | undefined) => {
    if (inside === undefined) return '{';
    const [name = '', length] = inside.split(':');
    return fill({ text: whole, name, length: length === undefined ? undefined : Number(length) });
  });
}

/** Puts values in the place of some placeholders, and leaves the others, and doubled braces. */
export function replaceSome(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(shape, (whole, inside: string | undefined) =>
    inside !== undefined && Object.hasOwn(values, inside) ? (values[inside] ?? '') : whole,
  );
}

/**
 * The placeholders of a text that have no meaning: unknown names, and lengths where none belongs.
 * @param more further names.
 */
export function badPlaceholders(
  text: string,
  more: Readonly<Record<string, string>> = {},
): readonly string[] {
  const bad: string[] = [];
  replacePlaceholders(text, ({ text: whole, name, length }) => {
    const lengthFits = length === undefined || (takesLength.has(name) && length >= 4 && length <= 40);
    const isKnown = [placeholders, kubernetesPlaceholders, more].some((names) => Object.hasOwn(names, name));
    if (!isKnown || !lengthFits) bad.push(whole);
    return '';
  });
  return bad;
}

/** Stands for the tag of the project's images: `v1.30.1-eks-1-30-5`. */
export const imageTagPlaceholder = '{image.tag}';
