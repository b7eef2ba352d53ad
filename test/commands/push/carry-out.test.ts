import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { carryOut, type PlannedPush } from '../../../orchestrator/commands/push/carry-out.ts';
import { readImageTree } from '../../../orchestrator/oci/image/image-tree.ts';
import { planPush } from '../../../orchestrator/oci/push/plan.ts';
import { readRegistryState } from '../../../orchestrator/oci/push/state.ts';
import { closeFakes } from '../../oci/registry/fake-registry.ts';
import { type MemoryRegistry, memoryRegistry } from '../../oci/registry/memory-registry.ts';
import { openTestRegistry, unwrap } from '../../oci/registry/rig.ts';
import { testHost } from '../../rig/host.ts';
import { writeImageLayout } from '../../rig/image-layout.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('the record of a push');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'carry-out-'));
});
test.after.each(({ folder }) => {
  closeFakes();
  rmSync(folder, { recursive: true });
});

/** Pushes an image to a registry and to those that it is replicated to. */
async function carry(folder: string, servers: readonly MemoryRegistry[]) {
  const [first] = servers as [MemoryRegistry];
  const { registry } = openTestRegistry(first.host);
  writeImageLayout(join(folder, 'image'), { layers: [[{ path: 'program', content: 'x' }]] });
  const tree = unwrap(await readImageTree(join(folder, 'image')));
  const images = [{ repository: 'team/eks/org/tool', tags: ['v1'], tree, unverified: [] }];
  const plan = planPush(first.host, images, unwrap(await readRegistryState(registry, images)), {
    overwrite: false,
  });
  const report = {
    release: { name: 'v1-30-eks-5', lock: 'digest', repository: 'https://git.example/upstream.git' },
    tool: { name: 'eksd-rebuild', version: '1' },
    projects: [],
    verdicts: [],
    images: [{ image: 'org/tool', tag: 'v1', digest: tree.descriptor.digest, platforms: [], programs: [] }],
  };
  const plans = servers.map(({ host }) => ({ host: { kind: 'private', host }, create: [], drift: [] }));
  const out = join(folder, 'out');
  const push = {
    rebuilt: { report, prepared: { workspace: { out } } },
    target: { host: first.host, prefix: 'team/eks', allowances: [], tags: [], overwrite: false },
    ...{ images, plan, registry, options: {} },
    ecr: { plans, clients: {} },
    registries: { open: async (host: string) => ({ ok: true, value: openTestRegistry(host).registry }) },
    host: testHost({ cwd: folder, packageFolder: folder, env: {} }),
  } as unknown as PlannedPush;
  const done = await carryOut(push);
  const name = `v1-30-eks-5/push-${first.host.replace(':', '-')}+team+eks.json`;
  const files = readdirSync(folder).includes('out') ? readdirSync(join(out, 'v1-30-eks-5')) : [];
  const record = files.length === 0 ? undefined : JSON.parse(readFileSync(join(out, name), 'utf8'));
  return { done, record, digest: tree.descriptor.digest };
}

test('names every registry that the images came to', async ({ folder }) => {
  const servers = [await memoryRegistry(), await memoryRegistry()];
  const { done, record, digest } = await carry(folder, servers);
  assert.ok(done.ok, JSON.stringify(done));
  assert.equal(
    record.registries.map((each: { host: string }) => each.host),
    servers.map(({ host }) => host),
  );
  for (const each of record.registries) {
    assert.is(each.images[0].digest, digest);
    assert.equal(Object.keys(each.provenance), ['team/eks/org/tool']);
  }
  assert.not.ok('brokeOff' in record);
});

test('says what is in the first where the second broke off, and why', async ({ folder }) => {
  const broken = await memoryRegistry(({ method }) => (method === 'POST' ? 'break' : undefined));
  const servers = [await memoryRegistry(), broken];
  const { done, record, digest } = await carry(folder, servers);
  assert.is(done.ok ? '' : done.error.reason, 'network');
  assert.equal(
    record.registries.map((each: { host: string }) => each.host),
    [servers[0]?.host],
  );
  assert.is(record.registries[0].images[0].digest, digest);
  assert.match(record.brokeOff, 'The network failed while uploading');
});

test('says that images are there without statements where those could not be attached', async ({
  folder,
}) => {
  const { done, record } = await carry(folder, [
    await memoryRegistry(({ path, method, body }) =>
      method === 'PUT' && path.includes('/manifests/') && body.includes('"subject"')
        ? { status: 403 }
        : undefined,
    ),
  ]);
  assert.is(done.ok, false);
  assert.equal(record.registries[0].images[0].repository, 'team/eks/org/tool');
  assert.equal(record.registries[0].provenance, {});
  assert.ok(record.brokeOff.length > 0);
});

test('where nothing came to be there, there is none', async ({ folder }) => {
  const { done, record } = await carry(folder, [
    await memoryRegistry(({ method }) => (method === 'POST' ? 'break' : undefined)),
  ]);
  assert.is(done.ok, false);
  assert.is(record, undefined);
});

test.run();
