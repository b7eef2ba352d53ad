import { platformParts } from '../../core/platform.ts';
import type { GoBuildNode } from '../../plan/node-go.ts';
import type { BuildInformation } from '../inspect/binary.ts';
import type { Difference } from '../inspect/difference.ts';
import { flagSettings } from './flag-settings.ts';

/** What of a source is in a program that is stamped with it. */
export interface ForetoldSource {
  /** What the programs are stamped with, where that is known before the patches are applied. */
  readonly head: string | undefined;
  /** Whether the stamp says that the checkout is modified. */
  readonly isModified: boolean;
  readonly tags: 'all' | 'minor' | 'none';
}

/** What the build information of a program will be. */
export interface Foretold {
  /** What is not known beforehand is as in the published program: it does not count as a difference. */
  readonly build: BuildInformation;
  /** What that is, by `nameOfDifference`. */
  readonly unknown: ReadonlySet<string>;
}

/** Stands where the program will have something that the published one has not. */
const later = '(known when it is built)';

const noModule = { path: '', version: '', sum: '', replace: undefined };

/**
 * Foretells the build information of a program from the plan of its build alone: what Go's cmd/go/internal/load (setBuildInfo)
 * takes of flags, environment, layout and stamp.
 * @param file the program's name, with `.exe` where it has that.
 */
export function foretell(
  node: GoBuildNode,
  file: string,
  source: ForetoldSource,
  published: BuildInformation,
): Foretold {
  const minor = Number(/^1\.(\d+)/.exec(node.goVersion)?.[1] ?? 0);
  const isGopath = node.layout?.mode === 'gopath';
  const isStamped = minor >= 18 && !isGopath && !node.flags.includes('-buildvcs=false');
  const unknown = new Set<string>();
  const settings = minor < 18 ? new Map<string, string>() : plainSettings(node, minor);
  if (isStamped) addStamp(settings, source, published, unknown);
  for (const name of minor < 18 ? [] : untold(node)) {
    unknown.add(`setting ${name}`);
    const value = published.settings.get(name);
    if (value !== undefined) settings.set(name, value);
  }
  const path = pathOf(node, file);
  if (path === undefined) unknown.add('path');
  if (!isGopath) {
    for (const what of ['set', 'version', 'replacement', 'sum', 'sum-absent'])
      unknown.add(`dependencies ${what}`);
    for (const what of ['path', 'sum']) unknown.add(`main-module ${what}`);
  }
  const { main } = published;
  const build = {
    goVersion: `go${node.goVersion}`,
    path: path ?? published.path,
    main: isGopath
      ? noModule
      : {
          ...main,
          path: main.path || later,
          version: mainVersion(minor, isStamped, source, main.version, unknown),
        },
    dependencies: isGopath ? [] : published.dependencies,
    settings,
  };
  return { build, unknown };
}

function plainSettings(node: GoBuildNode, minor: number): Map<string, string> {
  const { os, arch } = platformParts(node.platform);
  return new Map([
    ['-buildmode', 'exe'],
    ['-compiler', 'gc'],
    ...flagSettings(node.flags, node.layout),
    ['CGO_ENABLED', node.environment['CGO_ENABLED'] ?? '0'],
    ['GOARCH', arch],
    ['GOOS', os],
    ...(arch === 'amd64' ? [['GOAMD64', node.environment['GOAMD64'] ?? 'v1'] as const] : []),
    ...(arch === 'arm64' && minor >= 23 ? [['GOARM64', node.environment['GOARM64'] ?? 'v8.0'] as const] : []),
  ]);
}

/** Settings that the checkout has a say in, or that would name folders of the machine. */
function untold({ flags, environment }: GoBuildNode): readonly string[] {
  const cgo = ['CGO_CFLAGS', 'CGO_CPPFLAGS', 'CGO_CXXFLAGS', 'CGO_LDFLAGS'];
  return [
    'DefaultGODEBUG',
    ...(flags.includes('-trimpath') ? [] : ['-ldflags']),
    ...(environment['CGO_ENABLED'] === '1' ? cgo : []),
  ];
}

function addStamp(
  settings: Map<string, string>,
  { head, isModified }: ForetoldSource,
  published: BuildInformation,
  unknown: Set<string>,
): void {
  settings.set('vcs', 'git');
  settings.set('vcs.modified', String(isModified));
  settings.set('vcs.revision', head ?? published.settings.get('vcs.revision') ?? later);
  settings.set('vcs.time', published.settings.get('vcs.time') ?? later);
  if (head === undefined) unknown.add('vcs revision');
  unknown.add('vcs time');
}

/** From Go 1.24 on, a stamped program has a version that comes of the tags: of `v1.33.1`, or after it, or `v0.0.0-`. */
function mainVersion(
  minor: number,
  isStamped: boolean,
  { tags }: ForetoldSource,
  published: string,
  unknown: Set<string>,
): string {
  if (minor < 24 || !isStamped) return '(devel)';
  const hasNone = published.startsWith('v0.0.0-');
  if (published === '(devel)' || published === '' || (tags === 'none' && !hasNone)) return later;
  if (tags !== 'none') unknown.add('main-module version');
  return published;
}

/** Undefined where the package is one of a pattern, or is named by its folder. */
function pathOf({ programs }: GoBuildNode, file: string): string | undefined {
  const plain = file.replace(/\.exe$/, '');
  const program = programs.find((each) => (each.name ?? each.package.split('/').at(-1)) === plain);
  return program === undefined || /^\.|\*/.test(program.package) ? undefined : program.package;
}

/** What a difference is of: `go-version`, `vcs revision`, `setting -tags`, `main-module version`, `dependencies set`. */
export function nameOfDifference(difference: Difference): string {
  switch (difference.kind) {
    case 'vcs':
    case 'main-module':
    case 'dependencies':
      return `${difference.kind} ${difference.what}`;
    case 'setting':
      return `${difference.kind} ${difference.name}`;
    default:
      return difference.kind;
  }
}
