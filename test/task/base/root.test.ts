import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { baseImageSchema } from '../../../orchestrator/config/base/base-image.ts';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { ok } from '../../../orchestrator/core/result.ts';
import { asNodeId, type NodeId } from '../../../orchestrator/plan/node-base.ts';
import type { BaseRootNode } from '../../../orchestrator/plan/node-image.ts';
import { writeBerkeley } from '../../../orchestrator/rpm/database/berkeley-write.ts';
import { rpmTag } from '../../../orchestrator/rpm/database/header.ts';
import { baseRootInputs } from '../../../orchestrator/task/base/inputs.ts';
import { makeBaseRoot } from '../../../orchestrator/task/base/root.ts';
import type { ImageBuild } from '../../../orchestrator/tool/buildkit/builder.ts';
import type { Fleet } from '../../../orchestrator/tool/buildkit/fleet.ts';
import { walkTar } from '../../../orchestrator/tool/tar/tar-stream.ts';
import { writeImageLayout } from '../../rig/image-layout.ts';
import type { LayerMember } from '../../rig/layer.ts';
import { suite } from '../../rig/suite.ts';
import { headerBlob, packageFile } from '../../rpm/database/headers.ts';
import { fakeContext } from '../task-context.ts';

const test = suite('a base image out of packages');
const built = 1_600_000_000;
const [rpms, builder, parent, program] = ['rpms', 'builder', 'parent', 'program'].map(asNodeId) as [
  NodeId,
  NodeId,
  NodeId,
  NodeId,
];
const header = { [rpmTag.name]: 'tool', [rpmTag.buildTime]: built, [rpmTag.installTime]: 1 };

const nodeOf = (given: Partial<BaseRootNode> = {}, rootfs: object = {}): BaseRootNode => ({
  ...{
    kind: 'base-root',
    id: asNodeId('base-root small'),
    needs: [],
    title: 'small',
    projects: [],
    image: 'small',
  },
  ...{
    platform: 'linux/arm64',
    dockerfile: 'FROM builder\n',
    builder,
    rpms,
    keys: ['k1'],
    signatures: 'required',
  },
  rootfs: [baseImageSchema.parse({ schema: '1', description: 'a', rootfs, distributions: {} }).rootfs],
  ...{ programs: [], user: '65532', env: { PATH: '/usr/bin', NOTE: 'say "$x"' } },
  ...given,
});

/** What rpm leaves in the stage: a file system with a database of one package. */
function installed(day: number): readonly LayerMember[] {
  const number = (value: number): Buffer => Buffer.from([value, 0, 0, 0]);
  const records = [{ key: number(1), value: headerBlob({ ...header, [rpmTag.installTime]: day }) }];
  return [
    { path: 'before/' },
    { path: 'after/', mtime: day },
    { path: 'after/usr/', mtime: day },
    { path: 'after/usr/tool', content: 'tool', mtime: 77 },
    { path: 'after/var/lib/rpm/', mtime: day },
    {
      path: 'after/var/lib/rpm/Packages',
      content: writeBerkeley({ kind: 'hash', records }, String(day)),
      mtime: day,
    },
    { path: 'after/var/lib/rpm/.rpm.lock', content: '', mtime: day },
    { path: 'trust/etc/tls.pem', content: 'certificates', mode: 0o444, mtime: day },
    { path: 'report/dbpath', content: '/var/lib/rpm\n' },
    { path: 'report/messages', content: 'warning: user x does not exist - using root\n' },
  ];
}

interface Rig {
  readonly builds: ImageBuild[];
  /** Members of the layer that was made, by path. */
  readonly layer: Map<string, { readonly mtime: number; readonly text: string; readonly mode: number }>;
  readonly dockerfiles: string[];
}

function rigOf(day = 1_700_000_000): { readonly fleet: Fleet } & Rig {
  const rig: Rig = { builds: [], layer: new Map(), dockerfiles: [] };
  const fleet: Fleet = {
    secrets: [],
    whyNone: async () => undefined,
    async build(build) {
      rig.builds.push(build);
      rig.dockerfiles.push(readFileSync(join(build.dockerfile, 'Dockerfile'), 'utf8'));
      const archive = join(build.context, 'layer.tar');
      if (existsSync(archive)) {
        await walkTar(createReadStream(archive), async ({ path, mtime, mode }, content) => {
          let text = '';
          for await (const piece of content) text += piece.toString('latin1');
          rig.layer.set(path, { mtime, mode, text });
        });
      }
      const isInstall = build.layouts['builder'] !== undefined;
      writeImageLayout(build.output, {
        ...{ architecture: 'arm64', created: '2020-09-13T12:26:40Z' },
        ...(isInstall ? { layers: [installed(day)] } : {}),
      });
      return ok(isInstall ? [] : ['Built by BuildKit v0.25.1.']);
    },
  };
  return { fleet, ...rig };
}

function contextWith(signature: Readonly<Record<number, string>>) {
  const trees = { rpms: 'rpms', builder: 'builder', parent: 'parent', program: 'program' };
  const context = fakeContext(() => undefined, {}, trees);
  for (const folder of ['rpms/rpms', 'rpms/keys', 'program'])
    mkdirSync(join(context.folder, folder), { recursive: true });
  writeFileSync(join(context.folder, 'rpms/rpms/tool-1-1.aarch64.rpm'), packageFile(signature, header));
  writeFileSync(join(context.folder, 'rpms/keys/k1.asc'), 'key');
  writeFileSync(join(context.folder, 'program/wrapper'), 'wrapper');
  writeImageLayout(join(context.folder, 'builder'), { architecture: 'amd64' }, { architecture: 'arm64' });
  writeImageLayout(join(context.folder, 'parent'), {
    architecture: 'arm64',
    created: '2021-01-01T00:00:00Z',
  });
  return context;
}
const signed = { 268: 'signature' };

test('is the same whatever the day: what rpm dated is dated by the packages', async () => {
  const layers: string[] = [];
  for (const day of [1_700_000_000, 1_800_000_000]) {
    const context = contextWith(signed);
    const rig = rigOf(day);
    const result = await makeBaseRoot(nodeOf(), context, rig);
    assert.ok(result.ok, JSON.stringify(result));
    assert.equal([...rig.layer.keys()], ['usr/', 'usr/tool', 'var/lib/rpm/', 'var/lib/rpm/Packages']);
    assert.is(rig.layer.get('usr/tool')?.mtime, 77);
    assert.is(rig.layer.get('usr/')?.mtime, built);
    assert.equal(
      rig.builds.map(({ epoch }) => epoch),
      [built, built],
    );
    layers.push(JSON.stringify([...rig.layer]));
  }
  assert.is(layers[0], layers[1]);
});

test('has what is declared, says what rpm said, and is an image tree', async () => {
  const context = contextWith(signed);
  const rig = rigOf();
  const node = nodeOf(
    { programs: [{ from: program, file: 'wrapper', path: '/usr/sbin/wrapper' }] },
    {
      linksFirst: [{ path: '/bin', to: 'usr/bin' }],
      trust: [{ path: '/etc/tls.pem', format: 'pem-bundle', purpose: 'server-auth', comments: 'true' }],
      files: [{ path: '/etc/group', content: 'root:x:0:\n' }],
      remove: ['/usr/tool'],
    },
  );
  const result = await makeBaseRoot(node, context, rig);
  assert.equal(result.ok && result.value.notes, [
    'rpm said of small for linux/arm64: warning: user x does not exist - using root',
    'Built by BuildKit v0.25.1.',
  ]);
  assert.is(rig.layer.get('usr/sbin/wrapper')?.text, 'wrapper');
  assert.is(rig.layer.get('usr/sbin/wrapper')?.mode, 0o755);
  assert.is(rig.layer.get('etc/group')?.text, 'root:x:0:\n');
  assert.is(rig.layer.get('etc/tls.pem')?.mode, 0o444);
  assert.not.ok(rig.layer.has('usr/tool'));
  const [install] = rig.builds;
  const read = (path: string) => readFileSync(join(install?.context ?? '', path), 'utf8');
  assert.is(readlinkSync(join(install?.context ?? '', 'skeleton/bin')), 'usr/bin');
  assert.ok(existsSync(join(install?.context ?? '', 'skeleton/usr/bin')));
  assert.is(read('import'), 'k1\n');
  assert.is(read('keys/k1.asc'), 'key');
  assert.is(
    read('trust'),
    '/etc/tls.pem\t--format=pem-bundle --filter=ca-anchors --purpose=server-auth --comment\n',
  );
  assert.is(rig.dockerfiles[0], 'FROM builder\n');
  assert.is(
    rig.dockerfiles[1],
    'FROM scratch\nADD layer.tar /\nENV NOTE="say \\"\\$x\\""\nENV PATH="/usr/bin"\nUSER 65532\n',
  );
  assert.equal(readdirSync(context.output).sort(), ['blobs', 'index.json', 'oci-layout']);
});

test('a package without a signature is refused before anything is built, unless none is asked for', async () => {
  const rig = rigOf();
  const refused = await makeBaseRoot(nodeOf(), contextWith({ 269: 'digest' }), rig);
  assert.match(
    refused.ok ? '' : JSON.stringify(refused.error),
    /package tool-1-1\.aarch64\.rpm has no signature/,
  );
  assert.is(rig.builds.length, 0);
  const allowed = await makeBaseRoot(nodeOf({ signatures: 'absent' }), contextWith({ 269: 'digest' }), rig);
  assert.ok(allowed.ok, JSON.stringify(allowed));
});

test('one that adds nothing but a user is made without installing, dated as its parent', async () => {
  const { rpms: _, ...rest } = nodeOf({ parent, env: {} });
  const rig = rigOf();
  const result = await makeBaseRoot(rest, contextWith(signed), rig);
  assert.ok(result.ok, JSON.stringify(result));
  assert.equal(rig.dockerfiles, ['FROM parent\nUSER 65532\n']);
  assert.is(rig.builds[0]?.epoch, Date.parse('2021-01-01T00:00:00Z') / 1000);
});

test('the image of its own platform is its parent, and what installs is named for all', async () => {
  const context = contextWith(signed);
  const rig = rigOf();
  await makeBaseRoot(nodeOf({ parent }), context, rig);
  const named = (tree: string): string => {
    const index = JSON.parse(readFileSync(join(context.folder, tree, 'index.json'), 'utf8'));
    return index.manifests[0].digest;
  };
  const [install, image] = rig.builds;
  assert.is(install?.layouts['builder']?.digest, named('builder'));
  assert.is(install?.layouts['parent']?.digest, named('parent'));
  assert.is(image?.layouts['parent']?.digest, named('parent'));
  assert.equal(
    rig.builds.map(({ platform }) => platform),
    ['linux/arm64', 'linux/arm64'],
  );
  // BuildKit's client makes a folder in the layouts that it opens: not in those of the store.
  assert.not.ok(install?.layouts['builder']?.folder.startsWith(join(context.folder, 'builder')));
  const other = await makeBaseRoot(nodeOf({ parent, platform: 'linux/amd64' }), contextWith(signed), rig);
  assert.match(other.ok ? '' : JSON.stringify(other.error), /not for linux\/amd64/);
});

test('everything that it is made of is in its key', () => {
  const digest = (letter: string) => asDigest(letter.repeat(64));
  const needs = new Map(
    [rpms, builder, parent, program].map((id, index) => [id, digest('abcd'[index] ?? '')]),
  );
  const key = (node: BaseRootNode, with_ = needs) => JSON.stringify(baseRootInputs(node, with_));
  const whole = nodeOf({ parent, programs: [{ from: program, file: 'wrapper', path: '/w' }] });
  const others: readonly BaseRootNode[] = [
    { ...whole, dockerfile: 'FROM other\n' },
    { ...whole, platform: 'linux/amd64' },
    { ...whole, keys: [] },
    { ...whole, signatures: 'absent' },
    { ...whole, user: '0' },
    { ...whole, env: {} },
    { ...whole, rootfs: nodeOf({}, { remove: ['/x'] }).rootfs },
    { ...whole, programs: [{ from: program, file: 'wrapper', path: '/v' }] },
  ];
  const keys = [key(whole), ...others.map((node) => key(node))];
  for (const id of needs.keys()) keys.push(key(whole, new Map(needs).set(id, digest('e'))));
  assert.is(new Set(keys).size, 1 + others.length + needs.size);
});

test.run();
