import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { corrupt } from '../rig/corrupt.ts';
import type { Ran } from '../rig/host.ts';
import { reportOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World }>('what messages say helps');

/** Of one project and platform: the store is the same for all. */
const verify = ['verify', release, '--project', 'org/tool', '--platform', 'linux/amd64'];

test.before.each(async (context) => {
  context.world = await warmWorld();
});

const orchestrator = join(import.meta.dirname, '..', '..', 'orchestrator');

/** Every text in quotes of the sources that names a command of ours, or one of its options. */
function named(): { readonly commands: ReadonlySet<string>; readonly options: ReadonlySet<string> } {
  const [commands, options] = [new Set<string>(), new Set<string>()];
  for (const name of readdirSync(orchestrator, { recursive: true, encoding: 'utf8' })) {
    // What other programs are called with, and styles, have options of their own.
    if (!name.endsWith('.ts') || /^(tool|task|report\/(html|page|atlas|reproduce)|config|cli\.ts)/.test(name))
      continue;
    const source = readFileSync(join(orchestrator, name), 'utf8').replace(/\/\*\*.*?\*\/|^\s*\/\/.*$/gms, '');
    for (const [, , text = ''] of source.matchAll(/(["'`])((?:(?!\1)[^\\]|\\.)*)\1/gs)) {
      for (const [, words = ''] of text.matchAll(/eksd-rebuild (?!(?:shared )?store 1)((?:[a-z]+ ?)+)/g))
        commands.add(words.trim());
      if (!/ /.test(text)) continue;
      for (const [, , option = ''] of text.matchAll(/(^|[\s("])(--[a-z][a-z-]+)/g)) options.add(option);
    }
  }
  return { commands, options };
}

test('every command and option that a message names is there', async ({ world }) => {
  const { commands, options } = named();
  assert.ok(commands.size > 5 && options.size > 10, [...commands, ...options].join());
  const top = (await world.run(['--help'])).stdout;
  const all = [...top.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name);
  const helps = [top];
  for (const name of all) {
    const { stdout } = await world.run([name, '--help']);
    helps.push(stdout);
    const below = /^Commands:\n(.*)/ms.exec(stdout)?.[1] ?? '';
    for (const [, child = ''] of below.matchAll(/^ {2}([a-z]+)/gm)) {
      helps.push((await world.run([name, child, '--help'])).stdout);
    }
  }
  for (const words of commands) {
    const [first = '', second] = words.split(' ');
    assert.ok(all.includes(first), `there is no command ${words}`);
    const ofFirst = (await world.run([first, '--help'])).stdout;
    if (second !== undefined && ofFirst.includes('Commands:')) assert.match(ofFirst, `\n  ${second}`);
  }
  const known = new Set(helps.join('\n').match(/--[a-z][a-z-]+/g));
  // Of git, BuildKit, kubectl and skopeo, whose words are quoted; and of the worker, which is not for people.
  const others = [
    '--short',
    '--store',
    '--always',
    '--abbrev',
    '--export-cache',
    '--quiet',
    '--depth',
    '--filter',
    '--git',
    '--config',
    ...['--local', '--type', '--patch-file', '--override-arch'],
  ];
  const unknown = [...options].filter((option) => !known.has(option) && !others.includes(option));
  assert.equal(unknown, [], 'options that no command has');
});

/** What stands in a store's place instead. */
const wrong: readonly (readonly [string, (path: string) => void])[] = [
  ['a file', (path) => writeFileSync(path, 'x')],
  ['a folder', (path) => mkdirSync(path)],
  ['a link that leads nowhere', (path) => symlinkSync('nowhere', path)],
  ['a link to a folder', (path) => symlinkSync('/', path)],
  ['a pipe', (path) => void execFileSync('mkfifo', [path])],
];

/** Does what a message says, and gives what that came to; undefined where it says nothing that helps. */
async function followed(world: World, said: string, path: string): Promise<Ran | undefined> {
  if (said.includes('Run eksd-rebuild cache check')) return world.run(['cache', 'check']);
  if (!/Move it away|delete it/.test(said)) return undefined;
  rmSync(said.includes('delete it') ? world.cache : path, { recursive: true });
  return { code: 0, stdout: '', stderr: '' };
}

const places = [
  'blobs',
  'trees',
  'results',
  'titles',
  'lacks',
  'leases',
  'locks',
  'tmp',
  'version',
  'decoded',
  'git',
];
for (const place of places) {
  test(`${place} of a store is something else: what the message says helps`, async ({ world }) => {
    for (const [what, make] of wrong) {
      const path = join(world.cache, place);
      rmSync(path, { recursive: true, force: true });
      make(path);
      const ran = await world.run(verify);
      if (ran.code === 0) continue;
      const said = ran.stderr + ran.stdout;
      const done = await followed(world, said, path);
      assert.ok(
        done !== undefined,
        `${place} is ${what}, and nothing is said that helps:\n${said.slice(-800)}`,
      );
      const again = await world.run(verify);
      assert.is(
        again.code,
        0,
        `${place} is ${what}, and it does not help: ${again.stderr}${again.stdout.slice(-800)}`,
      );
    }
  });
}

for (const place of ['blobs', 'trees', 'results', 'titles']) {
  test(`a shard of ${place} is something else: what the message says helps`, async ({ world }) => {
    for (const [what, make] of wrong.filter(([name]) => name !== 'a folder')) {
      for (const shard of readdirSync(join(world.cache, place))) {
        rmSync(join(world.cache, place, shard), { recursive: true });
        make(join(world.cache, place, shard));
      }
      const ran = await world.run([...verify, '--fresh']);
      if (ran.code !== 0) {
        const done = await followed(world, ran.stderr + ran.stdout, '');
        assert.is(done?.code, 4, `${place} has ${what}:\n${ran.stdout.slice(-800)}`);
      }
      const again = await world.run([...verify, '--fresh']);
      assert.is(again.code, 0, `${place} has ${what}: ${again.stdout.slice(-800)}`);
    }
  });
}

test('a manifest that is damaged: cache check drops the tree, and the next run makes it again', async ({
  world,
}) => {
  const tree = reportOf(world, release).nodes.find(({ kind }) => kind === 'source')?.tree ?? '';
  corrupt(join(world.cache, 'trees', tree.slice(0, 2), tree, 'manifest.json'));
  assert.is((await world.run(['cache', 'check'])).code, 4);
  assert.is((await world.run(['cache', 'check'])).code, 0);
  assert.is((await world.run([...verify, '--fresh'])).code, 0);
});

test.run();
