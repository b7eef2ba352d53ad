import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../../orchestrator/core/describe-failure.ts';
import { imageOf } from '../../../orchestrator/oci/image/image-file.ts';
import { readImageTree } from '../../../orchestrator/oci/image/image-tree.ts';
import { readImageView } from '../../../orchestrator/oci/image/image-view.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { ImageIndexNode } from '../../../orchestrator/plan/node-image.ts';
import { contentsPath, parseContents, readContents } from '../../../orchestrator/rpm/contents/contents.ts';
import { joinImages } from '../../../orchestrator/task/image/image-index.ts';
import { unwrap } from '../../oci/registry/rig.ts';
import { type ImageContent, writeImageLayout } from '../../rig/image-layout.ts';
import { fakeContext } from '../task-context.ts';

const images = ['amd', 'arm'].map(asNodeId);

const node: ImageIndexNode = {
  ...{ kind: 'image-index', id: asNodeId('image-index org/app'), needs: images, title: '', projects: [] },
  ...{ image: 'org/app', images },
};

/** The first bytes of a Linux program: ELF, 64 bits, little-endian, for a machine. */
function program(machine: number): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(machine, 18);
  return header;
}

const amd = { architecture: 'amd64', layers: [[{ path: 'app', content: program(62), mode: 0o755 }]] };
const arm = { architecture: 'arm64', layers: [[{ path: 'app', content: program(183), mode: 0o755 }]] };

async function run(first: ImageContent, second: ImageContent) {
  const context = fakeContext(() => undefined, {}, { amd: 'amd', arm: 'arm' });
  writeImageLayout(join(context.folder, 'amd'), first);
  writeImageLayout(join(context.folder, 'arm'), second);
  const result = await joinImages(node, context);
  const tree = result.ok ? await readImageTree(context.output) : undefined;
  const index = result.ok ? readFileSync(join(context.output, 'index.json'), 'utf8') : '';
  rmSync(context.folder, { recursive: true });
  return { failure: result.ok ? undefined : describeFailure(result.error), tree, index };
}

test('images of two platforms become one, which does not depend on their order', async () => {
  const one = await run(amd, arm);
  assert.is(one.failure, undefined);
  assert.ok(one.tree?.ok);
  assert.equal(
    one.tree.value.images.map(({ platform }) => platform),
    ['linux/amd64', 'linux/arm64'],
  );
  assert.is((await run(arm, amd)).index, one.index);
});

test('what is in each image is written down as its bytes have it, and counts for nothing in the digest of the tree', async () => {
  const context = fakeContext(() => undefined, {}, { amd: 'amd', arm: 'arm' });
  writeImageLayout(join(context.folder, 'amd'), amd);
  const base = [
    { path: 'etc/os-release', content: 'ID=amzn\n' },
    { path: 'lib/dpkg', symbolicLink: '../var' },
    { path: 'var/lib/dpkg/status', content: '' },
    {
      path: 'bin/go',
      content: Buffer.concat([
        program(183),
        Buffer.alloc(70_000),
        Buffer.from('\xff Go buildinf:', 'latin1'),
      ]),
    },
  ];
  writeImageLayout(join(context.folder, 'arm'), { architecture: 'arm64', layers: [base, ...arm.layers] });
  const joined = unwrap(await joinImages(node, context));
  assert.is(joined.derived?.(contentsPath('linux/arm64')), true);
  assert.is(joined.derived?.('index.json'), false);
  const tree = unwrap(await readImageTree(context.output));
  for (const platform of ['linux/amd64', 'linux/arm64'] as const) {
    const written = parseContents(readFileSync(join(context.output, contentsPath(platform)), 'utf8'));
    const options = { name: platform, signal: context.signal, scratch: context.scratch };
    const view = unwrap(await readImageView(unwrap(imageOf(tree, platform)), options));
    assert.equal(written, JSON.parse(JSON.stringify(unwrap(await readContents(view, options)))));
  }
  const written = parseContents(readFileSync(join(context.output, contentsPath('linux/arm64')), 'utf8'));
  assert.equal(
    written?.programs.map(({ paths, layer, isGo, platform }) => [paths, layer, isGo, platform]),
    [
      [['/app'], 1, false, 'linux/arm64'],
      [['/bin/go'], 0, true, 'linux/arm64'],
    ],
  );
  assert.equal([written?.system?.id, written?.unread], ['amzn', ['/var/lib/dpkg/status']]);
  rmSync(context.folder, { recursive: true });
});

test('what another version of this program wrote down is not read', () => {
  assert.is(parseContents('{"version":0}'), undefined);
  assert.is(parseContents('{'), undefined);
});

test('a program for another machine than the config says is found', async () => {
  const { failure } = await run(amd, { ...arm, layers: amd.layers });
  assert.is(failure, 'The build made no image of org/app for linux/arm64: /app in it is for linux/amd64');
});

test('two images for one platform are no index', async () => {
  assert.match((await run(amd, amd)).failure ?? '', 'two are for linux/amd64');
});

test.run();
