import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import * as assert from 'uvu/assert';
import { main, programOf } from '../../orchestrator/main.ts';
import { runMain, testHost } from '../rig/host.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World }>('usage');

test.before(async (context) => {
  context.world = await newWorld();
});

test('--help is on standard output, of the program and of each command', async ({ world }) => {
  const help = await world.run(['--help']);
  assert.equal([help.code, help.stderr], [0, '']);
  const commands = [...help.stdout.matchAll(/^ {2}([a-z]+)(?: \[| <| {2})/gm)].map((match) => match[1]);
  assert.equal(commands, [
    'releases',
    'import',
    'diff',
    'plan',
    'verify',
    'build',
    'explain',
    'audit',
    'atlas',
    'lookup',
    'images',
    'push',
    'release',
    'publish',
    'base',
    'compare',
    'cluster',
    'attest',
    'rebuild',
    'trust',
    'challenge',
    'vulns',
    'doctor',
    'cache',
    'schema',
    'completion',
  ]);
  for (const words of [['verify'], ['cache', 'gc']]) {
    const ran = await world.run([...words, '--help']);
    assert.equal([ran.code, ran.stderr], [0, '']);
    assert.match(ran.stdout, `Usage: eksd-rebuild ${words.join(' ')} `);
  }
});

test('no option and no argument of any command takes an empty word, which as a path would be the folder one is in', async ({
  world,
}) => {
  const all: CommandUnknownOpts[] = [];
  programOf('0', {}, (words) => all.push(words));
  let count = 0;
  for (const command of all.filter((each) => each.name() !== 'complete')) {
    const line = namesOf(command);
    const taken = command.registeredArguments.map(({ argChoices }) => argChoices?.[0] ?? 'x');
    const mandatory = command.options.filter((option) => option.mandatory).map(({ long }) => `${long}=x`);
    const refused = async (words: readonly string[], name: string) => {
      const { code, stderr } = await world.run([...line, ...words]);
      assert.equal([code, stderr.split('\n')[0]], [2, `${name} is empty.`], [...line, ...words].join(' '));
      count += 1;
    };
    for (const { long } of command.options.filter((each) => each.required && each.argChoices === undefined))
      await refused([...taken, ...mandatory, `${long}=`], `${long}`);
    for (const global of ['--root', '--cache', '--settings'])
      await refused([...taken, ...mandatory, global, ''], global);
    for (const [at, argument] of command.registeredArguments.entries())
      if (argument.argChoices === undefined)
        await refused([...taken.with(at, ''), ...mandatory], `<${argument.name()}>`);
  }
  assert.ok(count > 200, `${count}`);
});

/** What has a command run: `cache`, `gc`. */
function namesOf(command: CommandUnknownOpts): readonly string[] {
  return command.parent === null ? [] : [...namesOf(command.parent), command.name()];
}

test('help marks the options that a command cannot do without', async ({ world }) => {
  for (const words of [['atlas'], ['trust'], ['rebuild'], ['build'], ['challenge'], ['publish']]) {
    const complaint = await world.run(
      [...words, 'a', 'b'].slice(0, words[0] === 'atlas' || words[0] === 'rebuild' ? 1 : 2),
    );
    const flags = /required option '([^']+)' not specified/.exec(complaint.stderr)?.[1] ?? 'none';
    const help = (await world.run([...words, '--help'])).stdout.replace(/\n {10,}/g, ' ');
    const marked = help.split('\n').filter((line) => /; required$/.test(line));
    assert.equal(
      marked.map((line) => line.trim().split(/ {2,}/)[0]),
      [flags],
    );
  }
});

test('help with a command is its --help, also of one below another; what is none is complained about', async ({
  world,
}) => {
  assert.equal(await world.run(['help']), await world.run(['--help']));
  for (const words of [['plan'], ['cache'], ['cache', 'gc'], ['compare', 'image'], ['base', 'refresh']]) {
    const asked = await world.run(['help', ...words]);
    assert.is(asked.code, 0);
    assert.equal(asked, await world.run([...words, '--help']));
  }
  assert.match((await world.run(['help', 'plan', release])).stdout, 'Usage: eksd-rebuild plan ');
  assert.match((await world.run(['--help'])).stdout, 'help COMMAND');
});

test('help is as wide as the terminal, of the program too', async ({ world }) => {
  for (const columns of [60, 80, 132]) {
    for (const words of [[], ['verify'], ['cluster'], ['doctor'], ['cache', 'gc']]) {
      let text = '';
      const write = (more: string) => {
        text += more;
      };
      const stdout = { ...world.host.stdout, write, draw: write, columns };
      await main([...words, '--help'], { ...world.host, stdout });
      const long = text.split('\n').filter((line) => line.length > columns);
      assert.equal(long, [], `${columns} columns: ${words.join(' ')}`);
      const longest = Math.max(...text.split('\n').map((line) => line.length));
      assert.ok(columns > 80 || longest > columns - 15, 'and uses it');
    }
  }
});

const wrong: readonly (readonly [argv: readonly string[], message: RegExp])[] = [
  [[], /^Usage: eksd-rebuild /],
  [['verfy', release], /^error: unknown command 'verfy'\n\(Did you mean verify\?\)\n$/],
  [
    ['verify', release, '--projects', 'x'],
    /^error: unknown option '--projects'\n\(Did you mean --project\?\)\n$/,
  ],
  [['help', 'verfy'], /^error: unknown command 'verfy'\n\(Did you mean verify\?\)\n$/],
  [['help', 'cache', 'gx'], /^error: unknown command 'gx'\n/],
  [['verify'], /^error: missing required argument 'release'\n$/],
  [
    ['verify', release, 'v1-30-eks-6'],
    /^error: too many arguments for 'verify'\. Expected 1 argument but got 2/,
  ],
  [['build', release], /^error: required option '--output <folder>' not specified\n$/],
  [['verify', release, '--log', 'xml'], /^error: option '--log <style>' argument 'xml' is invalid\./],
  [['import', release, '--tree', 'main'], /^error: option '--tree <which>' argument 'main' is invalid\./],
  [['verify', release, '--jobs', '0'], /^--jobs takes a number of builds from 1 to 9999, not "0"\.\n.*\n$/],
  [['verify', release, '--jobs', '1e3'], /^--jobs takes a number .* not "1e3"/],
  [
    ['cache', 'gc', '--keep-days', 'week'],
    /^--keep-days takes a number of days from 0 to 36500, not "week"\.\nSee --help\.\n$/,
  ],
  [['cache', 'gc', '--max-size', '-1'], /--max-size/],
  [['cache'], /^Usage: eksd-rebuild cache /],
  [['import'], /^No release was named\.\n"eksd-rebuild releases" lists them\.\n$/],
  [['import', '--all', release], /^Either name releases, or say --all\.\n/],
  [['plan', release, '--dot', '--json'], /^error: option '--dot' cannot be used with option '--json'\n$/],
  [['base', 'refresh', '--offline'], /^--offline does nothing without --as-of\.\n/],
  [
    ['explain', release, '--no-build', '--published', 'x', '--jobs', '2'],
    /^--jobs does nothing with --no-build\.\n/,
  ],
  [['plan', release, '--settings', 'none.yaml'], /^There is no settings file .*none\.yaml\.\n/],
];

for (const [argv, message] of wrong) {
  test(`exit code 2, one message and nothing done: ${argv.join(' ') || 'no words'}`, async ({ world }) => {
    const before = readdirSync(world.root, { recursive: true }).sort();
    const ran = await world.run(argv);
    assert.is(ran.code, 2);
    assert.is(ran.stdout, '');
    assert.match(ran.stderr, message);
    assert.equal(readdirSync(world.root, { recursive: true }).sort(), before);
  });
}

test('a release without a lock: its nearest names, and how to get it', async ({ world }) => {
  const ran = await world.run(['verify', 'v1-30-eks-50']);
  assert.equal(ran, {
    code: 2,
    stdout: '',
    stderr:
      'There is no release "v1-30-eks-50". Nearest: v1-30-eks-5. ' +
      'It has no lock in releases: run "eksd-rebuild import v1-30-eks-50" first.\n',
  });
  const misspelt = await world.run(['plan', '1-30-eks-5']);
  assert.is(misspelt.code, 2);
  assert.match(
    (await world.run(['verify', 'sampel'])).stderr,
    'There is no release "sampel". Nearest: sample. ',
  );
  assert.match(misspelt.stderr, 'Nearest: v1-30-eks-5. A release is called by its tag, such as v1-30-eks-5');
});

test('a release that upstream does not have', async ({ world }) => {
  const ran = await world.run(['import', 'v1-30-eks-6', '--offline']);
  assert.equal(ran, {
    code: 2,
    stdout: '',
    stderr: 'There is no release "v1-30-eks-6". Nearest: v1-30-eks-5. "eksd-rebuild releases" lists them.\n',
  });
});

test('a project or a platform that the release does not have', async ({ world }) => {
  const project = await world.run(['plan', release, '--project', 'org/tol']);
  assert.equal(project, {
    code: 2,
    stdout: '',
    stderr:
      'There is no project "org/tol". Nearest: org/tool. ' +
      'The projects of v1-30-eks-5 are org/bare, org/kit, org/tool.\n',
  });
  const glob = await world.run(['plan', release, '--project', 'other/*']);
  assert.equal([glob.code, glob.stdout], [2, '']);
  const platform = await world.run(['plan', release, '--platform', 'linux/arm65']);
  assert.equal(platform, {
    code: 2,
    stdout: '',
    stderr:
      'There is no platform "linux/arm65". Nearest: linux/arm64, linux/amd64. ' +
      'The platforms of v1-30-eks-5 are linux/amd64, linux/arm64, windows/amd64.\n',
  });
});

test('projects by their short name, by a glob, several of them, and a platform', async ({ world }) => {
  const ids = async (...options: string[]) => {
    const ran = await world.run(['plan', release, '--json', ...options]);
    const nodes: readonly { id: string }[] = JSON.parse(ran.stdout).nodes;
    return nodes.map((node) => node.id).filter((id) => id.startsWith('go-build'));
  };
  const tool = ['go-build org/tool linux/amd64', 'go-build org/tool linux/arm64'];
  assert.equal(await ids('--project', 'tool'), tool);
  assert.equal(await ids('--project', 'org/t*'), tool);
  assert.equal(await ids('--project', 'tool', '--platform', 'linux/arm64'), tool.slice(1));
  assert.is((await ids('--project', 'tool', '--project', 'org/kit')).length, 4);
  assert.equal(await ids('--platform', 'windows/amd64'), ['go-build org/kit windows/amd64']);
});

test('without a lock anywhere, the root is where one is', async ({ world }) => {
  const empty = testHost({ ...world.host, cwd: world.folder });
  const ran = await runMain(['plan', release], empty);
  assert.is(ran.code, 2);
  assert.match(ran.stderr, `There is no release "${release}".`);
  const found = await runMain(['plan', release, '--root', 'root', '--project', 'bare'], empty);
  assert.is(found.code, 0);
  const below = await runMain(['plan', release, '--project', 'bare'], {
    ...empty,
    cwd: join(world.root, 'projects', 'org'),
  });
  assert.is(below.code, 0);
});

test.run();
