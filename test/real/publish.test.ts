import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { motoAccount } from '../rig/moto.ts';
import { bucket, filesIn, type PublishWorld, publishWorld, writesIn } from '../rig/publish-world.ts';
import { makeTopic, objectsIn } from '../rig/s3.ts';
import { makeSite, testArtifacts } from '../rig/site.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ world: PublishWorld }>('a release published to S3 as moto has it');
test.before(async (context, defer) => {
  context.world = await publishWorld(defer);
});
test.before.each(({ world }) => world.reset());

const folder = 'eks/kubernetes-1-30';
const manifest = `${folder}/kubernetes-1-30-eks-5.yaml`;
const record = `${folder}/kubernetes-1-30-eks-5.announcement.json`;
const channel = 'eks/releasechannels/1-30.yaml';
const plugin = 'plugins/v1.4.0/cni-plugins-linux-amd64-v1.4.0.tar.gz';

/** The objects of a bucket but for the record of the announcement, and the files of the site, by the same names. */
async function both({ storage, site }: PublishWorld) {
  const there = new Map([...(await objectsIn(storage, bucket))].filter(([key]) => key !== record));
  const here = new Map([...filesIn(site)].map(([path, bytes]) => [`eks/${path}`, bytes]));
  return { there, here };
}

async function assertWhole(world: PublishWorld): Promise<void> {
  const { there, here } = await both(world);
  assert.equal([...there.keys()].sort(), [...here.keys()].sort());
  for (const [key, bytes] of here) assert.ok(there.get(key)?.equals(bytes), key);
}

test('a plan writes nothing; what points comes after what is pointed at; a second run writes nothing and tells nobody', async ({
  world,
}) => {
  const { storage, site } = world;
  const listener = await makeTopic(storage, 'releases');
  makeSite(site, { topic: listener.topic });
  const planned = await world.publish('--announce');
  assert.is(planned.code, 0, planned.stderr);
  assert.match(planned.stdout, /upload +\d+ B +kubernetes-1-30\/kubernetes-1-30-eks-5\.yaml\n/);
  assert.match(planned.stdout, `announce to ${listener.topic}: New Release of EKS-D v1-30`);
  assert.match(planned.stdout, 'Nothing was published');
  assert.equal(writesIn(storage.calls), []);

  storage.calls.length = 0;
  const done = await world.publish('--announce', '--confirm');
  assert.is(done.code, 0, done.stderr);
  await assertWhole(world);
  const order = writesIn(storage.calls).map(({ service, key }) => (service === 's3' ? key : service));
  const last = order.slice(-5);
  assert.equal(last, [manifest, channel, record, 'sns', record]);
  assert.is(new Set(order.slice(0, -2)).size, order.length - 2, 'something is written twice');
  const [message, ...others] = await listener.heard();
  assert.equal([message?.Subject, others], ['New Release of EKS-D v1-30', []]);
  assert.is(message?.MessageAttributes['channel']?.Value, '1-30');

  storage.calls.length = 0;
  const again = await world.publish('--announce', '--confirm');
  assert.is(again.code, 0, again.stderr);
  assert.match(again.stdout, '0 files to upload');
  assert.equal(writesIn(storage.calls), []);
  assert.is((await listener.heard()).length, 1);
  const said = [planned, done, again].map(({ stdout, stderr }) => stdout + stderr).join('');
  assert.not.match(said, 'canary');
});

test('what objects are given beside their bytes', async ({ world }) => {
  const { storage } = world;
  makeSite(world.site);
  const done = await world.publish(
    '--confirm',
    '--kms-key',
    'alias/releases',
    '--public-read',
    '--expected-owner',
    motoAccount,
  );
  assert.is(done.code, 0, done.stderr);
  const artifact = `${folder}/releases/5/artifacts/${plugin}`;
  const puts = storage.calls.filter(({ method }) => method === 'PUT');
  for (const { headers } of puts) {
    assert.is(headers['x-amz-server-side-encryption-aws-kms-key-id'], 'alias/releases');
    assert.is(headers['x-amz-acl'], 'public-read');
    assert.is(headers['if-none-match'], '*');
    assert.ok(headers['x-amz-checksum-sha256']);
  }
  assert.ok(storage.calls.every(({ headers }) => headers['x-amz-expected-bucket-owner'] === motoAccount));
  const head = await storage.ask({ service: 's3', method: 'HEAD', path: `/${bucket}/${artifact}` });
  assert.is(head.headers.get('content-type'), 'application/gzip');
  assert.match(head.headers.get('cache-control') ?? '', 'immutable');
  assert.is(head.headers.get('x-amz-server-side-encryption'), 'aws:kms');
});

test('without a key S3 encrypts by its own, and no list says who may read', async ({ world }) => {
  makeSite(world.site);
  assert.is((await world.publish('--confirm')).code, 0);
  const puts = world.storage.calls.filter(({ method }) => method === 'PUT');
  assert.ok(puts.length > 10);
  for (const { headers } of puts) {
    assert.equal([headers['x-amz-server-side-encryption'], headers['x-amz-acl']], ['AES256', undefined]);
  }
});

test('a large file goes in parts, is known again by them, and what a run left of one is given up', async ({
  world,
}) => {
  const { storage } = world;
  const large = randomBytes(20_000_000);
  makeSite(world.site, { files: { ...testArtifacts, [plugin]: large } });
  const key = `${folder}/releases/5/artifacts/${plugin}`;
  const begun = await storage.ask({ service: 's3', path: `/${bucket}/${key}?uploads` });
  assert.is(begun.status, 200);
  const planned = await world.publish();
  assert.match(planned.stdout, '1 upload that broke off will be given up');
  const done = await world.publish('--confirm');
  assert.is(done.code, 0, done.stderr);
  await assertWhole(world);
  const parts = storage.calls.filter(({ query }) => query.has('partNumber'));
  assert.is(parts.length, 3);
  assert.ok(parts.every(({ headers }) => headers['x-amz-checksum-sha256'] !== undefined));
  const left = await storage.ask({ service: 's3', method: 'GET', path: `/${bucket}?uploads` });
  assert.not.match(left.body.toString(), '<UploadId>');
  storage.calls.length = 0;
  assert.is((await world.publish('--confirm')).code, 0);
  assert.equal(writesIn(storage.calls), []);
  assert.not.ok(
    storage.calls.some((call) => call.method === 'GET' && call.key === key),
    'it was fetched',
  );
});

test('what another brought without a sum is fetched and compared', async ({ world }) => {
  const { storage } = world;
  makeSite(world.site);
  const key = `${folder}/releases/5/artifacts/${plugin}`;
  const put = (body: string) =>
    storage.ask({ service: 's3', method: 'PUT', path: `/${bucket}/${key}`, body });
  await put('plugins for amd64');
  const same = await world.publish();
  assert.is(same.code, 0, same.stderr);
  assert.not.match(same.stdout, `${plugin}\n`);
  await put('plugins for amd65');
  const other = await world.publish('--confirm');
  assert.is(other.code, 2);
  assert.match(other.stderr, `${plugin} is there with other bytes; --overwrite replaces it`);
});

test('other bytes of a release are refused, and nothing is written; without a manifest --overwrite replaces them', async ({
  world,
}) => {
  const { storage, site } = world;
  makeSite(site);
  assert.is((await world.publish('--confirm')).code, 0);
  rmSync(site, { recursive: true });
  makeSite(site, { files: { ...testArtifacts, [plugin]: 'plugins from another day' } });
  storage.calls.length = 0;
  for (const words of [['--confirm'], ['--confirm', '--overwrite']]) {
    const refused = await world.publish(...words);
    assert.is(refused.code, 2);
    assert.match(refused.stderr, 'a manifest names it: it is never replaced');
    assert.match(
      refused.stderr,
      'kubernetes-1-30-eks-5.yaml is there with other bytes: a manifest is never replaced',
    );
    assert.match(refused.stdout, /REFUSE +\d+ B +kubernetes-1-30\/kubernetes-1-30-eks-5\.yaml/);
  }
  assert.equal(writesIn(storage.calls), []);
  await storage.ask({ service: 's3', method: 'DELETE', path: `/${bucket}/${manifest}` });
  assert.is((await world.publish('--confirm')).code, 2);
  let conflicts = 0;
  world.fault = ({ headers }) => {
    if (headers['if-match'] === undefined || conflicts === 2) return undefined;
    conflicts += 1;
    return { status: 409, code: 'ConditionalRequestConflict' };
  };
  const replaced = await world.publish('--confirm', '--overwrite');
  assert.is(conflicts, 2);
  assert.is(replaced.code, 0, replaced.stderr);
  await assertWhole(world);
  const conditions = storage.calls
    .filter(({ method }) => method === 'PUT')
    .map(({ headers }) => headers['if-match'] ?? headers['if-none-match']);
  assert.ok(conditions.every((each) => each !== undefined));
});

test('a channel moves forward only, also past another that publishes at the same time', async ({ world }) => {
  const { storage, site } = world;
  const at = async () =>
    /latestRelease: (\d+)/.exec(String((await objectsIn(storage, bucket)).get(channel)))?.[1];
  const publish = async (number: number): Promise<void> => {
    rmSync(site, { recursive: true, force: true });
    makeSite(site, { number });
    const ran = await world.publish(`v1-30-eks-${number}`, '--confirm');
    assert.is(ran.code, 0, ran.stderr);
  };
  await publish(5);
  await publish(7);
  assert.is(await at(), '7');
  await publish(6);
  assert.is(await at(), '7');
  assert.ok((await objectsIn(storage, bucket)).has(`${folder}/kubernetes-1-30-eks-6.yaml`));

  let isFirst = true;
  world.fault = ({ method, key }) => {
    if (method !== 'PUT' || key !== channel || !isFirst) return undefined;
    isFirst = false;
    // Release 9 comes between what was read and what is written.
    return { status: 412, code: 'PreconditionFailed' };
  };
  const nine = String((await objectsIn(storage, bucket)).get(channel)).replace(
    'latestRelease: 7',
    'latestRelease: 9',
  );
  const other = storage.ask({ service: 's3', method: 'PUT', path: `/${bucket}/${channel}`, body: nine });
  await other;
  await publish(8);
  assert.is(await at(), '9');
});

test('a plan and what was done for programs', async ({ world }) => {
  makeSite(world.site);
  const planned = JSON.parse((await world.publish('--json')).stdout);
  assert.equal([planned.schema, planned.to, planned.done], [1, `s3://${bucket}/eks`, undefined]);
  const uploads = planned.objects.filter((each: { action: string }) => each.action === 'upload');
  assert.is(uploads.length, planned.objects.length);
  const done = JSON.parse((await world.publish('--json', '--confirm')).stdout);
  assert.equal([done.done.isWhole, done.done.written.length], [true, planned.objects.length]);
  const again = JSON.parse((await world.publish('--json', '--confirm')).stdout);
  assert.equal(again.done.written, []);
});

test('the policy that is printed asks nobody, and allows what is asked for', async ({ world }) => {
  const { storage, site } = world;
  const listener = await makeTopic(storage, 'releases');
  makeSite(site, { topic: listener.topic });
  const printed = await world.publish('--policy', '--announce');
  assert.is(printed.code, 0, printed.stderr);
  assert.equal(storage.calls, []);
  const { Statement } = JSON.parse(printed.stdout) as {
    Statement: { Action: string[]; Resource: string[] }[];
  };
  assert.is((await world.publish('--confirm', '--announce')).code, 0);
  const actionOf = ({ service, method, key, query, body }: PublishWorld['storage']['calls'][number]) => {
    if (service === 'sns') return `sns:${new URLSearchParams(body.toString()).get('Action')}`;
    if (key === '') return query.has('uploads') ? 's3:ListBucketMultipartUploads' : 's3:ListBucket';
    return method === 'PUT' ? 's3:PutObject' : 's3:GetObject';
  };
  for (const call of storage.calls) {
    const action = actionOf(call);
    const resource =
      call.service === 'sns'
        ? listener.topic
        : `arn:aws:s3:::${bucket}${call.key === '' ? '' : `/${call.key}`}`;
    const isAllowed = Statement.some(
      ({ Action, Resource }) =>
        Action.includes(action) &&
        Resource.some(
          (each) => each === resource || (each.endsWith('*') && resource.startsWith(each.slice(0, -1))),
        ),
    );
    assert.ok(isAllowed, `${action} on ${resource}`);
  }
  writeFileSync(join(site, 'kubernetes-1-30/notes'), 'x');
  const named = await world.publish('--policy');
  assert.is(named.code, 2, 'a site that is none has no policy');
});

test.run();
