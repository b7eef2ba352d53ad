import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planEcrFor } from '../../../orchestrator/commands/push/plan-ecr.ts';
import type { PushTarget } from '../../../orchestrator/commands/push/target.ts';
import { err, ok } from '../../../orchestrator/core/result.ts';
import type { EcrClients } from '../../../orchestrator/oci/ecr/clients.ts';
import type { ImageToPush } from '../../../orchestrator/oci/push/plan.ts';
import type { Rebuilt } from '../../../orchestrator/run/rebuild.ts';
import { failureOf, unwrap } from '../../oci/registry/rig.ts';

const ecrHost = '123456789012.dkr.ecr.us-west-2.amazonaws.com';

function target(host: string): PushTarget {
  return {
    host,
    prefix: 'eks',
    insecure: undefined,
    allowances: [],
    tags: [],
    overwrite: false,
    key: undefined,
  };
}

function image(name: string, tags: readonly string[], ...platforms: readonly string[]): ImageToPush {
  const tree = { images: platforms.map((platform) => ({ platform })) } as unknown as ImageToPush['tree'];
  return { repository: `eks/${name}`, tags, tree, unverified: [] };
}

const images = [
  image('org/tool', ['v1', 'latest', 'mine'], 'linux/amd64', 'linux/arm64'),
  image('org/kit', ['v2'], 'linux/amd64'),
];

/** Settings for ECR, and clients of an account without repositories that remember what they are asked for. */
function world(ecr: object) {
  const asked: string[] = [];
  const clients = {
    ecr: async (_: unknown, what: string) => {
      asked.push(what);
      return ok(undefined);
    },
    sts: async () => err({ reason: 'network', what: 'asking', detail: 'silent' }),
  } as unknown as EcrClients;
  const rebuilt = { prepared: { workspace: { ecr } } } as unknown as Rebuilt;
  return { asked, clients, rebuilt };
}

test("a host that is none of ECR's: nobody is asked", async () => {
  const { asked, clients, rebuilt } = world({});
  assert.is(unwrap(await planEcrFor(target('registry.example.com'), images, rebuilt, clients)), undefined);
  assert.equal(asked, []);
});

test('repositories of all images, in the regions of the settings too, and the platforms once', async () => {
  const { asked, clients, rebuilt } = world({ replicate: ['eu-central-1'], scanOnPush: true });
  const planned = unwrap(await planEcrFor(target(ecrHost), images, rebuilt, clients));
  const other = ecrHost.replace('us-west-2', 'eu-central-1');
  assert.equal(
    planned?.plans.map(({ host, create, platforms, settings }) => [host.host, create, platforms, settings]),
    [ecrHost, other].map((host) => [
      host,
      ['eks/org/tool', 'eks/org/kit'],
      ['linux/amd64', 'linux/arm64'],
      { scanOnPush: true },
    ]),
  );
  assert.is(asked.length, 4);
});

test('the published tag stays where it is; those that the user adds may be meant to move', async () => {
  const { clients, rebuilt } = world({ tagMutability: { default: 'IMMUTABLE', except: ['latest'] } });
  const planned = unwrap(await planEcrFor(target(ecrHost), images, rebuilt, clients));
  assert.equal(
    planned?.plans[0]?.fixedTags.map(({ repository, tag }) => `${repository}:${tag}`),
    ['eks/org/tool:mine'],
  );
});

test('a policy of the settings that cannot be read ends it', async () => {
  const { asked, clients, rebuilt } = world({ lifecyclePolicy: '{ "rules": ' });
  const failure = failureOf(await planEcrFor(target(ecrHost), images, rebuilt, clients));
  assert.is(failure.reason, 'usage');
  assert.equal(asked, []);
});

test.run();
