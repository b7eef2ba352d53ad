import { keepsLinkerText } from '../../config/project/go-flags.ts';
import type { ProjectBuild } from '../../config/project/project.ts';
import { type Platform, platformParts } from '../../core/platform.ts';
import { costs, type Variant } from './variant.ts';

/** The linker's words in the eras of upstream's make rules, and in plain use. */
const linkerWords: readonly (readonly string[])[] = [
  ['-s', '-w', '-buildid=', '-extldflags', '-static'],
  ["-buildid=''", '-s', '-w'],
  ['-s', '-w', "-buildid=''"],
  ['-s', '-w', '-buildid='],
  ['-s', '-w'],
];

/**
 * Other flags and environment of the build (rule 7), and modules from elsewhere (rule 6).
 * @param version of Go. @param host the machine's platform: another one cannot be linked with C.
 */
export function settingVariants(
  builds: readonly ProjectBuild[],
  platform: Platform,
  version: string,
  host: Platform,
): readonly Variant[] {
  const minor = Number(version.split('.')[1] ?? 0);
  const { arch } = platformParts(platform);
  const levels = [
    ...(arch === 'amd64' && minor >= 18 ? ['v2', 'v3'].map((level) => ['GOAMD64', level] as const) : []),
    ...(arch === 'arm64' && minor >= 23 ? ['v8.1', 'v9.0'].map((level) => ['GOARM64', level] as const) : []),
    ...(platform === host ? [['CGO_ENABLED', '1'] as const] : []),
  ];
  return [
    ...(minor < 14 ? [] : [moduleVariant(minor)]),
    ...levels.map(([name, value]): Variant => {
      return {
        rule: 'settings',
        what: `${name}=${value}`,
        override: { environment: { [name]: value } },
        weight: 3,
        cost: costs.everything,
      };
    }),
    ...flagVariants(builds),
    ...linkerVariants(builds, keepsLinkerText(version)),
  ];
}

function moduleVariant(minor: number): Variant {
  const modules = minor >= 23 ? 'cache' : 'vendor';
  const what =
    modules === 'vendor'
      ? 'modules from vendor, without their sums'
      : 'modules from the module cache, with their sums';
  return { rule: 'modules', what, override: { modules }, weight: 5, cost: costs.packages };
}

function flagVariants(builds: readonly ProjectBuild[]): readonly Variant[] {
  const flags = builds[0]?.flags ?? [];
  const suffix = flags.indexOf('-installsuffix');
  const variants: Variant[] = [];
  const add = (what: string, changed: readonly string[], weight: number): void => {
    variants.push({
      rule: 'settings',
      what,
      override: { flags: [...changed] },
      weight,
      cost: costs.everything,
    });
  };
  if (suffix === -1) add('-installsuffix cgo', [...flags, '-installsuffix', 'cgo'], 1);
  else
    add(
      'no -installsuffix',
      flags.filter((_, at) => at !== suffix && at !== suffix + 1),
      2,
    );
  const tags = flags.findIndex((flag) => /^--?tags(=|$)/.test(flag));
  if (tags === -1) {
    for (const tag of ['netgo', 'osusergo,netgo', 'osusergo'])
      add(`tags ${tag}`, [...flags, `-tags=${tag}`], 3);
  } else {
    const words = flags[tags]?.includes('=') === true ? 1 : 2;
    add(
      'no tags',
      flags.filter((_, at) => at < tags || at >= tags + words),
      3,
    );
  }
  return variants;
}

/** @param keepsText whether the program holds these words as they were written: then a blank at their end, which make leaves, counts. */
function linkerVariants(builds: readonly ProjectBuild[], keepsText: boolean): readonly Variant[] {
  const { ldflags: own, stamps = {} } = builds[0] ?? {};
  const ends = keepsText && Object.keys(stamps).length === 0;
  const [common = []] = linkerWords;
  const words = own === undefined ? linkerWords : [...linkerWords, own];
  const texts = ends ? words.flatMap((each) => [each, [...each, '']]) : words;
  const others = new Map(texts.map((each) => [each.join(' '), each] as const));
  others.delete((own ?? (ends ? [...common, ''] : common)).join(' '));
  return [...others].map(([text, each]): Variant => {
    return {
      rule: 'settings',
      what: `-ldflags '${text}'`,
      override: { ldflags: [...each] },
      weight: 2,
      cost: costs.link,
    };
  });
}
