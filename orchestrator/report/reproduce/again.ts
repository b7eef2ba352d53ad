import { shellQuote } from '../../core/shell-quote.ts';
import { factLines, needsWholeClone } from './again-facts.ts';
import { namesIn, plainLines, sharedEnvironment, tasksOf } from './commands-text.ts';
import { assignments, continued, folderLines, type Places, scriptWord } from './shell-text.ts';
import type { ShownCommand, ShownNode } from './shown.ts';

/** How a project is built, apart from what a release pins: that stands in a file of values (`again-values.ts`), by the names that are used here. */
export interface AgainBuild {
  /** A Go module of it each. */
  readonly modules: readonly AgainModule[];
}

export interface AgainModule {
  /** The folder of go.mod below the checkout, or `.`. */
  readonly folder: string;
  /** `./plugins/*`, and what of it is left out: its folders that hold Go are `$PROGRAMS` in the commands. */
  readonly patterns: readonly { readonly path: string; readonly except: readonly string[] }[];
  /**
   * What fetches what it needs, in `$MODULES`, with `$GOOS` and `$GOARCH` where it is for these platforms each. Where it vendors, `$MODE` in
   * the commands is how what came of it is compiled.
   */
  readonly fetch: ShownCommand & { readonly platforms: readonly string[]; readonly vendors: boolean };
  /** Of the platforms that it is built for. */
  readonly nodes: readonly ShownNode[];
}

/**
 * A POSIX shell script that builds all programs of a project without this program, and compares them with what was published: Go, the
 * source with its patches, the modules, and then the commands of the tasks themselves. What a release pins comes from a file that it is given, so that
 * builds that are done alike have the same script. Needs git, Go 1.21 or newer, sha256sum and a network.
 */
export function againScript({ modules }: AgainBuild): string {
  const shown = modules.flatMap(({ nodes }) => nodes);
  const names = [...namesIn(shown), ...ownNames];
  const places: Places = new Map([
    ...names.map((name) => [`$${name}`, `"$${name}"`] as const),
    // Several words.
    ['$PROGRAMS', '$PROGRAMS'],
  ]);
  const base = sharedEnvironment(shown);
  const parts = [
    headLines,
    plainLines(base, places),
    goLines,
    sourceLines(needsWholeClone(names)),
    factLines(names),
    ...(modules.every(({ fetch }) => fetch.vendors) ? [] : [lackingLines]),
    ...modules.map((each, at) => moduleLines(each, at, places, base)),
    ['# What was published', 'cd "$work"/out', 'printf \'%s\\n\' "$SUMS" | sha256sum -c -'],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** What the script itself sets, whether or not a command has it. */
const ownNames = ['GOOS', 'GOARCH', 'EXE', 'GOROOT', 'MODULES', 'SOURCE', 'SCRATCH', 'TAG', 'COMMIT', 'MODE'];

const headLines = [
  '#!/bin/sh',
  '# Builds the programs of a project of EKS Distro without eksd-rebuild, and compares them with what was published:',
  '#   sh THIS VALUES [FOLDER]',
  '# VALUES is the file of a build that says what is pinned: it is read as shell. All is done in a new folder, or in FOLDER, which',
  '# must not exist yet, and stays. Needs git, Go 1.21 or newer, sha256sum and a network.',
  'set -eu',
  'umask 022',
  `values=\${1:?name the file of values}`,
  '. "$(cd "$(dirname -- "$values")" && pwd)/$(basename -- "$values")"',
  ...folderLines(2),
  'mkdir "$work"/out',
  'GIT=$(dirname "$(command -v git)") SOURCE=$work SCRATCH=$work/build CHECKOUT=$work/build/source',
  'BUILD_CACHE=$work/go-build MODULES=$work/modules',
  'mkdir -p "$SCRATCH"/tmp',
  '',
  '# Of the settings of the go command here, where modules come from, and nothing else: an older Go may not know the others',
  'cd "$work"',
  'unset GOFLAGS',
  'for name in GOPROXY GONOPROXY GOPRIVATE GOSUMDB GONOSUMDB GOINSECURE GOVCS; do',
  '  export "$name=$(GOTOOLCHAIN=local go env "$name")"',
  'done',
  'export GOENV=off',
  '',
  '# Patches of a commit, each with its SHA-256, into the folder $1',
  'patches() {',
  '  mkdir "$1" "$1".git',
  '  cd "$1".git',
  '  git init --quiet',
  '  git remote add origin "$2"',
  '  git fetch --quiet --depth 1 --filter=blob:none origin "$3" </dev/null',
  '  number=0',
  '  while read -r sum path; do',
  '    number=$((number + 1))',
  '    file=$1/$(printf %04d "$number").patch',
  '    git cat-file blob "$3:$path" >"$file"',
  '    printf "%s  %s\\n" "$sum" "$file" | sha256sum --quiet -c -',
  '  done',
  '}',
];

/** What the task does then (`task/go/committed-vendor.ts`) is more than a few lines of shell. */
const lackingLines = [
  '# Modules could not be fetched for the folder that this is in',
  'lacking() {',
  '  if [ -f vendor/modules.txt ]; then',
  '    echo "If a module is gone for good: eksd-rebuild then compiles the vendor folder of the project, which this does not." >&2',
  '  fi',
  '  exit 1',
  '}',
];

/**
 * Go for the machine that builds. Of patches, only what programs are compiled of is applied (`config/lock/go-patch.ts`), on a copy, without
 * what was compiled of the source before it was patched, as `task/toolchain/patch-goroot.ts` does.
 */
const goLines = [
  '# Go itself, from the module proxy, checked against the checksum database',
  'GOROOT=$(cd "$work" && GOTOOLCHAIN=go$GO go env GOROOT)',
  'if [ -n "$GO_PATCHES" ]; then',
  '  patches "$work"/go-patches "$GO_PATCHES_FROM" "$GO_PATCHES_COMMIT" <<END',
  '$GO_PATCHES',
  'END',
  '  cp -a "$GOROOT" "$work"/go',
  '  GOROOT=$work/go',
  '  chmod -R u+w "$GOROOT"',
  '  rm -rf "$GOROOT"/pkg/*_*',
  '  cd "$GOROOT"',
  '  for patch in "$work"/go-patches/*; do',
  '    plain git --git-dir="$work"/go-patches.git/.git --work-tree=. apply --exclude=\'*_test.go\' \\',
  "      --exclude='*/testdata/*' --exclude='src/cmd/*' --exclude='*.md' --include='src/*' \"$patch\"",
  '  done',
  'fi',
];

/** @param isWhole whether short names of commits are asked for, which are as long as all objects of a repository call for. */
function sourceLines(isWhole: boolean): readonly string[] {
  return [
    '# The source, with its patches and the files that upstream left beside it: for these, Go stamps it as modified',
    `git clone --quiet ${isWhole ? '' : '--filter=blob:none '}--no-checkout -c core.autocrlf=false -c core.hooksPath=/dev/null \\`,
    '  "$REPOSITORY" "$work"/source',
    'cd "$work"/source',
    'git -c advice.detachedHead=false checkout --quiet --detach "$COMMIT"',
    'if [ -n "$PATCHES" ]; then',
    '  patches "$work"/patches "$PATCHES_FROM" "$PATCHES_COMMIT" <<END',
    '$PATCHES',
    'END',
    '  cd "$work"/source',
    '  for patch in "$work"/patches/*; do',
    '    plain env GIT_COMMITTER_NAME="$COMMITTER_NAME" GIT_COMMITTER_EMAIL="$COMMITTER_EMAIL" \\',
    '      git am --quiet --committer-date-is-author-date "$patch"',
    '  done',
    'fi',
    'for marker in $MARKERS; do touch "$marker"; done',
  ];
}

function moduleLines(
  { folder, patterns, fetch, nodes }: AgainModule,
  index: number,
  places: Places,
  base: Readonly<Record<string, string>>,
): readonly string[] {
  const { vendors, platforms } = fetch;
  const word = (text: string) => scriptWord(text, places);
  const command = continued([
    'env',
    ...assignments(fetch.env, places),
    `${fetch.argv.map(word).join(' ')} ${vendors ? '"$@"' : '>/dev/null'}`,
  ]);
  const each = (targets: readonly string[], lines: readonly string[]) => [
    `for target in ${targets.map(shellQuote).join(' ')}; do`,
    ...[`GOOS=\${target%/*} GOARCH=\${target#*/}`, ...lines].map(indented),
    'done',
  ];
  const title = folder === '.' ? 'modules' : `modules of ${folder}`;
  return [
    vendors ? `# Its ${title}, as a vendor folder` : `# Its ${title}, for every platform`,
    `MODULES=$work/modules${index + 1}`,
    'mkdir -p "$MODULES"/tmp "$MODULES"/module',
    'cp -a "$SOURCE"/source "$MODULES"/source',
    `cd ${word(fetch.cwd)}`,
    ...(patterns.length === 0 ? [] : programLines(patterns)),
    ...(vendors ? vendorLines(command) : each(platforms, [`${command} || lacking`])),
    ...tasksOf(nodes, places, base).flatMap((task) => [
      '',
      ...each(task.platforms, [
        'OUT=$work/out/$target EXE=',
        'if [ "$GOOS" = windows ]; then EXE=.exe; fi',
        'rm -rf "$SCRATCH"',
        'mkdir -p "$SCRATCH"/home "$SCRATCH"/tmp "$OUT"',
        ...task.lines,
      ]),
    ]),
  ];
}

/**
 * As `task/go/modules.ts` does: a module that only tests import may be gone; and one that needs no other has no `vendor`, so it is
 * compiled as a module (`task/go/prepare-build.ts`).
 */
function vendorLines(command: string): readonly string[] {
  return [
    'vendor() {',
    indented(command),
    '}',
    'vendor || vendor -e',
    'MODE=mod',
    'if [ -d vendor ]; then MODE=vendor; fi',
    'for part in vendor go.mod go.sum; do',
    '  if [ -e "$part" ]; then cp -a "$part" "$MODULES"/module; fi',
    'done',
  ];
}

/** Where a quoted word has lines of its own, they stay as they are. */
function indented(command: string): string {
  return /(^|[^\\])\n/.test(command) ? command : command.replace(/^/gm, '  ');
}

/** As `task/go/programs.ts` does. */
function programLines(patterns: AgainModule['patterns']): readonly string[] {
  const globs = patterns.map(({ path }) =>
    path
      .split('*')
      .map((part) => part && shellQuote(part))
      .join('*'),
  );
  const left = [...new Set(patterns.flatMap(({ except }) => except))].map(shellQuote);
  return [
    `PROGRAMS=$(for folder in ${globs.join(' ')}; do`,
    ...(left.length === 0 ? [] : [`  case \${folder##*/} in ${left.join(' | ')}) continue ;; esac`]),
    '  for file in "$folder"/*.go; do',
    '    if [ -f "$file" ]; then echo "$folder"; break; fi',
    '  done',
    'done)',
  ];
}
