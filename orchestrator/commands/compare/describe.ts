import { canonicalJson } from '../../core/canonical-json.ts';
import { countOf } from '../../core/numbers.ts';
import { visible } from '../../core/visible.ts';
import type {
  Aspect,
  ConfigDifference,
  FileDifference,
  ImageComparison,
  ImageIdentity,
  PackageDifference,
  PlatformComparison,
} from '../../oci/image/comparison.ts';

/** How two images compare, in lines to be read: the verdict, what differs, and what was set aside. */
export function describeImageComparison(a: string, b: string, comparison: ImageComparison): string {
  const { verdict, platforms, onlyInA, onlyInB } = comparison;
  const lines = [
    `${verdict}: ${a} and ${b}`,
    ...onlyInA.map((platform) => `only ${a} has ${platform}`),
    ...onlyInB.map((platform) => `only ${b} has ${platform}`),
    ...platforms.flatMap((each) => ['', ...describePlatform(each)]),
  ];
  return `${lines.map(visible).join('\n')}\n`;
}

/** One platform of two images. */
export function describePlatform(compared: PlatformComparison): readonly string[] {
  const { platform, verdict, a, b, packages, config, files, setAside } = compared;
  return [
    `${platform}: ${verdict}`,
    `  - ${identity(a)}`,
    `  + ${identity(b)}`,
    ...section('packages', packages.map(describePackage)),
    ...section('config', config.map(describeField)),
    ...section('files', collapse(files).map(describeFile)),
    ...section(
      'set aside',
      setAside.map(({ name, count, what }) => `${name} (${what}): ${count}`),
    ),
    ...section('handled in their own way by each engine', [...oddities('-', a), ...oddities('+', b)]),
  ];
}

/** Lines below a title; nothing where there are none. */
export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}

function identity({ manifest, config, layers, paths, packages, unreadPackages }: ImageIdentity): string {
  const unread = unreadPackages === null ? '' : `, its rpm database cannot be read: ${unreadPackages}`;
  const rpms = packages === null ? unread : `, ${countOf(packages, 'package')}`;
  return `${manifest ?? `config ${config}`} (${countOf(layers, 'layer')}, ${countOf(paths, 'path')}${rpms})`;
}

function oddities(mark: string, { oddities: all }: ImageIdentity): readonly string[] {
  return all.map(({ path, layer, why }) => `${mark} ${path} in layer ${layer + 1} ${why}`);
}

function describePackage({ name, arch, a, b, tags }: PackageDifference): string {
  const full = arch === '' ? name : `${name}.${arch}`;
  if (a === null) return `+ ${full} ${b}`;
  if (b === null) return `- ${full} ${a}`;
  return tags.length === 0 ? `~ ${full} ${a} -> ${b}` : `~ ${full} ${a} differs in ${tags.join(', ')}`;
}

function describeField({ field, a, b }: ConfigDifference): string {
  if (a === null) return `+ ${field} ${canonicalJson(b)}`;
  if (b === null) return `- ${field} ${canonicalJson(a)}`;
  return `~ ${field} ${canonicalJson(a)} -> ${canonicalJson(b)}`;
}

interface Shown {
  readonly file: FileDifference;
  /** Paths below it that came or went with it. */
  readonly below: number;
}

/** What came or went with its folder is counted there. */
function collapse(files: readonly FileDifference[]): readonly Shown[] {
  const shown: { file: FileDifference; below: number }[] = [];
  const folders = new Map<string, { file: FileDifference; below: number }>();
  for (const file of files) {
    const parent = folders.get(`${file.change} ${file.path.slice(0, file.path.lastIndexOf('/'))}`);
    const each = parent ?? { file, below: 0 };
    if (parent === undefined) shown.push(each);
    else parent.below += 1;
    if (file.change !== 'changed' && file.kind === 'folder') folders.set(`${file.change} ${file.path}`, each);
  }
  return shown;
}

const marks = { added: '+', removed: '-', changed: '~' } as const;

function describeFile({ file, below }: Shown): string {
  const { path, change, kind, isProgram, aspects } = file;
  const what = kind === 'file' ? '' : kind === 'folder' ? '/' : ` (${kind})`;
  if (change !== 'changed') {
    const rest = below === 0 ? '' : ` and ${below} below it`;
    return `${marks[change]} ${path}${what}${rest}`;
  }
  const words = aspects.map(describeAspect).join(', ');
  return `~ ${path}${kind === 'folder' ? '/' : ''} ${words}${isProgram ? ' (a program)' : ''}`;
}

function describeAspect({ aspect, a, b }: Aspect): string {
  return `${aspect} ${a === '' ? 'none' : a} -> ${b === '' ? 'none' : b}`;
}
