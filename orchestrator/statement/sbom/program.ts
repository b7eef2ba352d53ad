import type { BinaryModule, BuildInformation } from '../../verdict/inspect/binary.ts';
import { type Fact, type Part, partOf, sourceOf, type Tree } from './bill.ts';
import { type LicenseFacts, licenseKey, type ProgramFacts } from './facts.ts';
import { moduleUrl } from './purl.ts';

/** Where a program lies in an image. */
interface Place {
  readonly paths: readonly string[];
  readonly facts: readonly Fact[];
}

/**
 * A program with all that it links. It stands for its main module, as scanners have it: under that module's package URL, at the
 * version that was checked out, since what the go command stamps is of the checkout's folder, `(devel)` mostly.
 */
export function programTree(program: ProgramFacts, place: Place = { paths: [], facts: [] }): Tree {
  const { name, sha256, platform, build, project } = program;
  const main = build === undefined ? undefined : mainModule(build);
  const version = project?.tag ?? released(main?.version);
  const part = partOf('program', name, {
    version,
    purl: main === undefined || main.path === '' ? undefined : moduleUrl(main.path, version),
    sha256,
    license: main === undefined ? {} : licenseOf(main.path, version, program),
    source: sourceOf(project),
    patches: project?.patches ?? [],
    paths: place.paths,
    completeness: build === undefined ? 'unknown' : isListed(build) ? 'complete' : 'incomplete',
    facts: [
      ...(platform === undefined ? [] : [['platform', platform] as const]),
      ...(build === undefined ? [] : factsOfBuild(build)),
      ...place.facts,
    ],
  });
  if (build === undefined) return { part, has: [] };
  // Programs from before Go 1.18 may name a module without a path.
  const modules = build.dependencies.filter(({ path }) => path !== '');
  const parts = [...modules.map((module) => modulePart(module, program)), ...goPart(build, program)];
  return { part, has: parts.map((each) => ({ kind: 'uses', tree: { part: each, has: [] } })) };
}

/** What one go command is given instead of a package: a file. Then it is no module's name. */
const ofFiles = 'command-line-arguments';

/** Programs that were built without modules have but their package. */
function mainModule({ main, path }: BuildInformation): Pick<BinaryModule, 'path' | 'version'> {
  return main.path === '' || main.path === ofFiles
    ? { path: path === ofFiles ? '' : path, version: '' }
    : main;
}

/** Whether the program says which modules it links: it does unless it was built without them. */
function isListed({ main }: BuildInformation): boolean {
  return main.path !== '';
}

function released(version: string | undefined): string | undefined {
  return version === undefined || version === '' || version === '(devel)' ? undefined : version;
}

function factsOfBuild({ main, path }: BuildInformation): readonly Fact[] {
  const stamped = released(main.version);
  return [
    ...(path === '' ? [] : [['go-package', path] as const]),
    ...(stamped === undefined ? [] : [['go-stamped-version', stamped] as const]),
  ];
}

function modulePart(module: BinaryModule, program: ProgramFacts): Part {
  const { replace } = module;
  const used = replace ?? module;
  // A folder in a module's place has no name of its own: what is in it is the project's, at no version of that module.
  const isFolder =
    replace !== undefined && (released(replace.version) === undefined || /^[./]/.test(replace.path));
  const path = isFolder ? module.path : used.path;
  const version = isFolder ? undefined : released(used.version);
  const isOther =
    replace !== undefined && (isFolder || replace.path !== module.path || replace.version !== module.version);
  return partOf('module', path, {
    version,
    purl: moduleUrl(path, version),
    sha256: sumOf(used.sum),
    license: licenseOf(module.path, isFolder ? program.project?.tag : version, program, module.version),
    facts: [
      ...(used.sum === '' ? [] : [['go-module-sum', used.sum] as const]),
      ...(isOther ? [['replaces', `${module.path} ${module.version}`.trim()] as const] : []),
      ...(isFolder ? [['folder', replace.path] as const] : []),
    ],
  });
}

/** The SHA-256 in a module's sum (https://go.dev/ref/mod#go-sum-files): over the sorted list of its files' own. */
function sumOf(sum: string): string | undefined {
  const [, base64 = ''] = /^h1:([A-Za-z0-9+/]{43}=)$/.exec(sum) ?? [];
  return base64 === '' ? undefined : Buffer.from(base64, 'base64').toString('hex');
}

function licenseOf(
  path: string,
  version: string | undefined,
  { licenses }: ProgramFacts,
  otherwise = '',
): LicenseFacts {
  return licenses.get(licenseKey(path, version ?? '')) ?? licenses.get(licenseKey(path, otherwise)) ?? {};
}

/** Go's standard library, under the name that scanners give it. */
function goPart({ goVersion }: BuildInformation, { go, licenses }: ProgramFacts): readonly Part[] {
  // `go1.22.3 X:boringcrypto`, `go1.26.0-X:nodwarf5`; of a Go from no release `devel go1.22-abcdef Mon ...`.
  const [, version, rest] = /^go([0-9][0-9a-z.]*?)((?:[ -]X:|[ +-]).*)?$/.exec(goVersion) ?? [];
  if (goVersion === '') return [];
  const { build, flavour, patches = [] } = go ?? {};
  return [
    partOf('module', 'stdlib', {
      version: version === undefined ? goVersion : `go${version}`,
      purl: moduleUrl('stdlib', version),
      cpe: version === undefined ? undefined : `cpe:2.3:a:golang:go:${cpeVersion(version)}:*:*:*:*:*:*`,
      license: licenses.get(licenseKey('golang.org/go', `go${version}`)) ?? {},
      patches,
      facts: [
        ...(flavour === undefined
          ? []
          : [['go', build === undefined ? flavour : `${flavour} ${build}`] as const]),
        ...(rest === undefined ? [] : [['go-version', goVersion] as const]),
      ],
    }),
  ];
}

/** `1.21.9` is `1.21.9:-` there, `1.22rc1` is `1.22:rc1`. */
function cpeVersion(version: string): string {
  const [, release, candidate = '-'] = /^([0-9.]+?)((?:rc|beta|alpha)[0-9]+)?$/.exec(version) ?? [];
  return `${release ?? version}:${candidate}`;
}
