import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import * as assert from 'uvu/assert';
import { runMain, testHost } from '../rig/host.ts';
import { motoAccount } from '../rig/moto.ts';
import { packed, program, type SiteFiles, siteFiles } from '../rig/published-site.ts';
import { startStorage } from '../rig/s3.ts';
import { suite } from '../rig/suite.ts';

/** A site in a bucket of moto's, put there by AWS's own client. */
const test = suite<{ folder: string }>('release check of a bucket');

test.before((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'release-check-s3-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

const keys = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'canary-secret' };
const artifacts = 'kubernetes-1-30/releases/6/artifacts';

test('as it is, with another file in the place of one, without one, and where there is no site', async ({
  folder,
}) => {
  const storage = await startStorage();
  try {
    const client = new S3({
      ...{ endpoint: storage.url, forcePathStyle: true, region: 'us-east-1' },
      credentials: { accessKeyId: keys.AWS_ACCESS_KEY_ID, secretAccessKey: keys.AWS_SECRET_ACCESS_KEY },
    });
    await client.createBucket({ Bucket: 'releases' });
    const content = packed({ tool: program('tool') });
    const files: SiteFiles = siteFiles('https://releases.example', [
      {
        component: 'tool',
        folder: 'tool/v1',
        name: 'tool-linux-amd64-v1.tar.gz',
        content,
        os: 'linux',
        arch: 'amd64',
      },
    ]);
    for (const [path, Body] of files)
      await client.putObject({ Bucket: 'releases', Key: `eks/${path}`, Body });
    const env = {
      ...{ PATH: process.env['PATH'] ?? '', HOME: folder, EKSD_REBUILD_CACHE: join(folder, 'cache') },
      ...keys,
    };
    const check = async (place: string, ...words: readonly string[]) => {
      const ran = await runMain(
        ['release', 'check', place, '--endpoint', storage.url, '--region', 'us-west-2', ...words],
        testHost({ cwd: folder, packageFolder: folder, env }),
      );
      assert.not.match(ran.stdout + ran.stderr, 'canary');
      return ran;
    };
    for (const place of [
      's3://releases/eks',
      's3://releases/eks/kubernetes-1-30/kubernetes-1-30-eks-6.yaml',
    ]) {
      const ran = await check(place);
      assert.is(ran.code, 0, ran.stdout + ran.stderr);
      assert.match(
        ran.stdout,
        'kubernetes-1-30-eks-6 (s3://releases/eks/kubernetes-1-30/kubernetes-1-30-eks-6.yaml)\n',
      );
      assert.match(ran.stdout, /\narchives +1 +1 +1\nsums +8 +8 +8\n/);
    }
    assert.ok(storage.calls.some(({ region }) => region === 'us-west-2'));
    assert.is((await check('s3://releases/eks', '--expected-owner', motoAccount)).code, 0);
    const owner = await check('s3://releases/eks', '--expected-owner', '111122223333');
    assert.is(owner.code, 2);
    assert.match(owner.stderr, 'may be of another account than 111122223333');
    const elsewhere = await check('.');
    assert.is(elsewhere.code, 2);
    assert.match(elsewhere.stderr, '--region does nothing for a place that is not in S3');
    const Key = `eks/${artifacts}/tool/v1/tool-linux-amd64-v1.tar.gz`;
    await client.putObject({ Bucket: 'releases', Key, Body: packed({ tool: program('other') }) });
    const other = await check('s3://releases/eks');
    assert.is(other.code, 1);
    assert.match(other.stdout, 'Its hash is another than the manifest says.');
    await client.deleteObject({ Bucket: 'releases', Key });
    const gone = await check('s3://releases/eks');
    assert.is(gone.code, 1);
    assert.match(gone.stdout, 'tool-linux-amd64-v1.tar.gz: there is no such object.');
    for (const [place, told] of [
      ['s3://releases/none', 'There is no manifest of a release in s3://releases/none/.'],
      ['s3://nobody', 'There is no bucket nobody'],
      ['s3://releases/../x', 'has a prefix that leaves its folder'],
    ] as const) {
      const ran = await check(place);
      assert.equal([ran.code, ran.stdout], [2, '']);
      assert.match(ran.stderr, told);
    }
  } finally {
    await storage.stop();
  }
});

test.run();
