import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { motoAccount } from '../rig/moto.ts';
import { bucket, filesIn, type PublishWorld, publishWorld, writesIn } from '../rig/publish-world.ts';
import { type Fault, makeTopic, objectsIn, type StorageCall } from '../rig/s3.ts';
import { makeSite } from '../rig/site.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ world: PublishWorld }>('a release published while things go wrong');
test.before(async (context, defer) => {
  context.world = await publishWorld(defer);
});
test.before.each(({ world }) => world.reset());

const isS3 = ({ service }: StorageCall) => service === 's3';
const isPut = (call: StorageCall) => isS3(call) && call.method === 'PUT';
const isSending = ({ service, body }: StorageCall) =>
  service === 'sns' && body.toString().includes('Action=Publish');
const always = (fault: Fault) => (call: StorageCall) => (isS3(call) ? fault : undefined);

/** What S3 answers to everything: exit code and what is said. */
const refusals: readonly (readonly [name: string, fault: Fault, code: number, said: RegExp])[] = [
  ['expired credentials', { status: 400, code: 'ExpiredToken' }, 2, /does not take the credentials/],
  ['keys of nobody', { status: 403, code: 'InvalidAccessKeyId' }, 2, /does not take the credentials/],
  ['no permission', { status: 403, code: 'AccessDenied' }, 2, /S3 does not allow listing/],
  [
    'another region',
    { status: 301, code: 'PermanentRedirect', headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    2,
    /eks-releases is in eu-west-1, and us-east-1 was asked[\s\S]*Give --region eu-west-1/,
  ],
  [
    'another region, by the signature',
    { status: 400, code: 'AuthorizationHeaderMalformed', more: '<Region>eu-west-1</Region>' },
    2,
    /Give --region eu-west-1/,
  ],
  ['another clock', { status: 403, code: 'RequestTimeTooSkewed' }, 2, /another time than this machine/],
  ['too much', { status: 503, code: 'SlowDown' }, 4, /SlowDown/],
  ['a broken service', { status: 500, code: 'InternalError' }, 4, /InternalError/],
  ['a cut line', 'cut', 4, /hang up|ECONNRESET|socket/],
];

for (const [name, fault, code, said] of refusals) {
  test(`${name}: told as that, and nothing is written`, async ({ world }) => {
    makeSite(world.site);
    world.fault = always(fault);
    const ran = await world.publish('--confirm');
    assert.is(ran.code, code, ran.stderr);
    assert.match(ran.stderr, said);
    assert.not.match(ran.stdout + ran.stderr, 'canary');
    world.fault = () => undefined;
    assert.is((await objectsIn(world.storage, bucket)).size, 0);
  });
}

test('no bucket, one of another account, and an owner who may not write', async ({ world }) => {
  makeSite(world.site);
  const none = await world.publish('--confirm', '--to', 's3://no-such-bucket/eks');
  assert.match(none.stderr, 'There is no bucket no-such-bucket');
  const other = await world.publish('--confirm', '--expected-owner', '111122223333');
  assert.match(other.stderr, 'may be of another account than 111122223333');
  world.fault = (call) => (isPut(call) ? { status: 403, code: 'AccessDenied' } : undefined);
  const denied = await world.publish('--confirm');
  assert.match(denied.stderr, /S3 does not allow uploading s3:[\s\S]*publish --policy/);
  assert.equal([none.code, other.code, denied.code], [2, 2, 2]);
  assert.is((await objectsIn(world.storage, bucket)).size, 0);
});

test('a topic that is none, is elsewhere or is not ours ends it before anything is written', async ({
  world,
}) => {
  const topics: readonly (readonly [topic: string, said: RegExp])[] = [
    [`arn:aws:sns:us-east-1:${motoAccount}:nowhere`, /There is no topic nowhere in region us-east-1/],
    [
      `arn:aws:sns:eu-west-1:${motoAccount}:releases`,
      /is in eu-west-1, and the release is published in us-east-1/,
    ],
    [
      'arn:aws:sns:us-east-1:111122223333:releases',
      /There is no topic releases in region us-east-1 of account 111122223333/,
    ],
  ];
  await makeTopic(world.storage, 'releases');
  for (const [topic, said] of topics) {
    makeSite(world.site, { topic });
    const ran = await world.publish('--announce', '--confirm');
    assert.is(ran.code, 2, ran.stderr);
    assert.match(ran.stderr, said);
  }
  makeSite(world.site);
  assert.match((await world.publish('--announce', '--confirm')).stderr, 'has no snsTopicARN');
  world.fault = ({ service }) =>
    service === 'sns' ? { status: 403, code: 'AuthorizationError' } : undefined;
  makeSite(world.site, { topic: `arn:aws:sns:us-east-1:${motoAccount}:releases` });
  assert.match(
    (await world.publish('--announce', '--confirm')).stderr,
    'AWS does not allow asking for the topic',
  );
  assert.equal(writesIn(world.storage.calls), []);
});

test('what passes is waited for: every third call goes wrong in another way, and all arrives, once', async ({
  world,
}) => {
  const { storage } = world;
  const listener = await makeTopic(storage, 'releases');
  makeSite(world.site, { topic: listener.topic });
  const faults: readonly Fault[] = [
    'cut',
    { status: 503, code: 'SlowDown' },
    'answer lost',
    { status: 500, code: 'InternalError' },
    { status: 409, code: 'ConditionalRequestConflict' },
  ];
  let calls = 0;
  const wrong = new Map<string, number>();
  world.fault = (call) => {
    if (!isS3(call)) return undefined;
    calls += 1;
    const what = `${call.method} ${call.key} ${call.query}`;
    // One call is tried five times: as files go up side by side, all five could be a third one.
    const before = wrong.get(what) ?? 0;
    wrong.set(what, 0);
    if (calls % 3 !== 0 || before === 3) return undefined;
    wrong.set(what, before + 1);
    const fault = faults[(calls / 3) % faults.length];
    return typeof fault === 'object' && fault.status === 409 && !isPut(call) ? 'cut' : fault;
  };
  const ran = await world.publish('--announce', '--confirm');
  assert.is(ran.code, 0, ran.stderr);
  const there = await objectsIn(storage, bucket);
  for (const [path, bytes] of filesIn(world.site)) assert.ok(there.get(`eks/${path}`)?.equals(bytes), path);
  assert.is((await listener.heard()).length, 1);
});

test('half an answer to a question is no answer', async ({ world }) => {
  makeSite(world.site);
  let times = 0;
  world.fault = (call) => {
    if (!isS3(call) || call.method !== 'GET' || times === 2) return undefined;
    times += 1;
    return 'half an answer';
  };
  const ran = await world.publish('--confirm');
  assert.ok(ran.code === 0 || ran.code === 4, ran.stderr);
  world.fault = () => undefined;
  const again = await world.publish('--confirm');
  assert.is(again.code, 0, again.stderr);
});

test('a run that breaks off leaves nothing that points at what is not there, and the next one goes on', async ({
  world,
}) => {
  const { storage } = world;
  makeSite(world.site);
  let puts = 0;
  world.fault = (call) => {
    if (!isPut(call)) return undefined;
    puts += 1;
    return puts > 6 ? { status: 403, code: 'AccessDenied' } : undefined;
  };
  const broken = await world.publish('--confirm');
  assert.is(broken.code, 2);
  assert.match(broken.stdout, '6 files written before it broke off');
  assert.not.ok((await objectsIn(storage, bucket)).has('eks/kubernetes-1-30/kubernetes-1-30-eks-5.yaml'));
  world.fault = () => undefined;
  storage.calls.length = 0;
  const all = filesIn(world.site).size;
  assert.is((await world.publish('--confirm')).code, 0);
  assert.is(storage.calls.filter(isPut).length, all - 6);
});

test('a file that changes while it is published is not published, nor is what names it', async ({
  world,
}) => {
  makeSite(world.site);
  const file = 'kubernetes-1-30/releases/5/artifacts/plugins/v1.4.0/cni-plugins-linux-arm64-v1.4.0.tar.gz';
  let isFirst = true;
  world.fault = (call) => {
    if (isPut(call) && isFirst) writeFileSync(join(world.site, file), 'something else now ');
    if (isPut(call)) isFirst = false;
    return undefined;
  };
  const ran = await world.publish('--confirm');
  assert.is(ran.code, 3, ran.stderr);
  assert.match(ran.stderr, 'which was changed while its site was published');
  const there = await objectsIn(world.storage, bucket);
  assert.not.ok(there.has(`eks/${file}`));
  assert.not.ok(there.has('eks/kubernetes-1-30/kubernetes-1-30-eks-5.yaml'));
});

test('nor is a large one, of which some parts are there already', async ({ world }) => {
  const path = 'kubernetes/v1.30.0/kubernetes-server-linux-amd64.tar.gz';
  const file = `kubernetes-1-30/releases/5/artifacts/${path}`;
  makeSite(world.site, { files: { [path]: randomBytes(30_000_000) } });
  world.fault = ({ query }) => {
    // Not as long as before: the rest of what was there is what no sum speaks of.
    if (query.get('partNumber') === '1') writeFileSync(join(world.site, file), randomBytes(29_000_000));
    return undefined;
  };
  const ran = await world.publish('--confirm');
  assert.is(ran.code, 3, ran.stderr);
  assert.match(ran.stderr, `${file}, which was changed while its site was published`);
  assert.ok(world.storage.calls.some(({ query }) => query.get('partNumber') === '2'));
  const there = await objectsIn(world.storage, bucket);
  assert.not.ok([...there.keys()].some((key) => key.includes('server-linux') && key.endsWith('.tar.gz')));
  assert.not.ok(there.has('eks/kubernetes-1-30/kubernetes-1-30-eks-5.yaml'));
  const left = await world.storage.ask({ service: 's3', method: 'GET', path: `/${bucket}?uploads` });
  assert.not.match(left.body.toString(), '<UploadId>');
});

test('a message whose answer was lost is not sent again, not by the next run either; who listens says what is so', async ({
  world,
}) => {
  const listener = await makeTopic(world.storage, 'releases');
  makeSite(world.site, { topic: listener.topic });
  world.fault = (call) => (isSending(call) ? 'answer lost' : undefined);
  const lost = await world.publish('--announce', '--confirm');
  assert.is(lost.code, 2, lost.stderr);
  assert.match(lost.stderr, /Whether the release was announced to arn:[\s\S]* is not known/);
  world.fault = () => undefined;
  const again = await world.publish('--announce', '--confirm');
  assert.is(again.code, 2);
  assert.match(
    again.stderr,
    /delete s3:\/\/eks-releases\/eks\/kubernetes-1-30\/kubernetes-1-30-eks-5\.announcement\.json/,
  );
  assert.is((await listener.heard()).length, 1);
  assert.is((await world.publish('--confirm')).code, 0);
});

test('what was certainly not taken is sent again: at once where it passes, by the next run where it was refused', async ({
  world,
}) => {
  const listener = await makeTopic(world.storage, 'releases');
  makeSite(world.site, { topic: listener.topic });
  world.fault = (call) => (isSending(call) ? { status: 403, code: 'AuthorizationError' } : undefined);
  const denied = await world.publish('--announce', '--confirm');
  assert.is(denied.code, 2, denied.stderr);
  assert.is((await listener.heard()).length, 0);
  let times = 0;
  world.fault = (call) => {
    if (!isSending(call)) return undefined;
    times += 1;
    return times <= 2 ? { status: 503, code: 'ServiceUnavailable' } : undefined;
  };
  const sent = await world.publish('--announce', '--confirm');
  assert.is(sent.code, 0, sent.stderr);
  assert.is(times, 3);
  assert.is((await listener.heard()).length, 1);
});

test('of two that publish at the same time one tells', async ({ world }) => {
  const listener = await makeTopic(world.storage, 'releases');
  makeSite(world.site, { topic: listener.topic });
  const ran = await Promise.all([1, 2, 3].map(() => world.publish('--announce', '--confirm')));
  assert.ok(ran.some(({ code }) => code === 0));
  assert.is((await listener.heard()).length, 1);
  const there = await objectsIn(world.storage, bucket);
  for (const [path, bytes] of filesIn(world.site)) assert.ok(there.get(`eks/${path}`)?.equals(bytes), path);
});

test.run();
