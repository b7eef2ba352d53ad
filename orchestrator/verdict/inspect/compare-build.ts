import type { BinaryModule, BuildInformation } from './binary.ts';
import type { Difference, Sides } from './difference.ts';

/** Differences of the build information, most telling first. */
export function compareBuild(
  built: BuildInformation | undefined,
  published: BuildInformation | undefined,
): readonly Difference[] {
  const goVersion = sides(built?.goVersion, published?.goVersion);
  const found: Difference[] = goVersion === undefined ? [] : [{ kind: 'go-version', ...goVersion }];
  if (built === undefined || published === undefined) return found;
  return [
    ...found,
    ...compareStamp(built.settings, published.settings),
    ...compareSettings(built.settings, published.settings),
    ...compareMain(built.main, published.main),
    ...compareDependencies(built.dependencies, published.dependencies),
  ];
}

type Settings = BuildInformation['settings'];

function compareStamp(built: Settings, published: Settings): readonly Difference[] {
  const stamp = sides(stampOf(built), stampOf(published));
  if (stamp === undefined) return [];
  if (stamp.built === undefined || stamp.published === undefined)
    return [{ kind: 'vcs', what: 'stamp', ...stamp }];
  return (['revision', 'modified', 'time'] as const).flatMap((what): readonly Difference[] => {
    const differing = sides(built.get(`vcs.${what}`), published.get(`vcs.${what}`));
    return differing === undefined ? [] : [{ kind: 'vcs', what, ...differing }];
  });
}

/** `dbc45af2 of 2023-05-01T10:00:00Z, modified` */
function stampOf(settings: Settings): string | undefined {
  const [revision, time] = [settings.get('vcs.revision'), settings.get('vcs.time')];
  if (revision === undefined) return undefined;
  return `${revision} of ${time}, ${settings.get('vcs.modified') === 'true' ? 'modified' : 'clean'}`;
}

/**
 * From what changes all code to what changes little. `-trimpath` comes before `-ldflags`, which the go command leaves out
 * where paths are trimmed.
 */
const tellingSettings = [
  ...[
    '-compiler',
    'CGO_ENABLED',
    'GOAMD64',
    'GOARM64',
    'GOARM',
    'GO386',
    'GOEXPERIMENT',
    '-buildmode',
    '-race',
  ],
  ...[
    '-msan',
    '-asan',
    '-cover',
    '-tags',
    '-gcflags',
    '-asmflags',
    '-trimpath',
    '-ldflags',
    'DefaultGODEBUG',
  ],
];

function compareSettings(built: Settings, published: Settings): readonly Difference[] {
  const names = [...new Set([...built.keys(), ...published.keys()])].filter(
    (name) => !name.startsWith('vcs'),
  );
  return names
    .sort((a, b) => rank(a) - rank(b))
    .flatMap((name): readonly Difference[] => {
      const differing = sides(built.get(name), published.get(name));
      return differing === undefined ? [] : [{ kind: 'setting', name, ...differing }];
    });
}

function rank(setting: string): number {
  const at = tellingSettings.indexOf(setting);
  return at < 0 ? tellingSettings.length : at;
}

function compareMain(built: BinaryModule, published: BinaryModule): readonly Difference[] {
  return (['path', 'version', 'sum'] as const).flatMap((what): readonly Difference[] => {
    const differing = sides(built[what] || undefined, published[what] || undefined);
    return differing === undefined ? [] : [{ kind: 'main-module', what, ...differing }];
  });
}

type DependencyDifference = Extract<Difference, { kind: 'dependencies' }>;

function compareDependencies(
  built: readonly BinaryModule[],
  published: readonly BinaryModule[],
): readonly Difference[] {
  const [ours, theirs] = [byPath(built), byPath(published)];
  const found = new Map<DependencyDifference['what'], DependencyDifference['modules'][number][]>();
  for (const module of [...new Set([...ours.keys(), ...theirs.keys()])].sort()) {
    const differing = compareModule(ours.get(module), theirs.get(module));
    if (differing === undefined) continue;
    const { what, ...rest } = differing;
    found.set(what, [...(found.get(what) ?? []), { module, ...rest }]);
  }
  return (['set', 'version', 'replacement', 'sum', 'sum-absent'] as const).flatMap((what) => {
    const modules = found.get(what);
    return modules === undefined ? [] : [{ kind: 'dependencies', what, modules }];
  });
}

type ModuleDifference = { readonly what: DependencyDifference['what'] } & Sides<string>;

/** The one thing that says most. */
function compareModule(
  built: BinaryModule | undefined,
  published: BinaryModule | undefined,
): ModuleDifference | undefined {
  if (built === undefined || published === undefined) {
    return { what: 'set', built: built?.version, published: published?.version };
  }
  const version = sides(built.version, published.version);
  if (version !== undefined) return { what: 'version', ...version };
  const replacement = sides(replacementOf(built), replacementOf(published));
  if (replacement !== undefined) return { what: 'replacement', ...replacement };
  const sum = sides(sumOf(built), sumOf(published));
  if (sum === undefined) return undefined;
  const isAbsent = sum.built === undefined || sum.published === undefined;
  return { what: isAbsent ? 'sum-absent' : 'sum', ...sum };
}

function replacementOf({ replace }: BinaryModule): string | undefined {
  return replace && `${replace.path}${replace.version === '' ? '' : `@${replace.version}`}`;
}

/** That of what was compiled. */
function sumOf({ replace, sum }: BinaryModule): string | undefined {
  return (replace?.sum ?? sum) || undefined;
}

function byPath(modules: readonly BinaryModule[]): ReadonlyMap<string, BinaryModule> {
  return new Map(modules.map((each) => [each.path, each]));
}

/** Undefined where both are the same. */
export function sides<T>(built: T | undefined, published: T | undefined): Sides<T> | undefined {
  return built === published ? undefined : { built, published };
}
