import { samplePlace } from '../../core/names.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import {
  type CommandJson,
  type FileJson,
  type ProjectJson,
  type RecordedBuild,
  recordedBuild,
} from '../recorded-build.ts';
import type { ReportJson } from '../report-json.ts';
import { patchLines } from './patches.ts';
import {
  assignments,
  beyond,
  comment,
  continued,
  folderLines,
  type Places,
  scriptWord,
} from './shell-text.ts';
import { toolchainLines } from './toolchain.ts';

/**
 * A POSIX shell script that builds one file as the report says that it was built, without this program: the checkout
 * with its patches and marker files, the modules, the recorded go command with its whole environment, and last
 * `sha256sum -c` of what came. Needs git, Go 1.21 or newer and a network.
 * Undefined where no command that compiles it is recorded.
 */
export function reproduceScript(
  report: ReportJson,
  project: ProjectJson,
  file: FileJson,
): string | undefined {
  const build = recordedBuild(report, file);
  if (build === undefined) return undefined;
  const base = gitEnvironment(build);
  const parts = [
    headLines(report, project, file),
    project.repository.startsWith(samplePlace) ? sampleLines() : [],
    sourceLines(project, base),
    patchLines(report, project, build.source, base),
    markerLines(project),
    toolchainLines(build, project.go?.version),
    moduleLines(build),
    build.modules === 'committed-vendor' ? sumLines(build) : [],
    compileLines(build, base),
    checkLines(file),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** That of the git commands on the checkout: settings that no machine's own come into. */
function gitEnvironment({ source }: RecordedBuild): Readonly<Record<string, string>> {
  const local = source.commands.find(({ argv, isolation }) => argv[0] === 'git' && isolation !== 'allowed');
  return local?.env ?? {};
}

function headLines({ release }: ReportJson, project: ProjectJson, file: FileJson): readonly string[] {
  return [
    '#!/bin/sh',
    comment(
      `Builds ${file.name} for ${file.platform} of ${project.name} ${project.tag}, as in ${release.name},`,
    ),
    comment(
      'without eksd-rebuild. Needs git, Go 1.21 or newer, sha256sum and a network. It works in a new folder,',
    ),
    comment('or in the one that is given, which must not exist; the folder stays.'),
    'set -eu',
    'umask 022',
    'start=$PWD',
    ...folderLines(1),
    'mkdir -p "$work"/modules/tmp "$work"/build/tmp "$work"/out',
  ];
}

/** The sample's repositories are at no host: they are made of the files in `examples/`, anywhere. */
function sampleLines(): readonly string[] {
  const made =
    'the repositories of the sample, as "sh examples/repositories.sh FOLDER" of eksd-rebuild makes them';
  return [
    comment(`${samplePlace} is no host, and never will be. Set SAMPLE to a folder with ${made}.`),
    `if [ -n "\${SAMPLE-}" ]; then`,
    '  sample=$(cd "$SAMPLE" && pwd)',
    `  git() { command git -c url."file://$sample/".insteadOf=${samplePlace} "$@"; }`,
    `elif ! git ls-remote ${samplePlace}upstream.git >"$work"/heads 2>&1; then`,
    `  echo '${samplePlace} is no host. Set SAMPLE to a folder with ${made}.' >&2`,
    '  exit 1',
    'fi',
  ];
}

function sourceLines(project: ProjectJson, base: Readonly<Record<string, string>>): readonly string[] {
  return [
    '# Git without settings of this machine',
    'plain() {',
    `${continued(['env -i', ...assignments({ ...base, PATH: '$PATH' }, paths), '"$@"'], '  ')}`,
    '}',
    '',
    comment(`The source: tag ${project.tag}`),
    `git clone --quiet --filter=blob:none --no-checkout -c core.autocrlf=false -c core.hooksPath=/dev/null \\`,
    `  ${shellQuote(project.repository)} "$work"/source`,
    'cd "$work"/source',
    `git -c advice.detachedHead=false checkout --quiet --detach ${shellQuote(project.commit)}`,
  ];
}

const paths: Places = new Map([['$PATH', '"$PATH"']]);

function markerLines({ markers }: ProjectJson): readonly string[] {
  if (markers.length === 0) return [];
  return [
    '# Files that upstream left beside the source: for them, Go stamps it as modified',
    `touch ${markers.map(shellQuote).join(' ')}`,
  ];
}

/** Where a script has the folders of a node's records. @param own the folder for what is the node's own. */
function placesOf(build: RecordedBuild, own: 'modules' | 'build'): Places {
  const tree = (id: string) => `$TREE(${id})`;
  return new Map([
    [`${tree(build.toolchain.id)}/go`, '"$goroot"'],
    [tree(build.source.id), '"$work"'],
    ['$SCRATCH', `"$work"/${own}`],
    ['$OUTPUT', own === 'build' ? '"$work"/out' : '"$work"/modules'],
    ['$STORE', '"$work"'],
  ]);
}

/** What the fetching go is told by its user, not by a record: where modules come from, and who vouches for them. */
const usersOwn = /^(GOENV|GOPROXY|GONOPROXY|GOSUMDB|GONOSUMDB|GOPRIVATE|GOINSECURE|GOAUTH|PATH|HOME|TMPDIR)$/;
const withheld = "(the user's)";

function moduleLines(build: RecordedBuild): readonly string[] {
  const places = placesOf(build, 'modules');
  const groups = new Map<string, CommandJson[]>();
  for (const command of build.fetches) {
    const { GOOS: _, GOARCH: __, ...env } = command.env;
    const key = JSON.stringify([command.argv, env]);
    groups.set(key, [...(groups.get(key) ?? []), command]);
  }
  if (groups.size === 0) return [];
  const title =
    build.modules === 'vendor' ? '# Its modules, as a vendor folder' : '# Its modules, for every platform';
  return [
    title,
    'cp -a "$work"/source "$work"/modules/source',
    ...[...groups.values()].flatMap((group) => fetchLines(group, places)),
  ];
}

function fetchLines(group: readonly CommandJson[], places: Places): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const { GOOS, GOARCH, ...others } = first.env;
  const env = Object.entries(others).filter(([name, value]) => !usersOwn.test(name) && value !== withheld);
  const words = first.argv.map((word) => scriptWord(word, places)).join(' ');
  const command = (targets: readonly string[]) => [
    'env',
    ...assignments(Object.fromEntries(env), places),
    ...targets,
    `${words} >/dev/null`,
  ];
  const cd = `cd ${scriptWord(first.cwd, places)}`;
  if (GOOS === undefined || GOARCH === undefined) return [cd, continued(command([]))];
  const targets = group.map((each) => shellQuote(`${each.env['GOOS']}/${each.env['GOARCH']}`));
  return [
    cd,
    `for target in ${targets.join(' ')}; do`,
    continued(command([`GOOS="\${target%/*}"`, `GOARCH="\${target#*/}"`]), '  '),
    'done',
  ];
}

/**
 * Up to Go 1.22, what is built from a vendor folder names the sums of its modules where the module cache has them: so the
 * sums of go.sum are laid there (`task/go/committed-vendor.ts` does the same).
 */
function sumLines(build: RecordedBuild): readonly string[] {
  const folder = scriptWord(
    build.compile.cwd.replace('$SCRATCH/source', `$TREE(${build.source.id})/source`),
    placesOf(build, 'build'),
  );
  return [
    '# Its modules are those that it has in its own vendor folder. Their sums, where Go looks for them:',
    `cd ${folder}`,
    `awk 'NR == FNR { if ($3 ~ /^h1:/) sums[$1 " " $2] = $3; next }`,
    `  $1 == "#" && $3 ~ /^v/ {`,
    `    name = $4 == "=>" ? $5 " " $6 : $2 " " $3`,
    `    if (name in sums) print name, sums[name]`,
    `  }' go.sum vendor/modules.txt |`,
    `while read -r path version sum; do`,
    `  place=$(printf '%s' "$path/@v/$version" | sed 's/[A-Z]/!&/g' | tr '[:upper:]' '[:lower:]')`,
    `  file="$work"/modules/gopath/pkg/mod/cache/download/$place.ziphash`,
    `  mkdir -p "\${file%/*}"`,
    `  printf '%s' "$sum" >"$file"`,
    `done`,
  ];
}

function compileLines(build: RecordedBuild, base: Readonly<Record<string, string>>): readonly string[] {
  const modules = build.modules === 'vendor' ? 'mv "$work"/modules/source' : 'cp -a "$work"/source';
  const places = new Map([...placesOf(build, 'build'), ...modulePlaces(build), ...paths]);
  const env = { ...build.compile.env, PATH: `$TREE(${build.toolchain.id})/go/bin:$PATH` };
  const more = beyond(env, base);
  const words = build.compile.argv.map((word) => scriptWord(word, places)).join(' ');
  return [
    '# The program',
    `${modules} "$work"/build/source`,
    `cd ${scriptWord(build.compile.cwd, places)}`,
    continued([more === undefined ? 'env -i' : 'plain env', ...assignments(more ?? env, places), words]),
  ];
}

/** The tree of the modules node that the compiling command was given. */
function modulePlaces({ compile }: RecordedBuild): Places {
  const name = /\$TREE\(modules [^)]*\)/.exec(Object.values(compile.env).join('\n'))?.[0];
  return new Map(name === undefined ? [] : [[name, '"$work"/modules']]);
}

function checkLines(file: FileJson): readonly string[] {
  const { found, expected, name } = file;
  const sum = found ?? expected;
  if (sum === undefined)
    return ['# No hash was published.', 'cd "$work"/out', `sha256sum ${shellQuote(name)}`];
  const title =
    found === undefined
      ? '# What was published'
      : found === expected
        ? '# What was published, and what came'
        : comment(`What came${expected === undefined ? '' : `; published was ${expected}`}`);
  return [title, 'cd "$work"/out', "sha256sum -c - <<'END'", `${sum}  ${name}`, 'END'];
}
