import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import * as assert from 'uvu/assert';
import { crdTexts } from '../../orchestrator/publish/manifest/crds.ts';
import { exampleKeys } from '../rig/ecr.ts';
import { compileProgram, type Program } from '../rig/program.ts';
import { filesIn } from '../rig/publish-world.ts';
import { packed, program, type SiteAsset, siteFiles, writeSiteFiles } from '../rig/published-site.ts';
import { suite } from '../rig/suite.ts';
import { type Gateway, startGateway } from '../rig/versitygw.ts';

interface Context {
  readonly program: Program;
  readonly gateway: Gateway;
  readonly site: string;
  /** A client of AWS's own. */
  readonly client: S3;
  /** Method and path of each call that writes. */
  readonly writes: string[];
}

/** A release published to an S3 that checks what moto does not: sums, conditions and regions. */
const test = suite<{ world: Context }>('a release published to S3 as versitygw has it');

const release = 'v1-30-eks-6';
const manifest = 'kubernetes-1-30/kubernetes-1-30-eks-6.yaml';

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'versitygw-'));
  defer(() => rmSync(folder, { recursive: true }));
  const { env } = process;
  process.env = { ...env, ...exampleKeys };
  defer(() => {
    process.env = env;
  });
  const gateway = await startGateway(folder, defer);
  const site = join(folder, 'site');
  writeSiteFiles(site, new Map([...siteFiles('https://releases.example', assets()), ...crds()]));
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = exampleKeys;
  const client = new S3({
    ...{ endpoint: gateway.url, forcePathStyle: true, region: 'us-east-1' },
    credentials: { accessKeyId, secretAccessKey },
  });
  context.world = { program: await compileProgram(folder), gateway, site, client, writes: [] };
});

test.before.each(({ world: { gateway, writes } }) => {
  writes.length = 0;
  gateway.onCall = ({ method = '', url = '' }, body) => {
    if (method !== 'GET' && method !== 'HEAD') writes.push(`${method} ${decodeURIComponent(url)}`);
    return body;
  };
});

/** Two that go in parts, and small ones. */
function assets(): readonly SiteAsset[] {
  return Array.from({ length: 12 }, (_, at) => ({
    ...{ component: 'tool', folder: 'tool/v1', name: `tool-${at}-linux-amd64-v1.tar.gz` },
    content: packed({
      tool: at < 2 ? Buffer.concat([program('large'), randomBytes(20_000_000)]) : program(`${at}`),
    }),
    ...{ os: 'linux', arch: 'amd64' },
  }));
}

function crds(): readonly (readonly [string, Uint8Array])[] {
  return [...crdTexts].map(([path, text]) => [path, Buffer.from(text)]);
}

const wordsFor = ({ gateway, site }: Context, bucket: string, ...more: readonly string[]) => [
  ...['publish', release, '--site', site, '--to', `s3://${bucket}/eks`, '--endpoint', gateway.url],
  ...more,
];

function assertWhole({ gateway, site }: Context, bucket: string): void {
  const there = filesIn(join(gateway.root, bucket, 'eks'));
  const here = filesIn(site);
  assert.equal([...there.keys()].sort(), [...here.keys()].sort());
  for (const [path, bytes] of here) assert.ok(there.get(path)?.equals(bytes), path);
}

test('all arrives, in parts too; a second run writes nothing; what is there is checked', async ({
  world,
}) => {
  const { client, program: tool, writes, site } = world;
  await client.createBucket({ Bucket: 'whole' });
  writes.length = 0;
  const done = await tool.run(wordsFor(world, 'whole', '--confirm'));
  assert.is(done.code, 0, done.stdout + done.stderr);
  assertWhole(world, 'whole');
  assert.is(writes.filter((write) => write.includes('partNumber=')).length, 6);
  assert.match(writes.at(-2) ?? '', manifest);
  assert.match(writes.at(-1) ?? '', 'releasechannels/1-30.yaml');
  writes.length = 0;
  const again = await tool.run(wordsFor(world, 'whole', '--confirm'));
  assert.equal([again.code, writes], [0, []], again.stderr);
  const checking = ['release', 'check', 's3://whole/eks', '--endpoint', world.gateway.url];
  const checked = await tool.run(checking);
  assert.is(checked.code, 0, checked.stdout + checked.stderr);
  assert.match(checked.stdout, /\narchives +12 +12 +12\n/);
  const file = [...filesIn(site).keys()].find((path) => path.endsWith('tool-7-linux-amd64-v1.tar.gz')) ?? '';
  const Key = `eks/${file}`;
  await client.putObject({ Bucket: 'whole', Key, Body: packed({ tool: program('another') }) });
  const other = await tool.run(checking);
  assert.is(other.code, 1, other.stderr);
  assert.match(other.stdout, 'different: tool: tool-7-linux-amd64-v1.tar.gz');
  const refused = await tool.run(wordsFor(world, 'whole', '--confirm', '--overwrite'));
  assert.is(refused.code, 2);
  assert.match(refused.stderr, 'a manifest names it: it is never replaced');
});

test('the server holds to conditions and sums', async ({ world: { client } }) => {
  await client.createBucket({ Bucket: 'rules' });
  const [Bucket, Key, Body] = ['rules', 'a', 'bytes'];
  await client.putObject({ Bucket, Key, Body });
  const code = async (deed: Promise<unknown>) =>
    deed.then(
      () => 'done',
      (error: Error) => error.name,
    );
  assert.is(await code(client.putObject({ Bucket, Key, Body, IfNoneMatch: '*' })), 'PreconditionFailed');
  assert.is(await code(client.putObject({ Bucket, Key, Body, IfMatch: '"0"' })), 'PreconditionFailed');
  const ChecksumSHA256 = createHash('sha256').update('other').digest('base64');
  assert.is(await code(client.putObject({ Bucket, Key: 'b', Body, ChecksumSHA256 })), 'BadDigest');
});

for (const [what, isIt] of [
  ['a file that goes whole', (url: string) => url.includes('tool-5-linux-amd64-v1.tar.gz?')],
  ['a part', (url: string) => url.includes('partNumber=2')],
] as const) {
  test(`${what} of which a byte flips on its way does not get there, nor what names it; the next run mends it`, async ({
    world,
  }) => {
    const { client, program: tool, gateway } = world;
    const bucket = what.replaceAll(' ', '-');
    await client.createBucket({ Bucket: bucket });
    let flipped = 0;
    gateway.onCall = ({ method, url = '' }, body) => {
      if (method !== 'PUT' || !isIt(url)) return body;
      flipped += 1;
      const other = Buffer.from(body);
      const at = other.length >> 1;
      other[at] = (other[at] ?? 0) ^ 1;
      return other;
    };
    const ran = await tool.run(wordsFor(world, bucket, '--confirm'));
    assert.ok(flipped > 0);
    assert.is(ran.code, 4, ran.stdout + ran.stderr);
    assert.not.ok(existsSync(join(gateway.root, bucket, 'eks', manifest)));
    gateway.onCall = (_, body) => body;
    const next = await tool.run(wordsFor(world, bucket, '--confirm'));
    assert.is(next.code, 0, next.stdout + next.stderr);
    assertWhole(world, bucket);
  });
}

test('killed four times and finished: nothing points at what is not there, and nothing is left', async ({
  world,
}) => {
  const { client, program: tool, gateway, site } = world;
  await client.createBucket({ Bucket: 'killed' });
  const all = [...filesIn(site).keys()];
  for (let kill = 0; kill < 4; kill += 1) {
    const child = tool.start(wordsFor(world, 'killed', '--confirm'));
    const exit = new Promise<string | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    let writes = 0;
    const moment = 1 + Math.floor(Math.random() * (all.length / 3));
    gateway.onCall = ({ method }, body) => {
      if (method !== 'GET' && method !== 'HEAD') writes += 1;
      if (writes === moment) child.kill('SIGKILL');
      return body;
    };
    await exit;
    const there = filesIn(join(gateway.root, 'killed'));
    const isThere = (path: string) => there.has(`eks/${path}`);
    const missing = all.filter((path) => path.includes('/artifacts/') && !isThere(path));
    assert.not.ok(
      isThere(manifest) && missing.length > 0,
      `${missing[0]} is not there after ${writes} writes`,
    );
  }
  gateway.onCall = (_, body) => body;
  const last = await tool.run(wordsFor(world, 'killed', '--confirm'));
  assert.is(last.code, 0, last.stdout + last.stderr);
  assertWhole(world, 'killed');
  const { Uploads = [] } = await client.listMultipartUploads({ Bucket: 'killed' });
  assert.equal(Uploads, []);
});

test('another region, no bucket, a site that was changed', async ({ world }) => {
  const { program: tool, site } = world;
  const region = await tool.run(wordsFor(world, 'whole', '--region', 'eu-west-1'));
  assert.is(region.code, 2, region.stderr);
  assert.match(region.stderr, 'us-east-1');
  const none = await tool.run(wordsFor(world, 'nobody', '--confirm'));
  assert.is(none.code, 2);
  assert.match(none.stderr, 'There is no bucket nobody');
  const file = readdirSync(join(site, 'crds')).map((name) => join(site, 'crds', name))[0] ?? '';
  appendFileSync(file, '# another\n');
  const kept = await tool.run(wordsFor(world, 'killed', '--confirm'));
  assert.is(kept.code, 0, kept.stderr);
  assert.match(kept.stdout, 'another one is there, and stays');
});

test.run();
