import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { decodeProject } from '../../orchestrator/workspace/decode-project.ts';
import { attack, saidOf, sampleOf } from '../rig/attack.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** Scripts of recipes that would reach beyond the checkout. */
const test = suite<{ world: World }>('hostile scripts');

test.before(async (context) => {
  context.world = await newWorld();
});

const recipe = (world: World) => join(world.root, 'projects/org/tool/project.yaml');
const own = (world: World) => readFileSync(recipe(world), 'utf8');

/** YAML in one line. */
const flow = (value: unknown) => JSON.stringify(value);

const variables = [
  ...[
    'GOFLAGS',
    'GOPROXY',
    'GOTOOLCHAIN',
    'GOROOT',
    'GOSUMDB',
    'GONOSUMDB',
    'GOPRIVATE',
    'GOENV',
    'GOVCS',
    'GOBIN',
  ],
  ...[
    'CC',
    'CXX',
    'AR',
    'LD',
    'PKG_CONFIG',
    'CGO_CFLAGS',
    'CGO_LDFLAGS',
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'LD_AUDIT',
  ],
  ...[
    'PATH',
    'HOME',
    'TMPDIR',
    'PWD',
    'BASH_ENV',
    'ENV',
    'IFS',
    'SHELLOPTS',
    'PERL5OPT',
    'PYTHONPATH',
    'NODE_OPTIONS',
  ],
  ...[
    'GIT_DIR',
    'GIT_SSH_COMMAND',
    'GIT_CONFIG_GLOBAL',
    'GIT_EXEC_PATH',
    'SSH_AUTH_SOCK',
    'MAKEFLAGS',
    'MAKEFILES',
  ],
  ...[
    'TAR_OPTIONS',
    'http_proxy',
    'HTTPS_PROXY',
    'AWS_PROFILE',
    'DOCKER_HOST',
    'KUBECONFIG',
    'XDG_CONFIG_HOME',
  ],
];
const commands: readonly (readonly string[])[] = [
  ...[
    ['go', 'build', '-toolexec=sh'],
    ['go', 'build', '-overlay', 'x'],
    ['go', 'build', '-o', '/usr/bin/x'],
  ],
  ...[
    ['go', '-C', 'x', 'build'],
    ['git', '-c', 'core.sshCommand=sh', 'fetch'],
    ['git', '--exec-path=x', 'log'],
  ],
  ...[
    ['git', '-C', '..', 'log'],
    ['make', '-C', '/'],
    ['make', '-f', 'x'],
    ['make', 'SHELL=/bin/x'],
    ['make', '../x'],
  ],
  ...[
    ['make', '--directory=/'],
    ['make', 'OUT=/etc'],
    ['make', '~/x'],
    ['make', 'a/../../b'],
    ['make', 'a\0b'],
  ],
];
const tools = ['sudo', 'su', 'ssh', 'docker', 'nsenter', 'mount', 'kubectl'];
const script = { commands: [['./build.sh']], outputs: [{ from: 'a', to: 'a' }] };
const withScript = (of: object) => (text: string) =>
  `${text}    layout: { mode: modules }\n    scripts: ${flow({ ...script, ...of })}\n`;

const cases: readonly (readonly [what: string, change: (text: string) => string, said: RegExp])[] = [
  ...variables.map(
    (name) =>
      [
        `the variable ${name}`,
        withScript({ environment: { [name]: 'x' } }),
        new RegExp(`no recipe sets ${name}: `),
      ] as const,
  ),
  ...variables
    .slice(0, 4)
    .map(
      (name) =>
        [
          `the stamp's file ${name}`,
          withScript({ stamp: { file: name, values: {} } }),
          new RegExp(`no recipe sets ${name}: `),
        ] as const,
    ),
  ...commands.map(
    (words) =>
      [
        `the command ${flow(words)}`,
        withScript({ commands: [words], tools: ['git', 'make'] }),
        /commands\.0\.[0-9]+: /,
      ] as const,
  ),
  ...tools.map(
    (name) =>
      [`the tool ${name}`, withScript({ tools: [name] }), /leads out of where a build is kept/] as const,
  ),
];

test('scripts that would reach beyond the checkout are refused', ({ world }) => {
  for (const [what, change, said] of cases) {
    const text = change(own(world));
    assert.is.not(text, own(world), what);
    assert.match(saidOf(decodeProject('project.yaml', text)), said, what);
  }
});

for (const [what, change, said] of sampleOf(cases)) {
  test(`by the program: ${what}`, ({ world }) => {
    const text = change(own(world));
    const planted = { what, plant: (path: string) => writeFileSync(path, text), said };
    return attack(world, { file: recipe(world), planted, argv: ['plan', release] });
  });
}

test.run();
