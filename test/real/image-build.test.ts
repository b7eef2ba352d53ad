import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { imageOf, readFileOfImage } from '../../orchestrator/oci/image/image-file.ts';
import { readImageTree } from '../../orchestrator/oci/image/image-tree.ts';
import { readImageView } from '../../orchestrator/oci/image/image-view.ts';
import { asNodeId } from '../../orchestrator/plan/node-base.ts';
import type { ImageNode } from '../../orchestrator/plan/node-image.ts';
import { buildImage } from '../../orchestrator/task/image/image.ts';
import { joinImages } from '../../orchestrator/task/image/image-index.ts';
import { builderOf, buildWorld, digestIn } from '../rig/build-world.ts';
import { startBuildkitd } from '../rig/buildkitd.ts';
import { writeImageLayout } from '../rig/image-layout.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';

const test = suite('image tasks on real daemons');
const world = await buildWorld();
test.after(() => rmSync(world.folder, { recursive: true }));

const [base, source, licenses] = [asNodeId('base'), asNodeId('source'), asNodeId('licenses')];
const platforms = ['linux/amd64', 'linux/arm64'] as const;
const arch = (platform: string): string => platform.split('/')[1] ?? '';
const user = { name: 'app', uid: 10000, gid: 10000, home: '/nonexistent', shell: '/sbin/nologin' };

const dockerfile = [
  'FROM base',
  'COPY group passwd /etc/',
  'COPY --chown=app wait /usr/local/bin/wait',
  'ADD LICENSES.tar /',
  'ADD rootfs.tar /',
  'USER app',
  'VOLUME ["/var/lib/app"]',
  'ENTRYPOINT ["/usr/local/bin/wait"]',
  '',
].join('\n');

/** The trees that the images need: a base of two platforms, a program for each, licences, facts of a source. */
function layOutTrees(folder: string): void {
  const layers = [
    [
      { path: 'etc', mode: 0o755 },
      { path: 'etc/passwd', content: 'root:x:0:0:root:/root:/sbin/nologin\n' },
      { path: 'etc/group', content: 'root:x:0:\n' },
      { path: 'tmp', mode: 0o1777 },
      { path: 'usr/sbin/tool', content: 'tool', mode: 0o755 },
    ],
  ];
  const [amd, arm] = platforms.map((platform) => ({ architecture: arch(platform), layers }));
  writeImageLayout(join(folder, 'base'), amd ?? {}, arm ?? {});
  writeFiles(folder, {
    'source/facts.json': JSON.stringify({ headUnixTime: 1_700_000_000 }),
    'licenses/LICENSES/a/LICENSE': 'text',
  });
  for (const platform of platforms) {
    mkdirSync(join(folder, arch(platform)), { recursive: true });
    cpSync(join(world.folder, arch(platform)), join(folder, arch(platform), 'wait'));
  }
}

/** Builds both platforms and their index on a daemon of its own, in a folder of its own. Gives the index's tree. */
async function make(name: string, snapshotter: string): Promise<string> {
  const daemon = await startBuildkitd({ config: `[worker.oci]\n  snapshotter = "${snapshotter}"\n` });
  try {
    const folder = join(world.folder, name);
    layOutTrees(folder);
    const fleet = world.fleet([builderOf(daemon)]);
    const contextOf = (id: string) => {
      const [output, scratch] = [join(folder, id, 'output'), join(folder, id, 'scratch')];
      for (const each of [output, scratch]) mkdirSync(each, { recursive: true });
      const tree = (need: string): string => {
        const image = join(folder, need, 'output');
        return existsSync(image) ? image : join(folder, need);
      };
      return { output, scratch, tree, ...world.circumstances() };
    };
    const images: ImageNode[] = platforms.map((platform) => ({
      ...{ kind: 'image', id: asNodeId(`image-${arch(platform)}`), needs: [], title: '', projects: [] },
      ...{ image: 'org/app', platform, dockerfile, base, source, buildArgs: {}, labels: { a: 'b' } },
      files: [
        { from: asNodeId(arch(platform)), path: 'wait', to: 'wait' },
        { from: licenses, path: 'LICENSES', to: 'LICENSES' },
      ],
      ...{ users: [user], links: { '/usr/sbin/iptables': '/usr/sbin/tool' } },
    }));
    for (const image of images) {
      const made = await buildImage(image, contextOf(image.id), { fleet });
      assert.ok(made.ok, JSON.stringify(made));
      // Whoever opens a layout with BuildKit's client makes a folder in it: not in the store's.
      assert.not.ok(existsSync(join(folder, 'base', 'ingest')));
    }
    const joined = await joinImages(
      {
        ...{ kind: 'image-index', id: asNodeId('index'), needs: [], title: '', projects: [] },
        ...{ image: 'org/app', images: images.map(({ id }) => id) },
      },
      contextOf('index'),
    );
    assert.ok(joined.ok, JSON.stringify(joined));
    return join(folder, 'index', 'output');
  } finally {
    await daemon.stop();
  }
}

test('the same release twice, on other daemons with empty caches, elsewhere, later: the same index', async () => {
  for (const platform of platforms) {
    const build = await world.build('', { platform });
    cpSync(join(build.context, 'wait'), join(world.folder, arch(platform)));
  }
  const first = await make('first', 'overlayfs');
  await setTimeout(1100);
  const second = await make('elsewhere/second', 'native');
  assert.is(digestIn(first), digestIn(second));
  assert.is(
    readFileSync(join(first, 'index.json'), 'utf8'),
    readFileSync(join(second, 'index.json'), 'utf8'),
  );
});

test('each platform holds its own program, and what the node names as a container sees it', async () => {
  const tree = await readImageTree(join(world.folder, 'first', 'index', 'output'));
  assert.ok(tree.ok);
  const { signal } = new AbortController();
  for (const platform of platforms) {
    const image = imageOf(tree.value, platform);
    assert.ok(image.ok);
    const view = await readImageView(image.value, { name: platform, signal });
    assert.ok(view.ok);
    const { entries } = view.value;
    const program = entries.get('/usr/local/bin/wait');
    assert.equal([program?.machine?.platform, program?.uid, program?.mode], [platform, 10000, 0o755]);
    assert.is(program?.mtime, 1_700_000_000);
    assert.is(entries.get('/tmp')?.mode, 0o1777);
    assert.equal([entries.get('/usr/sbin')?.mode, entries.get('/usr/sbin/tool')?.mode], [0o755, 0o755]);
    assert.is(entries.get('/usr/sbin/iptables')?.target, '/usr/sbin/tool');
    assert.equal(
      [entries.get('/LICENSES/a/LICENSE')?.mode, entries.get('/LICENSES/a/LICENSE')?.uid],
      [0o644, 0],
    );
    const passwd = await readFileOfImage(tree.value, platform, '/etc/passwd', { name: platform, signal });
    assert.match(
      passwd.ok ? String(passwd.value) : '',
      /^root:.*\napp:x:10000:10000::\/nonexistent:\/sbin\/nologin\n$/,
    );
    assert.is(image.value.config?.created, '2023-11-14T22:13:20Z');
    assert.equal(image.value.config?.config?.User, 'app');
    assert.equal(image.value.config?.config?.Labels, { a: 'b' });
  }
});

test('the wrong program for a platform is found before there is an index', async () => {
  const folder = join(world.folder, 'wrong');
  layOutTrees(folder);
  writeFileSync(join(folder, 'arm64', 'wait'), readFileSync(join(world.folder, 'amd64')));
  const layer = [{ path: 'wait', content: readFileSync(join(folder, 'arm64', 'wait')), mode: 0o755 }];
  writeImageLayout(join(folder, 'image'), { architecture: 'arm64', layers: [layer] });
  mkdirSync(join(folder, 'output'));
  const done = await joinImages(
    {
      ...{ kind: 'image-index', id: asNodeId('index'), needs: [], title: '', projects: [] },
      ...{ image: 'org/app', images: [asNodeId('image')] },
    },
    {
      ...{ output: join(folder, 'output'), scratch: folder, ...world.circumstances() },
      tree: (id) => join(folder, id),
    },
  );
  assert.match(JSON.stringify(done), '/wait in it is for linux/amd64');
});

test.run();
