import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { onGo } from '../rig/fake-go.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';

/** One world, that each test leaves fit for the next. */
const test = suite<{ world: World }>('doctor');

test.before(async (context) => {
  context.world = await newWorld();
});

/** What each line says of its subject: `git: ok`. */
function statesOf(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => /^\S/.test(line));
  return lines.map((line) => line.replace(/^(\S+) +(\S+).*$/, '$2: $1'));
}

test('what is needed is there: 0, a line each, and nothing is left in the cache', async ({ world }) => {
  const before = readdirSync(world.cache);
  writeFileSync(join(world.folder, 'goroot/bin/docker'), '', { mode: 0o755 });
  const ran = await world.run(['doctor']);
  assert.equal([ran.code, ran.stderr], [0, '']);
  assert.equal(
    statesOf(ran.stdout).filter((line) => !line.startsWith('disk')),
    ['git: ok', 'go: ok', 'sources: ok', 'modules: ok', 'isolation: limited', 'images: ok'],
  );
  assert.match(ran.stdout, 'sources    https://git.example/upstream.git, read from ');
  assert.match(ran.stdout, 'https://proxy.test.example serves toolchains\n');
  assert.match(ran.stdout, / docker\n$/);
  assert.equal(readdirSync(world.cache), before);
});

test('of where modules are fetched from, no password is shown', async ({ world }) => {
  onGo(
    world.folder,
    'env',
    `echo '{ "GOVERSION": "go1.26.0", "GOPROXY": "https://u:it\\u0027s@proxy.test.example" }'; exit`,
  );
  const ran = await world.run(['doctor']);
  assert.match(ran.stdout, 'https://proxy.test.example');
  assert.not.match(ran.stdout, "it's");
  rmSync(join(world.folder, 'goroot/on-env'));
});

test('each builder that the settings name is asked, and what is wrong with one is said', async ({
  world,
}) => {
  const file = join(world.folder, 'builders.yaml');
  writeFileSync(
    file,
    'builders:\n  linux/amd64: unix:///nowhere/a\n  linux/arm64: [unix:///nowhere/b, unix:///nowhere/c]\n',
  );
  const ran = await world.run(['doctor', '--settings', file]);
  assert.is(ran.code, 0);
  const lines = ran.stdout.split('\n').filter((line) => / builder /.test(line));
  assert.equal(lines.length, 3);
  for (const line of lines)
    assert.match(line, /^limited .*unix:\/\/\/nowhere\/[abc] for linux\/a(md|rm)64: .*buildctl/);
});

test('nothing is there: 4, what it is needed for, and how to get it', async ({ world }) => {
  const given = { env: { ...world.host.env, PATH: '/nowhere', EKSD_REBUILD_CACHE: '/sys/eksd-rebuild' } };
  const text = await world.run(['doctor'], given);
  assert.is(text.code, 4);
  assert.equal(
    statesOf(text.stdout).filter((line) => !line.startsWith('isolation')),
    ['git: MISSING', 'go: MISSING', 'disk: MISSING', 'sources: limited', 'images: limited'],
  );
  assert.match(
    text.stdout,
    'Point the cache at a folder that can be written: --cache, or EKSD_REBUILD_CACHE.\n',
  );
  const json = await world.run(['doctor', '--json'], given);
  assert.is(json.code, 4);
  const { schema, checks } = JSON.parse(json.stdout);
  assert.is(schema, 1);
  const [git, go] = checks;
  assert.equal([git.name, git.state, git.isNeeded], ['git', 'missing', true]);
  assert.match(git.found, 'Install git 2.31 or newer');
  assert.match(go.found, 'Install Go 1.21 or newer (https://go.dev/dl)');
  for (const check of checks) assert.not.match(check.found, '\n');
});

test('what does not answer is a limit, not an error: clones and the store still serve', async ({ world }) => {
  onGo(world.folder, 'list', 'echo "go: reading: 403 Forbidden" >&2; exit 1');
  const settings = join(world.root, 'eksd-rebuild.yaml');
  const before = readFileSync(settings, 'utf8');
  writeFileSync(settings, 'upstream: ../git/none.git\n');
  const ran = await world.run(['doctor']);
  writeFileSync(settings, before);
  onGo(world.folder, 'list', ':');
  assert.is(ran.code, 0);
  const states = statesOf(ran.stdout);
  assert.ok(states.includes('sources: limited'));
  assert.ok(states.includes('modules: limited'));
  assert.match(ran.stdout, 'https://proxy.test.example: go: reading: 403 Forbidden\n');
});

test('a go that fails is told in a line', async ({ world }) => {
  onGo(world.folder, 'env', 'echo "go: broken" >&2; exit 2');
  const ran = await world.run(['doctor']);
  assert.is(ran.code, 4);
  assert.match(ran.stdout, 'MISSING  go         go env exited with 2: go: broken\n');
});

test.run();
