import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { reportOf, verdictsOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World; file: string; resolved: string }>('unresolved commits');

test.before(async (context) => {
  context.world = await warmWorld();
  context.file = join(context.world.root, 'releases', `${release}.lock.yaml`);
  context.resolved = readFileSync(context.file, 'utf8');
});

/** A lock as it is imported without a network, in the place of the one that knows the commits. */
async function importOffline({ world, file }: { world: World; file: string }): Promise<string> {
  const ran = await world.run(['import', release, '--offline', '--output', 'offline']);
  assert.is(ran.code, 0, ran.stderr);
  const text = readFileSync(join(world.root, 'offline', `${release}.lock.yaml`), 'utf8');
  writeFileSync(file, text);
  return text;
}

test('an import without a network leaves them open, and the plan says so', async (context) => {
  const text = await importOffline(context);
  assert.is(text.match(/commit: unresolved/g)?.length, 3);
  const ran = await context.world.run(['plan', release, '--project', 'tool']);
  assert.is(ran.code, 0);
  assert.match(ran.stdout, 'org/tool  to do: a run looks up first what tag v1.0.0 points at\n');
  assert.match(
    ran.stdout,
    '\n0 tasks, 0 cached, 0 to do, without those of org/tool\nHow many those are is known once a run has looked up their tags.\n',
  );
  assert.is(readFileSync(context.file, 'utf8'), text, 'a plan changes nothing');
});

test('the first use fills in those of its projects, and keeps them in the lock', async (context) => {
  const { world, file, resolved } = context;
  await importOffline(context);
  const tool = await world.run(['verify', release, '--project', 'tool']);
  assert.is(tool.code, 0);
  assert.match(tool.stdout, 'identical / comparable / all: 2 / 2 / 2.');
  assert.is(readFileSync(file, 'utf8').match(/commit: unresolved/g)?.length, 2);
  const all = await world.run(['verify', release]);
  assert.is(all.code, 0);
  const commitsIn = (text: string) => text.match(/commit: .*/g);
  assert.equal(commitsIn(readFileSync(file, 'utf8')), commitsIn(resolved));
  assert.is((await world.run(['plan', release])).code, 0, 'it is sealed anew');
});

test('a repository that is not there is nobody here to blame, a network that is down is: 4', async (context) => {
  const { world, file } = context;
  await importOffline(context);
  const repository = join(world.folder, 'git/org/kit.git');
  renameSync(repository, `${repository}.away`);
  const ran = await world.run(['verify', release]);
  assert.is(ran.code, 0);
  assert.equal(verdictsOf(reportOf(world, release)).slice(1), [
    'org/kit linux/amd64 hammer: source-unavailable',
    'org/kit linux/amd64 saw: source-unavailable',
    'org/kit windows/amd64 hammer.exe: source-unavailable',
    'org/kit windows/amd64 saw.exe: source-unavailable',
    'org/tool linux/amd64 tool: identical',
    'org/tool linux/arm64 tool: identical',
  ]);
  assert.match(ran.stdout, 'the repository is not in https://git.example/org/kit.git: ');
  assert.is(readFileSync(file, 'utf8').match(/commit: unresolved/g)?.length, 2);

  const git = join(world.folder, 'goroot/bin/git');
  const words =
    "fatal: unable to access 'https://git.example/org/kit.git/': Could not resolve host: git.example";
  writeFileSync(
    git,
    `#!/bin/sh\ncase $* in *ls-remote*) echo "${words}" >&2; exit 128;; esac\nPATH=\${PATH#*:} exec git "$@"\n`,
    { mode: 0o755 },
  );
  const offline = await world.run(['verify', release]);
  rmSync(git);
  renameSync(`${repository}.away`, repository);
  assert.is(offline.code, 4);
  assert.match(
    offline.stdout,
    'The network failed while reading https://git.example/org/kit.git: fatal: unable to access',
  );
  assert.match(offline.stdout, 'identical / comparable / all: 2 / 6 / 7.');
});

test('a lock that cannot be written keeps them open, and the run goes on', async (context) => {
  const { world, file } = context;
  const text = await importOffline(context);
  renameSync(file, join(world.folder, 'elsewhere.yaml'));
  symlinkSync(join(world.folder, 'elsewhere.yaml'), file);
  const ran = await world.run(['verify', release, '--project', 'tool']);
  assert.is(ran.code, 0);
  assert.match(ran.stderr, `releases/${release}.lock.yaml keeps its open commits: it cannot be written.\n`);
  assert.is(readFileSync(join(world.folder, 'elsewhere.yaml'), 'utf8'), text);
});

test.run();
