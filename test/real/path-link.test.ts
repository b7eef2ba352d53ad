import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { GoBuildNode } from '../../orchestrator/plan/node-go.ts';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { whyNoMounts } from '../../orchestrator/tool/process/mount.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { canMount } from '../rig/kubernetes-oracle.ts';
import {
  buildDirectly,
  builtFolder,
  type KubernetesWorld,
  kubernetesWorld,
  removeWorld,
} from '../rig/kubernetes-world.ts';
import { suite } from '../rig/suite.ts';

/** Kubernetes 1.24 to 1.29: upstream's path is in the programs, and not every machine lets it be mounted. */
const test = suite<{ world: KubernetesWorld }>("upstream's path as a link");
const run = createRunProcess({ isolation: noIsolation, now: Date.now });

test.before(async (context) => {
  context.world = await kubernetesWorld({ tag: 'v1.27.6', go: '1.20.14', platforms: ['linux/amd64'] });
});
test.after(({ world }) => removeWorld(world));

/** Some path that nobody has, where a test may make something. */
function elsewhere(world: KubernetesWorld): {
  readonly at: string;
  readonly node: (node: GoBuildNode) => GoBuildNode;
} {
  const at = join(world.folder, 'home', 'prow', 'kubernetes');
  mkdirSync(join(world.folder, 'home'), { recursive: true });
  const node = (each: GoBuildNode): GoBuildNode => ({
    ...each,
    ...(each.layout === undefined ? {} : { layout: { ...each.layout, at } }),
  });
  return { at, node };
}

async function refusing(world: KubernetesWorld) {
  const bin = mkdtempSync(join(tmpdir(), 'refusing-'));
  writeFileSync(join(bin, 'unshare'), '#!/bin/sh\necho unshare: not permitted >&2\nexit 1\n', {
    mode: 0o755,
  });
  const why = await whyNoMounts(run, `${bin}:/usr/bin:/bin`, world.folder);
  execFileSync('rm', ['-r', bin]);
  return {
    folder: join(world.folder, 'links'),
    withLock: <T>(_name: string, _signal: AbortSignal, body: () => Promise<T>) => body(),
    whyNoMounts: async () => why,
  };
}

test('gives the bytes that a mount gives, with the path in them, and leaves nothing behind', async ({
  world,
}) => {
  const { at, node } = elsewhere(world);
  const links = await refusing(world);
  assert.is(await links.whyNoMounts(), 'unshare: not permitted');
  const linked = await buildDirectly(world, { node, links });
  assert.is(linked.size, 7);
  const info = execFileSync('go', ['version', '-m', join(builtFolder(world, 'linux/amd64'), 'kubelet')], {
    encoding: 'utf8',
  });
  assert.match(info, `build\t-gcflags="all=-trimpath=${at}/_output/local/go/src/k8s.io/kubernetes "\n`);
  assert.match(info, 'build\tvcs.modified=true\n');
  assert.not.match(info, '/scratch/');
  assert.not.ok(existsSync(join(world.folder, 'home', 'prow')));
  if (!canMount()) return;
  const mounted = await buildDirectly({ ...world, folder: world.folder }, { node });
  assert.equal(linked, mounted);
});

test('without upstream’s name for the folder other programs come', async ({ world }) => {
  const { node } = elsewhere(world);
  const only = (each: GoBuildNode): GoBuildNode => ({ ...each, programs: each.programs.slice(0, 1) });
  const links = await refusing(world);
  const linked = await buildDirectly(world, { node: (each) => only(node(each)), links });
  const plain = await buildDirectly(world, {
    node: ({ layout, ...each }) => {
      if (layout?.link === undefined) throw new Error('the recipe has changed');
      return only({ ...each, layout: { mode: layout.mode, link: layout.link } });
    },
  });
  assert.equal([...linked.keys()], [...plain.keys()]);
  assert.is.not(linked.get('linux/amd64 kubelet'), plain.get('linux/amd64 kubelet'));
});

test.run();
