import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { forgetResults } from '../rig/forget-results.ts';
import { endsOf, reportOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { unprivileged } from '../rig/unprivileged.ts';
import { type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World }>('what stands in the place of a folder of the cache');

/** Of one project and platform: the store is the same for all. */
const verify = ['verify', release, '--project', 'org/tool', '--platform', 'linux/amd64'];

test.before.each(async (context) => {
  context.world = await warmWorld();
});

/** What can stand where a folder should. */
const others: Readonly<Record<string, (path: string, world: World) => void>> = {
  'a link': (path, { folder }) => {
    const outside = join(folder, 'outside', path.replaceAll('/', '+'));
    mkdirSync(join(folder, 'outside'), { recursive: true });
    renameSync(path, outside);
    symlinkSync(outside, path);
  },
  'a link to nothing': (path) => {
    rmSync(path, { recursive: true });
    symlinkSync('/nonexistent/at/all', path);
  },
  'a file': (path) => {
    rmSync(path, { recursive: true });
    writeFileSync(path, 'mine');
  },
  'a pipe': (path) => {
    rmSync(path, { recursive: true });
    execFileSync('mkfifo', [path]);
  },
};

for (const [what, put] of Object.entries(others)) {
  for (const folder of what === 'a link' ? ['blobs', 'trees', 'results', 'titles'] : ['trees']) {
    test(`${what} for a shard of ${folder}: no build is at fault, and a check mends it`, async ({
      world,
    }) => {
      const shards = readdirSync(join(world.cache, folder)).map((name) => join(world.cache, folder, name));
      for (const shard of shards) put(shard, world);
      const outside = () =>
        readdirSync(world.folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
          path.includes('outside'),
        );
      forgetResults(world.cache, (kind) => kind === 'go-build');
      const before = outside();
      const ran = await world.run(verify);
      const said = ran.stdout + ran.stderr;
      assert.ok(ran.code === 4 || ran.code === 0, `${ran.code}: ${said}`);
      assert.not.match(said, /[Bb]uild failed/);
      if (ran.code === 4) {
        assert.match(said, /The store is damaged at \S+: it is (a symbolic link|no folder)\./);
        assert.match(said, 'Run eksd-rebuild cache check');
      }
      const check = await world.run(['cache', 'check']);
      assert.is(check.code, 4, check.stdout + check.stderr);
      assert.match(check.stdout, `Dropped file ${folder}/`);
      assert.is((await world.run(['cache', 'check'])).code, 0);
      assert.equal(outside(), before, 'what a link led to was touched');
      const again = await world.run(verify);
      assert.is(again.code, 0, again.stdout + again.stderr);
    });
  }

  test(`${what} for a folder of those who need one: said as such, and mended or moved`, async ({ world }) => {
    for (const folder of what === 'a file' ? ['go-build', 'git', 'inspect', 'tags'] : ['go-build', 'git']) {
      const path = join(world.cache, folder);
      mkdirSync(path, { recursive: true });
      put(path, world);
      forgetResults(world.cache, (kind) => kind === 'go-build' || kind === 'source');
      const ran = await world.run(verify);
      const said = ran.stdout + ran.stderr;
      assert.ok(ran.code === 4 || ran.code === 0, `${folder}: ${ran.code}: ${said}`);
      assert.not.match(said, /[Bb]uild failed|fault of eksd-rebuild/, folder);
      if (ran.code === 4) assert.match(said, /cache check|Move it away/, `${folder}: ${said}`);
      const check = await world.run(['cache', 'check']);
      assert.ok(check.code === 4 || what === 'a link', `${folder}: ${check.stdout}`);
      const again = await world.run(verify);
      assert.is(again.code, 0, `${folder}: ${again.stdout}${again.stderr}`);
    }
  });
}

test('shards that this user may not read: the store is what is told of, and no build: 4', async ({
  world,
}) => {
  await unprivileged(world.folder, async () => {
    for (const folder of ['trees', 'results', 'blobs']) {
      const shards = readdirSync(join(world.cache, folder)).map((name) => join(world.cache, folder, name));
      for (const shard of shards) chmodSync(shard, 0);
      const ran = await world.run(verify);
      const said = ran.stdout + ran.stderr;
      assert.ok(ran.code === 4 || ran.code === 0, `${folder}: ${ran.code}: ${said}`);
      if (ran.code === 4) assert.match(said, /cannot be (read|written)/, said);
      assert.not.match(said, /[Bb]uild failed/);
      for (const shard of shards) chmodSync(shard, 0o755);
      assert.is((await world.run(verify)).code, 0);
      assert.ok(endsOf(reportOf(world, release)).length > 0);
    }
  });
});

test.run();
