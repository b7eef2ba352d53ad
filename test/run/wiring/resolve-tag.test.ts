import * as assert from 'uvu/assert';
import { parseImageReference } from '../../../orchestrator/core/image-reference.ts';
import { ok } from '../../../orchestrator/core/result.ts';
import { createTagResolver, tellingResolver } from '../../../orchestrator/run/wiring/resolve-tag.ts';
import { type Asked, closeFakes, type FakeAnswer, fakeRegistry } from '../../oci/registry/fake-registry.ts';
import { failureOf, openTestRegistry, unwrap } from '../../oci/registry/rig.ts';
import { ociSha } from '../../rig/image-report.ts';
import { suite } from '../../rig/suite.ts';

const test = suite('what tags point at');
test.after.each(closeFakes);

const there = ({ path }: Asked): FakeAnswer => {
  return path.endsWith('/missing')
    ? { status: 404 }
    : { status: 200, headers: { 'docker-content-digest': ociSha(path) } };
};

async function world(answer: (asked: Asked) => FakeAnswer | 'break' = there) {
  const server = await fakeRegistry(answer);
  const opened: string[] = [];
  const open = async (host: string) => {
    opened.push(host);
    return ok(openTestRegistry(host).registry);
  };
  const resolver = (mirrors: Readonly<Record<string, string>> = {}) => createTagResolver({ open }, mirrors);
  return { server, opened, resolver };
}

function reference(text: string) {
  const parsed = parseImageReference(text);
  if ('why' in parsed) throw new Error(parsed.why);
  return parsed;
}

test('each question is asked once, whoever asks it meanwhile', async () => {
  const { server, resolver } = await world();
  const resolve = resolver();
  const names = ['a/b:1', 'a/b:1', 'a/b:2', 'a/c:1', 'a/b:1'].map((each) =>
    reference(`${server.host}/${each}`),
  );
  const digests = (await Promise.all(names.map(resolve))).map(unwrap);
  assert.is(digests[0], ociSha('/v2/a/b/manifests/1'));
  assert.equal([digests[1], digests[4]], [digests[0], digests[0]]);
  assert.is(new Set(digests).size, 3);
  assert.equal([...server.lines()].sort(), [
    'HEAD /v2/a/b/manifests/1',
    'HEAD /v2/a/b/manifests/2',
    'HEAD /v2/a/c/manifests/1',
  ]);
});

test('a registry that does not answer is not asked for anything else; another one is', async () => {
  const silent = await world(() => 'break');
  const resolve = silent.resolver();
  const first = failureOf(await resolve(reference(`${silent.server.host}/a/b:1`)));
  assert.is(first.reason, 'network');
  const asked = silent.server.lines().length;
  assert.ok(asked >= 1);
  const second = failureOf(await resolve(reference(`${silent.server.host}/a/c:2`)));
  assert.equal(
    second,
    { ...first, what: 'looking for a/c:2' },
    'it is not that of what was asked for before',
  );
  assert.is(silent.server.lines().length, asked);
  const other = await fakeRegistry(there);
  assert.is(unwrap(await resolve(reference(`${other.host}/a/b:1`))), ociSha('/v2/a/b/manifests/1'));
});

test('a registry without the tag is asked for others', async () => {
  const { server, resolver } = await world();
  const resolve = resolver();
  assert.is(failureOf(await resolve(reference(`${server.host}/a:missing`))).reason, 'usage');
  assert.is(unwrap(await resolve(reference(`${server.host}/a:1`))), ociSha('/v2/a/manifests/1'));
});

test('a mirror is asked in the place of what it stands for', async () => {
  const { server, opened, resolver } = await world();
  const resolve = resolver({ 'public.ecr.aws/eks/': `${server.host}/copies/` });
  const digest = unwrap(await resolve(reference('public.ecr.aws/eks/base:1')));
  assert.is(digest, ociSha('/v2/copies/base/manifests/1'));
  assert.equal(opened, [server.host]);
  const broken = resolver({ 'public.ecr.aws/': 'nowhere' });
  assert.is(failureOf(await broken(reference('public.ecr.aws/eks/base:1'))).reason, 'usage');
});

test('whoever waits is told whom it is that they wait for', async () => {
  const { server, resolver } = await world();
  const said: string[] = [];
  const resolve = tellingResolver(resolver(), (text) => void said.push(text));
  await resolve(reference(`${server.host}/a/b:1`));
  assert.equal(said, [`asking ${server.host} for a/b:1`]);
});

test('without a tag it is the latest', async () => {
  const { server, resolver } = await world();
  await resolver()(reference(`${server.host}/a`));
  assert.equal(server.lines(), ['HEAD /v2/a/manifests/latest']);
});

test.run();
