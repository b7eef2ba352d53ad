import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { changeTool, type ImageWorld, imageWorld, keepTool } from '../rig/image-world.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: ImageWorld }>('how a push ends, and what it only says');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await imageWorld();
});

function push(world: ImageWorld, prefix: string, ...words: readonly string[]) {
  return world.run(['push', release, '--registry', `${world.registry.host}/${prefix}`, ...words]);
}

/** The record of a push below a prefix of the world's registry. */
function recordOf({ root, registry }: ImageWorld, prefix: string) {
  const name = `push-${registry.host.replace(':', '-')}+${prefix}.json`;
  return JSON.parse(readFileSync(join(root, 'out', release, name), 'utf8'));
}

test('a push that is refused or comes nowhere leaves a record all the same, with why', async ({ world }) => {
  changeTool(world);
  await push(world, 'refused', '--confirm');
  keepTool(world);
  const refused = recordOf(world, 'refused');
  assert.equal(refused.registries, []);
  assert.match(refused.brokeOff, 'org/tool holds tool for linux/amd64 (different)');

  const nowhere = ['push', release, '--registry', '127.0.0.1:1/eks', '--insecure'];
  const file = join(world.root, 'out', release, 'push-127.0.0.1-1+eks.json');
  assert.is((await world.run(nowhere)).code, 4);
  assert.not.ok(existsSync(file), 'a plan leaves none');
  const ran = await world.run([...nowhere, '--confirm']);
  assert.is(ran.code, 4);
  assert.match(ran.stderr, `Record: out/${release}/push-127.0.0.1-1+eks.json\n`);
  const { registries, brokeOff } = JSON.parse(readFileSync(file, 'utf8'));
  assert.equal(registries, []);
  assert.match(brokeOff, 'The network failed');
});

test('a push that is interrupted leaves a record', async () => {
  const stop = new AbortController();
  const world = await imageWorld(({ method, path }) => {
    if (method === 'PUT' && path.includes('/stopped/')) stop.abort();
    return undefined;
  });
  const words = ['push', release, '--registry', `${world.registry.host}/stopped`, '--confirm'];
  const ran = await world.run(words, { signal: stop.signal });
  assert.is(ran.code, 130, ran.stderr);
  assert.ok('brokeOff' in recordOf(world, 'stopped'));
});

test('--log json has its lines alone on standard output', async ({ world }) => {
  const ran = await push(world, 'lines', '--log', 'json');
  assert.is(ran.code, 0, ran.stderr);
  for (const line of ran.stdout.trimEnd().split('\n')) JSON.parse(line);
  assert.match(ran.stderr, 'Nothing was pushed: give --confirm to do this.\n');
});

const account = '111122223333';
const atEcr = `${account}.dkr.ecr.us-west-2.amazonaws.com`;

test('--policy: the policy alone, without credentials, a network, or a build', async ({ world }) => {
  rmSync(join(world.root, 'out'), { recursive: true });
  const words = ['push', release, '--registry', `${atEcr}/eks`, '--policy', '--image', '!saw'];
  const ran = await world.run(words, { env: { ...world.host.env, AWS_EC2_METADATA_DISABLED: 'true' } });
  assert.is(ran.code, 0, ran.stderr);
  const { Version, Statement } = JSON.parse(ran.stdout);
  assert.is(Version, '2012-10-17');
  const on = (action: string) =>
    Statement.flatMap((each: { Action: string[]; Resource: string[] }) =>
      each.Action.includes(action) ? each.Resource : [],
    );
  const names = ['org/hammer', 'org/tool'];
  const repositories = names.map((name) => `arn:aws:ecr:us-west-2:${account}:repository/eks/${name}`);
  assert.equal([on('ecr:PutImage'), on('ecr:CreateRepository')], [repositories, repositories]);
  assert.equal(on('ecr:GetAuthorizationToken'), ['*']);
  assert.not.ok(existsSync(join(world.root, 'out')));
});

test('what a push would ignore is refused', async ({ world }) => {
  const elsewhere = `does nothing at ${world.registry.host}, which is no registry of Amazon ECR.`;
  const cases: readonly (readonly [words: readonly string[], message: string])[] = [
    [['--policy'], `--policy ${elsewhere}`],
    [['--reconcile'], `--reconcile ${elsewhere}`],
    [['--reason', 'x'], '--reason does nothing without --allow.'],
    [['--insecure-anywhere'], '--insecure-anywhere does nothing without --insecure.'],
  ];
  for (const [words, message] of cases) {
    const ran = await push(world, 'idle', ...words);
    assert.equal([ran.code, ran.stdout], [2, '']);
    assert.match(ran.stderr, message);
  }
  const both = await world.run(['push', release, '--registry', `${atEcr}/eks`, '--policy', '--confirm']);
  assert.match(both.stderr, '--confirm does nothing beside --policy');
});

test.run();
