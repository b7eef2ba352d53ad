import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { corrupt } from '../rig/corrupt.ts';
import type { Ran } from '../rig/host.ts';
import { reportIn } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { isRoot, unprivileged } from '../rig/unprivileged.ts';
import { type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World; home: string }>("another user's cache");

test.before.each(async (context) => {
  context.world = await warmWorld();
  chmodSync(context.world.folder, 0o755);
  context.home = join(context.world.folder, 'theirs');
  mkdirSync(context.home);
});

/** What a user finds who owns nothing of the world but `home`. Only root can be two users. */
async function asAnother(
  { world, home }: { readonly world: World; readonly home: string },
  ...commands: readonly (readonly string[])[]
): Promise<readonly Ran[]> {
  const ran: Ran[] = [];
  await unprivileged(home, async () => {
    for (const argv of commands)
      ran.push(await world.run(argv, { env: { ...world.host.env, HOME: home, TMPDIR: home } }));
  });
  return ran;
}

if (isRoot) {
  test('a site that they may not read is said to be one, and not to hold nothing', async (context) => {
    const site = join(context.world.folder, 'site');
    mkdirSync(site);
    chmodSync(site, 0o700);
    const own = ['--cache', join(context.home, 'cache')];
    const [checked] = await asAnother(context, ['release', 'check', site, ...own]);
    assert.match(checked?.stderr ?? '', /site: error: .*\(EACCES\)/);
    assert.is(checked?.code, 2);
  });

  test('all that is in it can be read: verdicts, files, plans, its size', async (context) => {
    const report = join(context.home, 'report.json');
    const [verified, built, planned, size] = await asAnother(
      context,
      ['verify', release, '--report', report],
      ['build', release, '--output', join(context.home, 'built'), '--report', report],
      ['plan', release],
      ['cache', 'size'],
    );
    assert.equal([verified?.code, built?.code, planned?.code, size?.code], [0, 0, 0, 0], verified?.stderr);
    assert.equal([...new Set(reportIn(report).nodes.map(({ status }) => status))], ['cached']);
    assert.match(planned?.stdout ?? '', '10 tasks, 10 cached, 0 to do');
    assert.ok(readdirSync(join(context.home, 'built')).includes('SHA256SUMS'));
    assert.match(size?.stdout ?? '', /git clones +[0-9.]+ MiB/);
  });

  test('the sample is planned from it, where its repositories are made; one that is private is called so', async (context) => {
    const { world } = context;
    const packageFolder = join(import.meta.dirname, '../..');
    const plan = (argv: readonly string[]) => world.run(argv, { packageFolder });
    const own = await plan(['plan', 'sample']);
    assert.is(own.code, 0, own.stderr);
    let theirs: Ran | undefined;
    await unprivileged(context.home, async () => {
      theirs = await plan(['plan', 'sample']);
    });
    assert.equal([theirs?.code, theirs?.stderr, theirs?.stdout], [0, '', own.stdout]);
    const sample = join(world.cache, 'sample');
    const greeter = join(sample, readdirSync(sample)[0] ?? '', 'sample', 'greeter.git');
    chmodSync(greeter, 0o700);
    await unprivileged(context.home, async () => {
      theirs = await plan(['plan', 'sample']);
    });
    assert.equal([theirs?.code, theirs?.stdout], [4, '']);
    assert.match(theirs?.stderr ?? '', `${greeter} cannot be read by this user. Use a cache of your own`);
  });

  test('what would write to it says so, and what helps: 4', async (context) => {
    const report = join(context.home, 'report.json');
    const ran = await asAnother(
      context,
      ['verify', release, '--fresh', '--report', report],
      ['import', release],
      ['cache', 'gc'],
      ['cache', 'check'],
    );
    for (const { code, stderr } of ran) {
      assert.is(code, 4);
      assert.match(
        stderr,
        /cache cannot be written\. Point the cache elsewhere \(--cache, or EKSD_REBUILD_CACHE\)/,
      );
    }
  });

  test('what is damaged in it is not used, and who can mend it is said: 4', async (context) => {
    const [tree = ''] = reportIn(join(context.world.root, 'out', release, 'report.json')).nodes.flatMap(
      ({ id, tree: made }) => (id === 'go-build org/tool linux/arm64' ? [made ?? ''] : []),
    );
    corrupt(join(context.world.cache, 'trees', tree.slice(0, 2), tree, 'content', 'tool'));
    const [ran] = await asAnother(context, [
      'build',
      release,
      '--output',
      join(context.home, 'built'),
      '--report',
      join(context.home, 'r.json'),
    ]);
    assert.is(ran?.code, 4);
    assert.match(ran?.stdout ?? '', /have its owner run eksd-rebuild cache check/);
    assert.not.ok(
      JSON.stringify(readdirSync(join(context.home, 'built'), { recursive: true })).includes(
        'linux-arm64/tool',
      ),
    );
  });

  test('one that is private is called so, and no program missing: 4', async (context) => {
    for (const [path, argv] of [
      ['', ['verify', release]],
      ['trees', ['verify', release]],
      ['git/git.example/upstream.git', ['import', release]],
      ['git/git.example/upstream.git', ['cache', 'size']],
    ] as const) {
      chmodSync(join(context.world.cache, path), 0o700);
      const [ran] = await asAnother(context, [
        ...argv,
        ...(argv[0] === 'verify' ? ['--report', join(context.home, 'r.json')] : []),
      ]);
      chmodSync(join(context.world.cache, path), 0o755);
      assert.is(ran?.code, 4, `${path}: ${ran?.stderr}`);
      assert.match(`${ran?.stdout}${ran?.stderr}`, /cannot be (read by this user|written)\./);
      assert.not.match(ran?.stderr ?? '', /not on the PATH/);
    }
  });
}

test.run();
