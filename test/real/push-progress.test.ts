import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { askRegistry } from '../../orchestrator/commands/push/ask-registry.ts';
import { carryOut, type PlannedPush } from '../../orchestrator/commands/push/carry-out.ts';
import type { Transfer } from '../../orchestrator/core/event.ts';
import { readImageTree } from '../../orchestrator/oci/image/image-tree.ts';
import { planPush } from '../../orchestrator/oci/push/plan.ts';
import { readRegistryState } from '../../orchestrator/oci/push/state.ts';
import { failureOf, openTestRegistry, unwrap } from '../oci/registry/rig.ts';
import { committedLock } from '../rig/committed-releases.ts';
import { type DockerRegistry, startDockerRegistry } from '../rig/docker-registry.ts';
import { testHost } from '../rig/host.ts';
import { writeImageLayout } from '../rig/image-layout.ts';
import { startSlowRelay } from '../rig/slow-relay.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ folder: string; server: DockerRegistry }>('a push over a slow line');

test.before.each(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'push-progress-'));
  defer(() => rmSync(context.folder, { recursive: true }));
  context.server = await startDockerRegistry({ folder: join(context.folder, 'registry') });
  defer(() => context.server.kill());
});

/** Bytes, and bytes a second: several times what the buffers of both sides hold. */
const size = 40e6;
const speed = 4e6;

test('how much is there, how fast and how long still: as the registry gets it, but for what is on its way', async ({
  folder,
  server,
}) => {
  const relay = await startSlowRelay(server.host, speed);
  const { registry } = openTestRegistry(relay.host);
  writeImageLayout(join(folder, 'image'), { layers: [[{ path: 'program', content: randomBytes(size) }]] });
  const tree = unwrap(await readImageTree(join(folder, 'image')));
  const images = [{ repository: 'eks/org/tool', tags: ['v1'], tree, unverified: [] }];
  const plan = planPush(relay.host, images, unwrap(await readRegistryState(registry, images)), {
    overwrite: false,
  });
  const said: string[] = [];
  const seen: Transfer[] = [];
  let measure: (() => Transfer) | undefined;
  const report = {
    release: { name: 'v1-30-eks-5', lock: 'digest', repository: 'https://git.example/upstream.git' },
    tool: { name: 'eksd-rebuild', version: '1' },
    projects: [],
    verdicts: [],
    nodes: [],
    images: [
      {
        project: 'org/tool',
        image: 'org/tool',
        tag: 'v1',
        digest: tree.descriptor.digest,
        platforms: [],
        programs: [],
      },
    ],
  };
  const lock = committedLock('v1-30-eks-5');
  const push = {
    rebuilt: {
      report,
      prepared: {
        workspace: { out: join(folder, 'out'), searchPath: [] },
        ...{ lock, accepted: new Map() },
        planInput: { lock, recipes: new Map() },
        plan: {
          projects: [],
          graph: { nodes: new Map() },
          images: [{ image: 'org/tool', state: { kind: 'planned', index: 'image org/tool' } }],
        },
      },
      say(text: string, given?: () => Transfer) {
        said.push(text);
        measure = given;
      },
    },
    target: { host: relay.host, prefix: 'eks', allowances: [], tags: [], overwrite: false },
    ...{ images, plan, registry, options: {}, ecr: undefined, registries: {} },
    host: testHost({ cwd: folder, packageFolder: folder, env: {} }),
  } as unknown as PlannedPush;
  const timer = setInterval(() => {
    if (measure !== undefined) seen.push(measure());
  }, 250);
  unwrap(await carryOut(push, () => undefined));
  clearInterval(timer);
  await relay.close();
  assert.equal(
    said.filter((text) => text !== ''),
    [`uploading to ${relay.host}`, `writing statements to ${relay.host}`],
  );
  assert.ok(seen.length >= 20, `${seen.length} looks`);
  assert.ok(seen.every(({ total }) => total === plan.bytes.upload));
  const done = seen.map((each) => each.done);
  assert.equal(
    done,
    done.toSorted((a, b) => a - b),
  );
  assert.is(done.at(-1), plan.bytes.upload);
  // Half of the way, when what the buffers took at once no longer tells.
  const half = seen.find((each) => each.done > size * 0.7 && each.done < size * 0.95);
  assert.ok(
    half !== undefined && half.perSecond > speed / 3 && half.perSecond < speed * 3,
    JSON.stringify(half),
  );
});

test('a registry that takes nothing is known to before there is anything to be pushed', async ({
  folder,
}) => {
  const closed = await startDockerRegistry({ folder: join(folder, 'closed'), isReadOnly: true });
  const images = [{ image: 'org/tool', tag: 'v1' }];
  const workspace = { registries: {}, ecr: {} };
  const prepared = { plan: { images }, planInput: { images: { isWanted: () => true } }, workspace };
  const target = { host: closed.host, prefix: 'eks', insecure: 'loopback' };
  const host = testHost({ cwd: folder, packageFolder: folder, env: {} });
  const around = { processes: { run: async () => ({}) }, say: () => undefined, host };
  const ask = (confirm: boolean) =>
    askRegistry(prepared as never, target as never, { confirm } as never, around as never);
  unwrap(await ask(false));
  const failure = failureOf(await ask(true));
  await closed.kill();
  assert.is(failure.reason, 'fetch-failed', JSON.stringify(failure));
});

test.run();
