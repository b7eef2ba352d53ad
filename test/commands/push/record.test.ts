import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { carryOut, type PlannedPush } from '../../../orchestrator/commands/push/carry-out.ts';
import { recorded } from '../../../orchestrator/commands/push/record.ts';
import { err, ok } from '../../../orchestrator/core/result.ts';
import { readImageTree } from '../../../orchestrator/oci/image/image-tree.ts';
import { planPush } from '../../../orchestrator/oci/push/plan.ts';
import { readRegistryState } from '../../../orchestrator/oci/push/state.ts';
import { closeFakes } from '../../oci/registry/fake-registry.ts';
import { type MemoryRegistry, memoryRegistry } from '../../oci/registry/memory-registry.ts';
import { openTestRegistry, unwrap } from '../../oci/registry/rig.ts';
import { testHost } from '../../rig/host.ts';
import { writeImageLayout } from '../../rig/image-layout.ts';
import { imageOf, madeBy } from '../../rig/made-by.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('the record of a push');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'carry-out-'));
});
test.after.each(({ folder }) => {
  closeFakes();
  rmSync(folder, { recursive: true });
});

/** Repositories that the first registry lacks, and the one that it does not let us make. */
interface Made {
  readonly create: readonly string[];
  readonly refused?: string;
}

/** ECR that makes repositories, but for one. */
function clientsOf({ refused }: Made) {
  const repositories = {
    createRepository: async ({ repositoryName }: { repositoryName: string }) => {
      if (repositoryName === refused) throw new Error('refused');
      return {};
    },
  };
  const ecr = (_host: unknown, what: string, call: (...by: unknown[]) => Promise<unknown>) =>
    call(repositories, {}).then(ok, () =>
      err({ reason: 'usage', message: `not allowed: ${what}`, help: '' }),
    );
  return { ecr };
}

/** Pushes an image to a registry and to those that it is replicated to; the record is kept from one time to the next. */
async function carry(folder: string, servers: readonly MemoryRegistry[], made: Made = { create: [] }) {
  const [first] = servers as [MemoryRegistry];
  const { registry } = openTestRegistry(first.host);
  const layers = [[{ path: 'program', content: 'x' }]];
  const layout = mkdtempSync(join(folder, 'image-'));
  writeImageLayout(layout, { layers }, { layers, architecture: 'arm64' });
  const tree = unwrap(await readImageTree(layout));
  const images = [{ repository: 'team/eks/org/tool', tags: ['v1'], tree, unverified: [] }];
  const by = madeBy();
  const image = imageOf({ tag: 'v1', digest: tree.descriptor.digest, platforms: [], programs: [] });
  const report = { ...by.report, images: [image] };
  const plans = servers.map(({ host }, at) => ({
    ...{ host: { kind: 'private', host }, account: '1', settings: {}, platforms: [], drift: [] },
    create: at === 0 ? made.create : [],
  }));
  const out = join(folder, 'out');
  const push = {
    rebuilt: {
      ...{ report, prepared: { ...by.prepared, workspace: { out, searchPath: [] } } },
      ...{ say: () => undefined, store: { entries: async () => ok([]) } },
    },
    target: { host: first.host, prefix: 'team/eks', allowances: [], tags: [], overwrite: false },
    ...{ images, registry, options: {} },
    ecr: { plans, clients: clientsOf(made) },
    registries: { open: async (host: string) => ({ ok: true, value: openTestRegistry(host).registry }) },
    host: testHost({ cwd: folder, packageFolder: folder, env: {} }),
  } as unknown as PlannedPush;
  const done = await recorded(push, async (note) => {
    const state = await readRegistryState(registry, images);
    if (!state.ok) return state;
    const plan = planPush(first.host, images, state.value, { overwrite: false });
    return carryOut({ ...push, plan }, note);
  });
  const name = `v1-30-eks-5/push-${first.host.replace(':', '-')}+team+eks.json`;
  const files = readdirSync(folder).includes('out') ? readdirSync(join(out, 'v1-30-eks-5')) : [];
  const record = files.length === 0 ? undefined : JSON.parse(readFileSync(join(out, name), 'utf8'));
  const platforms = tree.images.map(({ platform, descriptor }) => ({ platform, digest: descriptor.digest }));
  return { done, record, digest: tree.descriptor.digest, platforms };
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

test('a registry that breaks off keeps the images from no other one', async ({ folder }) => {
  const broken = await memoryRegistry(({ method }) => (method === 'POST' ? 'break' : undefined));
  const [first, last] = [await memoryRegistry(), await memoryRegistry()];
  const { done, record } = await carry(folder, [first, broken, last]);
  assert.is(done.ok ? '' : done.error.reason, 'network');
  assert.equal(
    record.registries.map((each: { host: string }) => each.host),
    [first.host, last.host],
  );
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

test('says why where nothing came to be there at all', async ({ folder }) => {
  const { done, record } = await carry(folder, [
    await memoryRegistry(({ method }) => (method === 'POST' ? 'break' : undefined)),
  ]);
  assert.is(done.ok, false);
  assert.equal(record.registries, []);
  assert.match(record.brokeOff, 'The network failed while uploading');
  assert.not.ok('earlier' in record);
});

test('says of a half-finished push what had come: bytes, manifests and tags', async ({ folder }) => {
  const { done, record, digest } = await carry(folder, [
    await memoryRegistry(({ method, path }) =>
      method === 'PUT' && path.endsWith('/manifests/v1') ? { status: 403 } : undefined,
    ),
  ]);
  assert.is(done.ok, false);
  assert.equal(record.registries[0].images, []);
  const [unfinished, ...others] = record.registries[0].unfinished;
  assert.equal(others, []);
  assert.equal(
    [unfinished.repository, unfinished.digest, unfinished.tags],
    ['team/eks/org/tool', digest, []],
  );
  assert.ok(unfinished.uploaded > 0);
  assert.ok(unfinished.manifests.includes(digest), JSON.stringify(unfinished));
});

test('a push that brings nothing does not hide what one before it brought', async ({ folder }) => {
  let isOpen = true;
  const server = await memoryRegistry(() => (isOpen ? undefined : { status: 403 }));
  const first = await carry(folder, [server]);
  assert.ok(first.done.ok);
  isOpen = false;
  for (let tries = 0; tries < 2; tries++) {
    const { done, record } = await carry(folder, [server]);
    assert.is(done.ok, false);
    assert.equal([record.registries, typeof record.brokeOff], [[], 'string']);
    assert.equal(record.earlier, first.record);
  }
  isOpen = true;
  const last = await carry(folder, [server]);
  assert.ok(last.done.ok);
  assert.not.ok('earlier' in last.record);
});

test('names the repositories that were made, also where the next one could not be', async ({ folder }) => {
  const server = await memoryRegistry();
  const broken = await carry(folder, [server], { create: ['a', 'b'], refused: 'b' });
  assert.is(broken.done.ok, false);
  assert.equal(broken.record.registries, [{ host: server.host, images: [], provenance: {}, created: ['a'] }]);
  assert.match(broken.record.brokeOff, 'creating repository b');
  const { done, record } = await carry(folder, [server], { create: ['b'] });
  assert.ok(done.ok);
  assert.equal(
    record.registries.map(({ created, images }: { created: string[]; images: unknown[] }) => [
      created,
      images.length,
    ]),
    [[['b'], 1]],
  );
});

test('has the manifest of every platform beside the index', async ({ folder }) => {
  const { record, digest, platforms } = await carry(folder, [await memoryRegistry()]);
  assert.is(record.registries[0].images[0].digest, digest);
  assert.is(platforms.length, 2);
  assert.equal(record.registries[0].images[0].platforms, platforms);
});

test.run();
