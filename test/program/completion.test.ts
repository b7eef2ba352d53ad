import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../rig/suite.ts';
import { newWorld, type World, writeFiles } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World }>('completion');

test.before(async (context) => {
  context.world = await newWorld();
  writeFiles(context.world.root, {
    'projects/org/tool/project.yaml': `schema: 1
description: One program
builds:
  - programs:
      - package: ./cmd/tool
images:
  - { name: org/tool, programs: [tool], licenses: no }
`,
    'projects/org/tool/Dockerfile': 'FROM scratch\nCOPY tool /tool\n',
    'base-images/small/base-image.yaml': 'schema: 1\ndescription: small\ndistributions: { al2: {} }\n',
    'more.yaml': 'registries: { registry.example: {} }\n',
  });
});

/** What the last word may become. */
async function candidates({ world }: { world: World }, ...words: readonly string[]) {
  const ran = await world.run(['complete', '--', ...words]);
  assert.equal([ran.code, ran.stderr], [0, '']);
  const lines = ran.stdout.split('\n').slice(0, -1);
  for (const line of lines) assert.match(line, /^[^\t]+\t[^\t]*$/);
  return lines.map((line) => line.split('\t')[0] ?? '');
}

const both = ['linux/amd64', 'linux/arm64'];

/** What is typed, the last word as far as it is there, and what may come of it. */
const table: readonly (readonly [words: readonly string[], found: readonly string[]])[] = [
  [['ver'], ['verify']],
  [['comp'], ['compare', 'completion']],
  [
    ['base', ''],
    ['list', 'build', 'check', 'refresh'],
  ],
  [['cache', 'c'], ['check']],
  [
    ['verify', ''],
    [release, 'sample'],
  ],
  [['import', 'v1'], [release]],
  [['diff', release, ''], ['sample']],
  [
    ['diff', release, '--'],
    ['--own-patches', '--markdown', '--json', '--root', '--cache', '--settings', '--version', '--help'],
  ],
  [['import', release, ''], []],
  [['verify', release, '--lo'], ['--log']],
  [
    ['verify', release, '--log', ''],
    ['auto', 'list', 'line', 'json'],
  ],
  [['verify', release, '--log', 'js'], ['json']],
  [['verify', release, '--log=js'], ['--log=json']],
  // As bash has it.
  [['verify', release, '--log', '=', 'js'], ['json']],
  [
    ['verify', release, '--log', '='],
    ['auto', 'list', 'line', 'json'],
  ],
  [
    ['verify', '--project', ''],
    ['org/bare', 'org/kit', 'org/tool'],
  ],
  [['verify', release, '--project', 'org/t'], ['org/tool']],
  [['verify', release, '--project', '!org/t'], ['!org/tool']],
  [['cluster', release, '--format', 'ko'], ['kops']],
  [['verify', '--log', 'json', 'v1'], [release]],
  [['verify', release, '--platform', 'linux'], both],
  [['verify', release, '--fail-fast', '--platform', 'linux/arm'], ['linux/arm64']],
  [['images', release, '--image', ''], ['org/tool']],
  [
    ['images', release, '--base', 'al'],
    ['al2', 'al2023'],
  ],
  [['push', release, '--allow', 'diff'], ['different']],
  [['audit', '--again', 'diff'], ['different']],
  [['audit', '--branch', ''], ['1-30']],
  [['release', release, '--since', ''], [release]],
  [['release', 'check', 'site/', '--lock', ''], [release]],
  [['schema', 'sett'], ['settings']],
  [['push', release, '--settings', 'more.yaml', '--registry', ''], ['registry.example/']],
  [['explain', release, 'to'], ['tool']],
  [['base', 'build', 's'], ['small']],
  [
    ['base', 'build', '--distribution', ''],
    ['al2', 'al2023'],
  ],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [
    ['--settings', 'more.yaml', 'rele'],
    ['releases', 'release'],
  ],
  // Names of files, of which the shell knows more.
  [['verify', release, '--report', ''], []],
  [['compare', 'image', ''], []],
  // What nobody can complete.
  [['nothing', 'of', 'this'], []],
  [['verify', 'v1-99-eks-1', '--project', ''], []],
  [['verify', release, '--root', '/nowhere', '--project', ''], []],
];

for (const [words, found] of table) {
  test(`${words.map((word) => word || "''").join(' ')}`, async (context) => {
    assert.equal(await candidates(context, ...words), found);
  });
}

test('every option that help tells of, and no hidden command', async (context) => {
  const help = await context.world.run(['push', '--help']);
  const told = [...help.stdout.matchAll(/^ {2}(?:-[a-zA-Z], )?(--[a-z-]+)/gm)].map(([, name]) => name);
  const found = await candidates(context, 'push', release, '--');
  assert.equal([...told].sort(), found.filter((name) => told.includes(name)).sort());
  for (const name of ['--root', '--cache', '--settings', '--version', '--help'])
    assert.ok(found.includes(name));
  assert.not.ok((await candidates(context, '')).includes('complete'));
});

test('in bash itself: words, values with a "=", and files where it has none', async ({ world }) => {
  const folder = mkdtempSync(join(tmpdir(), 'completion-'));
  const { stdout: script } = await world.run(['completion', 'bash']);
  // What is asked of the program, answered as it would: the program itself is in this process.
  const asked: string[] = [];
  const answers: Record<string, string> = {};
  for (const [line, words] of [
    ['eksd-rebuild ver', ['ver']],
    ['eksd-rebuild verify ', ['verify', '']],
    ['eksd-rebuild verify --log=js', ['verify', '--log', '=', 'js']],
    ['eksd-rebuild verify --log=', ['verify', '--log', '']],
    ['eksd-rebuild verify x --report ', ['verify', 'x', '--report', '']],
  ] as const) {
    asked.push(line);
    answers[words.join(' ')] = (await world.run(['complete', '--', ...words])).stdout;
  }
  const cases = Object.entries(answers).map(([words, text], at) => {
    writeFileSync(join(folder, `answer-${at}`), text);
    return `  'complete -- ${words}') cat answer-${at} ;;\n`;
  });
  const fake = `#!/bin/sh\ncd '${folder}'\ncase "$*" in\n${cases.join('')}  *) echo "$*" >>unknown ;;\nesac\n`;
  writeFileSync(join(folder, 'eksd-rebuild'), fake, { mode: 0o755 });
  writeFileSync(join(folder, 'script'), script);
  const tries = asked.map((line) => `try '${line}'`);
  const bash = `source '${folder}/script'
complete -p eksd-rebuild
try() {
  COMP_LINE=$1 COMP_POINT=\${#1}
  local rest=\${1//=/ = } IFS=' '
  COMP_WORDS=($rest)
  case $1 in *' ') COMP_WORDS+=('') ;; esac
  COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
  local current=\${COMP_WORDS[COMP_CWORD]}
  [ "$current" != = ] || current=
  _eksd_rebuild eksd-rebuild "$current" "\${COMP_WORDS[COMP_CWORD-1]}"
  echo "$1: \${COMPREPLY[*]}"
}
${tries.join('\n')}
`;
  const ran = spawnSync('bash', ['--norc', '-c', bash], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env['PATH']}`, HOME: folder },
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  assert.is(ran.stderr, '');
  assert.equal(ran.stdout.split('\n'), [
    'complete -o bashdefault -o default -F _eksd_rebuild eksd-rebuild',
    'eksd-rebuild ver: verify',
    `eksd-rebuild verify : ${release} sample`,
    'eksd-rebuild verify --log=js: json',
    'eksd-rebuild verify --log=: auto list line json',
    'eksd-rebuild verify x --report : ',
    '',
  ]);
});

test.run();
