import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { list, type ReadEntry } from 'tar';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../../orchestrator/core/describe-failure.ts';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { ok } from '../../../orchestrator/core/result.ts';
import { readImageTree } from '../../../orchestrator/oci/image/image-tree.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { ImageNode } from '../../../orchestrator/plan/node-image.ts';
import { buildImage } from '../../../orchestrator/task/image/image.ts';
import { imageInputs } from '../../../orchestrator/task/image/inputs.ts';
import type { ImageBuild } from '../../../orchestrator/tool/buildkit/builder.ts';
import { type ImageContent, writeImageLayout } from '../../rig/image-layout.ts';
import { writeFiles } from '../../rig/world.ts';
import { fakeContext } from '../task-context.ts';

const [base, programs, licenses, source] = ['base', 'programs', 'licenses', 'source'].map(asNodeId) as [
  ReturnType<typeof asNodeId>,
  ReturnType<typeof asNodeId>,
  ReturnType<typeof asNodeId>,
  ReturnType<typeof asNodeId>,
];

const node: ImageNode = {
  ...{ kind: 'image', id: asNodeId('image org/app linux/arm64'), needs: [base, programs, licenses, source] },
  ...{ title: '', projects: [], image: 'org/app', platform: 'linux/arm64', base, source },
  dockerfile: 'FROM base\nCOPY app /app\n',
  files: [
    { from: programs, path: 'app', to: 'app' },
    { from: licenses, path: 'LICENSES', to: 'LICENSES' },
  ],
  ...{ buildArgs: { A: 'b' }, labels: { c: 'd' }, users: [], links: {} },
};

const epoch = 1700000000;

interface Built {
  readonly build: ImageBuild | undefined;
  readonly folder: string;
  readonly output: string;
  readonly result: Awaited<ReturnType<typeof buildImage>>;
}

/** Runs the task on a fleet that writes an image into the folder that it is told, and lets a test look at what it got. */
async function run(
  given: Partial<ImageNode>,
  look: (it: Built) => void | Promise<void>,
  makes: (build: ImageBuild) => ImageContent = () => ({ architecture: 'arm64' }),
  secrets: readonly string[] = [],
): Promise<void> {
  const context = fakeContext(() => undefined, {}, { base: 'b', programs: 'p', licenses: 'l', source: 's' });
  const layers = [[{ path: 'etc/passwd', content: 'root:x:0:0:root:/root:/sbin/nologin\n' }]];
  writeImageLayout(
    join(context.folder, 'b'),
    { architecture: 'amd64', layers },
    { architecture: 'arm64', layers },
  );
  writeFiles(context.folder, {
    's/facts.json': JSON.stringify({ headUnixTime: epoch }),
    'p/app': 'program',
    'l/LICENSES/a/LICENSE': 'text',
  });
  chmodSync(join(context.folder, 'p/app'), 0o555);
  symlinkSync('LICENSE', join(context.folder, 'l/LICENSES/a/COPYING'));
  let build: ImageBuild | undefined;
  const fleet = {
    secrets,
    whyNone: async () => undefined,
    build: async (asked: ImageBuild) => {
      build = asked;
      writeImageLayout(asked.output, {
        annotations: { 'org.opencontainers.image.created': 'today' },
        ...makes(asked),
      });
      mkdirSync(join(asked.output, 'ingest'));
      return ok(['a note']);
    },
  };
  const result = await buildImage({ ...node, ...given }, context, { fleet });
  await look({ build, folder: context.folder, output: context.output, result });
  rmSync(context.folder, { recursive: true });
}

function membersOf(file: string): readonly object[] {
  const members: object[] = [];
  const onReadEntry = (entry: ReadEntry) => {
    members.push({ path: entry.path, type: entry.type, mtime: (entry.mtime?.getTime() ?? 0) / 1000 });
  };
  list({ file, sync: true, onReadEntry });
  return members;
}

test('the context holds what the node names, with two modes', async () => {
  await run({}, ({ build, folder }) => {
    assert.ok(build);
    const names = readdirSync(build.context, { recursive: true, encoding: 'utf8' }).sort();
    assert.equal(names, ['LICENSES.tar', 'app']);
    assert.is(lstatSync(join(build.context, 'app')).mode & 0o777, 0o755);
    assert.equal(membersOf(join(build.context, 'LICENSES.tar')), [
      { path: 'LICENSES/a/COPYING', type: 'SymbolicLink', mtime: epoch },
      { path: 'LICENSES/a/LICENSE', type: 'File', mtime: epoch },
    ]);
    assert.is((lstatSync(join(folder, 'p/app')).mode & 0o777).toString(8), '555');
    assert.is(readFileSync(join(build.dockerfile, 'Dockerfile'), 'utf8'), node.dockerfile);
    assert.equal(
      [build.epoch, build.platform, build.buildArgs, build.labels],
      [epoch, 'linux/arm64', { A: 'b' }, { c: 'd' }],
    );
  });
});

test('the base is the image of the one platform, and its tree is not opened for writing', async () => {
  await run({}, async ({ build, folder }) => {
    const layout = build?.layouts['base'];
    const tree = await readImageTree(join(folder, 'b'));
    assert.ok(layout && tree.ok);
    const arm = tree.value.images.find(({ platform }) => platform === 'linux/arm64');
    assert.is(layout.digest, arm?.descriptor.digest);
    assert.not.ok(layout.folder.startsWith(join(folder, 'b')));
    assert.ok(existsSync(join(layout.folder, 'blobs/sha256', layout.digest.slice(7))));
  });
  const { base: _, ...scratch } = node;
  await run(
    { ...scratch, base: undefined as never, dockerfile: 'FROM scratch\nCOPY app /\n' },
    ({ build }) => {
      assert.equal(build?.layouts, {});
    },
  );
});

test("the output is an image tree without the day and without the builder's leavings", async () => {
  await run({}, async ({ output, result }) => {
    assert.equal(result, ok({ notes: ['a note'] }));
    assert.equal(readdirSync(output).sort(), ['blobs', 'index.json', 'oci-layout']);
    const { manifests } = JSON.parse(readFileSync(join(output, 'index.json'), 'utf8'));
    assert.equal(Object.keys(manifests[0]).sort(), ['digest', 'mediaType', 'platform', 'size']);
    assert.equal(manifests[0].platform, { os: 'linux', architecture: 'arm64' });
    assert.ok((await readImageTree(output)).ok);
  });
});

test("users are added to the base's own, links are in an archive", async () => {
  const users = [{ name: 'app', uid: 10000, gid: 10000, home: '/nonexistent', shell: '/sbin/nologin' }];
  await run({ users, links: { '/usr/sbin/iptables': '/usr/sbin/iptables-wrapper' } }, ({ build }) => {
    const place = (path: string) => join(build?.context ?? '', path);
    assert.is(
      readFileSync(place('passwd'), 'utf8'),
      'root:x:0:0:root:/root:/sbin/nologin\napp:x:10000:10000::/nonexistent:/sbin/nologin\n',
    );
    assert.is(readFileSync(place('group'), 'utf8'), 'app:x:10000:\n');
    assert.equal(membersOf(place('rootfs.tar')), [
      { path: 'usr/sbin/iptables', type: 'SymbolicLink', mtime: epoch },
    ]);
  });
});

const failing: readonly (readonly [string, Partial<ImageNode>, RegExp])[] = [
  [
    'a Dockerfile that fetches',
    { dockerfile: 'FROM docker.io/a\n' },
    /^Dockerfile of org\/app:1:1: error: FROM names/,
  ],
  [
    'a platform that the base lacks',
    { platform: 'linux/s390x' },
    /no platform "linux\/s390x".*amd64, linux\/arm64/,
  ],
  [
    'a file that is not there',
    { files: [{ from: programs, path: 'x', to: 'x' }] },
    /made no x: programs was to have it/,
  ],
  [
    'a place outside the context',
    { files: [{ from: programs, path: 'app', to: '../x' }] },
    /leaves its folder/,
  ],
  ['a link that is relative', { links: { 'usr/x': 'y' } }, /"usr\/x".*is not absolute/],
  [
    "a user of the base's",
    { users: [{ name: 'x', uid: 0, gid: 0, home: '/', shell: '/' }] },
    /at odds with "root:/,
  ],
];

for (const [what, given, message] of failing) {
  test(`refused before anything is built: ${what}`, async () => {
    await run(given, ({ build, result }) => {
      assert.is(build, undefined);
      assert.match(result.ok ? '' : describeFailure(result.error), message);
    });
  });
}

const wrong: readonly (readonly [string, (build: ImageBuild) => ImageContent, RegExp])[] = [
  ['another platform', () => ({ architecture: 'amd64' }), /its config says linux\/amd64/],
  [
    'a folder of this machine',
    ({ work }) => ({ architecture: 'arm64', config: { Env: [work] } }),
    /a folder of this machine/,
  ],
  [
    'a secret',
    () => ({ architecture: 'arm64', history: [{ created_by: 'RUN canary-4711' }] }),
    /holds a secret/,
  ],
];

for (const [what, makes, message] of wrong) {
  test(`an image is not taken that has ${what}`, async () => {
    const look = ({ result, output }: Built) => {
      assert.match(result.ok ? '' : describeFailure(result.error), message);
      assert.equal(readdirSync(output), []);
    };
    await run({}, look, makes, ['canary-4711']);
  });
}

test('the key is made of what the image depends on, and of no name', () => {
  const needs = new Map(
    [base, programs, licenses, source].map((id, at) => [id, asDigest(`${at}`.repeat(64))]),
  );
  const key = (given: Partial<ImageNode>) => JSON.stringify(imageInputs({ ...node, ...given }, needs));
  assert.is(key({ id: asNodeId('x'), title: 'x', projects: ['x'], image: 'x' }), key({}));
  const user = { name: 'a', uid: 1, gid: 1, home: '/', shell: '/' };
  const changed: readonly Partial<ImageNode>[] = [
    { platform: 'linux/amd64' },
    { dockerfile: 'FROM scratch\n' },
    { base: source },
    { source: base },
    { files: [] },
    { files: node.files.map((file) => ({ ...file, from: source })) },
    ...[{ buildArgs: {} }, { labels: {} }, { users: [user] }, { links: { '/a': 'b' } }],
  ];
  assert.is(new Set([key({}), ...changed.map(key)]).size, changed.length + 1);
});

test.run();
