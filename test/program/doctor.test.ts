import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { installFakeBuildctl, onBuildctl } from '../rig/fake-buildctl.ts';
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
  installFakeBuildctl(world.folder);
  const ran = await world.run(['doctor']);
  assert.equal([ran.code, ran.stderr], [0, '']);
  assert.equal(
    statesOf(ran.stdout).filter((line) => !line.startsWith('disk')),
    ['git: ok', 'go: ok', 'sources: ok', 'modules: ok', 'isolation: limited', 'images: ok'],
  );
  assert.match(ran.stdout, 'sources    https://git.example/upstream.git, read from ');
  assert.match(ran.stdout, 'https://proxy.test.example serves toolchains\n');
  assert.match(ran.stdout, /buildkitd\.sock for linux\/amd64, linux\/arm64: BuildKit v0\.25\.1\n$/);
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

test('a builder that does not answer is none, whatever programs are there', async ({ world }) => {
  const docker = join(world.folder, 'goroot/bin/docker');
  onBuildctl(world.folder, 'echo "error: failed to list workers: no such file or directory" >&2; exit 1');
  writeFileSync(docker, '#!/bin/sh\necho "Cannot connect to the Docker daemon" >&2; exit 1\n', {
    mode: 0o755,
  });
  const down = await world.run(['doctor']);
  assert.is(down.code, 0, 'files can be rebuilt all the same');
  assert.ok(statesOf(down.stdout).includes('images: limited'), down.stdout);
  assert.match(down.stdout, 'failed to list workers: no such file or directory');
  assert.match(down.stdout, 'a buildkitd that runs');
  assert.match(down.stdout, 'Docker with buildx does as well, where its daemon runs');
  rmSync(join(world.folder, 'goroot/bin/buildctl'));
  const missing = await world.run(['doctor']);
  assert.ok(statesOf(missing.stdout).includes('images: limited'), missing.stdout);
  assert.match(missing.stdout, 'The program buildctl is not on the PATH.');
  writeFileSync(docker, '#!/bin/sh\necho "Name: default"\n', { mode: 0o755 });
  assert.match(
    (await world.run(['doctor'])).stdout,
    'name one of its builders (docker buildx ls) under "builders"',
  );
  rmSync(docker);
});

test('the builder that BUILDKIT_HOST names is the one that is asked', async ({ world }) => {
  installFakeBuildctl(world.folder);
  onBuildctl(world.folder, '[ "$BUILDKIT_HOST" = tcp://builder.example:1234 ] || exit 1');
  const env = { ...world.host.env, BUILDKIT_HOST: 'tcp://builder.example:1234' };
  assert.match((await world.run(['doctor'], { env })).stdout, 'tcp://builder.example:1234 for linux/amd64');
  assert.ok(statesOf((await world.run(['doctor'])).stdout).includes('images: limited'));
  rmSync(join(world.folder, 'goroot/bin/buildctl'));
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
  assert.match(ran.stdout, '"mirrors" in the settings');
  assert.match(ran.stdout, '"toolchains" in the settings other sources of a Go that it refuses.');
});

test('whatever is limited has a hint, and is no failure: 0; with a proxy, that is named', async ({
  world,
}) => {
  onGo(world.folder, 'list', 'echo "go: reading: 403 Forbidden" >&2; exit 1');
  const settings = join(world.folder, 'away.yaml');
  writeFileSync(settings, 'upstream: ../git/none.git\nbuilders: { linux/amd64: unix:///nowhere/a }\n');
  const env = { ...world.host.env, HTTPS_PROXY: 'http://me:secret@proxy.example:3128' };
  const ran = await world.run(['doctor', '--json', '--settings', settings], { env });
  onGo(world.folder, 'list', ':');
  assert.is(ran.code, 0);
  const { checks } = JSON.parse(ran.stdout) as { checks: { name: string; state: string; help?: string }[] };
  const limited = checks.filter(({ state }) => state !== 'there');
  assert.ok(
    ['sources', 'modules', 'images', 'builder'].every((name) => limited.some((each) => each.name === name)),
  );
  for (const { name, help } of limited) assert.ok((help ?? '').length > 20, `${name} has no hint`);
  assert.match(ran.stdout, 'It goes by the proxy that HTTPS_PROXY names');
  assert.not.match(ran.stdout, 'secret');
  assert.match((await world.run(['doctor', '--help'])).stdout, /Exit code 0: .* is no\s+failure/s);
});

test('a go that fails is told in a line', async ({ world }) => {
  onGo(world.folder, 'env', 'echo "go: broken" >&2; exit 2');
  const ran = await world.run(['doctor']);
  assert.is(ran.code, 4);
  assert.match(ran.stdout, 'MISSING  go         go env exited with 2: go: broken\n');
});

test.run();
