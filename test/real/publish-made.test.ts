import { setMaxListeners } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { exampleKeys } from '../rig/ecr.ts';
import { goCalls } from '../rig/fake-go.ts';
import type { Ran } from '../rig/host.ts';
import type { ImageWorld } from '../rig/image-world.ts';
import { filesIn, writesIn } from '../rig/publish-world.ts';
import { makeBucket, makeTopic, objectsIn, type Storage, startStorage } from '../rig/s3.ts';
import { at, made, siteWorld } from '../rig/site-world.ts';
import { suite } from '../rig/suite.ts';
import { patchOf, release } from '../rig/world-content.ts';

interface Context {
  readonly world: ImageWorld;
  readonly storage: Storage;
  /** `publish v1-30-eks-5 --to s3://releases/eks` of a site that it makes. */
  publish(...words: readonly string[]): Promise<Ran>;
}

/** `publish RELEASE` of what nobody has laid out before. */
const test = suite<{ context: Context }>('a release made and published');

test.before(async (given, defer) => {
  defer(closeFakes);
  const world = await siteWorld();
  setMaxListeners(0, world.host.signal);
  const storage = await startStorage();
  defer(() => storage.stop());
  await makeBucket(storage, 'releases');
  const host = { env: { ...world.host.env, ...exampleKeys, AWS_ENDPOINT_URL: storage.url } };
  const usual = ['--to', 's3://releases/eks', ...made, ...at, '--no-images'];
  const publish = (...words: readonly string[]) => world.run(['publish', release, ...usual, ...words], host);
  given.context = { world, storage, publish };
});

const site = (world: ImageWorld) => join(world.root, 'out', release, 'site');

test('a policy takes no site and makes none; a plan makes it where release does, and publishes nothing', async ({
  context: { world, storage, publish },
}) => {
  const policy = await publish('--policy');
  assert.is(policy.code, 0, policy.stderr);
  assert.match(policy.stdout, 'releases/eks/kubernetes-1-30/releases/5/CHANGELOG-v1-30-eks-5.md');
  assert.not.ok(existsSync(site(world)));
  const calls = goCalls(world.folder).length;
  const nowhere = await publish('--to', 's3://nobody/eks', '--fresh');
  assert.is(nowhere.code, 2);
  assert.match(nowhere.stderr, 'There is no bucket nobody');
  assert.is(goCalls(world.folder).length, calls);
  const plan = await publish();
  assert.is(plan.code, 0, plan.stderr);
  assert.match(plan.stdout, /upload +\d+ B +kubernetes-1-30\/releases\/5\/CHANGELOG-v1-30-eks-5\.md\n/);
  assert.match(plan.stdout, 'Nothing was published');
  assert.ok(filesIn(site(world)).size > 10);
  const { stdout } = await publish('--json');
  assert.is(JSON.parse(stdout).release, 'kubernetes-1-30-eks-5');
  assert.equal(writesIn(storage.calls), []);
});

test('what is published is what release makes: all of it, once; another changelog stays', async ({
  context: { world, storage, publish },
}) => {
  const done = await publish('--confirm');
  assert.is(done.code, 0, done.stderr);
  const there = await objectsIn(storage, 'releases');
  const here = filesIn(site(world));
  assert.equal([...there.keys()].sort(), [...here.keys()].map((path) => `eks/${path}`).sort());
  for (const [path, bytes] of here) assert.ok(there.get(`eks/${path}`)?.equals(bytes), path);
  storage.calls.length = 0;
  assert.is((await publish('--confirm')).code, 0);
  assert.equal(writesIn(storage.calls), []);
  const path = '/releases/eks/kubernetes-1-30/releases/5/CHANGELOG-v1-30-eks-5.md';
  await storage.ask({ service: 's3', method: 'PUT', path, body: '# another\n' });
  const kept = await publish('--confirm');
  assert.is(kept.code, 0, kept.stderr);
  assert.match(kept.stdout, /keep .*CHANGELOG.*another one is there, and stays/);
});

test('after own patches are there it is not the same release: it takes a name of its own, and is told with its changelog', async ({
  context: { world, storage, publish },
}) => {
  const folder = join(world.root, 'patches', 'org', 'tool');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '0009-Mend.patch'), patchOf('cmd/tool/main.go', '// two', '// mended'));
  const same = await publish('--confirm');
  assert.is(same.code, 2);
  assert.match(same.stderr, "this is not upstream's release 1-30 5");
  const listener = await makeTopic(storage, 'news');
  writeFileSync(join(world.root, 'eksd-rebuild.yaml'), `release:\n  snsTopicArn: ${listener.topic}\n`);
  const own = ['--channel', '1-30-acme', '--number', '1'];
  const allow = ['different', 'no-expectation'].flatMap((each) => ['--allow', each]);
  const done = await publish('--confirm', '--announce', ...own, ...allow, '--reason', 'ours');
  rmSync(folder, { recursive: true });
  rmSync(join(world.root, 'eksd-rebuild.yaml'));
  assert.ok(done.code === 0 || done.code === 1, done.stderr);
  const [message] = await listener.heard();
  const changelog = 'kubernetes-1-30-acme/releases/1/CHANGELOG-v1-30-acme-eks-1.md';
  assert.match(message?.Message ?? '', `https://releases.example/eks/${changelog} `);
  assert.ok((await objectsIn(storage, 'releases')).has(`eks/${changelog}`));
});

test('what says how a site is made does nothing for one that is named', async ({ context: { publish } }) => {
  for (const words of [['--number', '7'], ['--fresh'], ['--log', 'line'], ['--fail-fast']]) {
    const ran = await publish('--site', 'somewhere', ...words);
    assert.is(ran.code, 2);
    assert.match(ran.stderr, / does nothing beside --site, which is laid out already\./);
  }
});

test.run();
