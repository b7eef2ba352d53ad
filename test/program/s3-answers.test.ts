import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Ran, runMain, testHost } from '../rig/host.ts';
import { makeSite } from '../rig/site.ts';
import { suite } from '../rig/suite.ts';

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Context {
  readonly folder: string;
  readonly url: string;
  /** Told of each method that came. */
  readonly methods: string[];
  answer: Answer;
  /** To some, where that is another. */
  answerTo?: ((asked: IncomingMessage) => Answer | undefined) | undefined;
}

/** What is in the place of S3 answers oddly: both commands that read from there say what is so. */
const test = suite<{ world: Context }>('what S3 answers');

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 's3-answers-'));
  defer(() => rmSync(folder, { recursive: true }));
  makeSite(join(folder, 'site'));
  const methods: string[] = [];
  const server = createServer((incoming, outgoing) => {
    methods.push(incoming.method ?? '');
    const { status, headers = {}, body = '' } = context.world.answerTo?.(incoming) ?? context.world.answer;
    outgoing.writeHead(status, headers).end(incoming.method === 'HEAD' ? '' : body);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  defer(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  context.world = { folder, url, methods, answer: { status: 500 } };
});

function run({ folder, url }: Context, words: readonly string[]): Promise<Ran> {
  const env = {
    ...{ PATH: process.env['PATH'] ?? '', HOME: folder, EKSD_REBUILD_CACHE: join(folder, 'cache') },
    ...{ AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'canary-secret', AWS_MAX_ATTEMPTS: '1' },
  };
  const place = ['--region', 'us-east-1', '--endpoint', url];
  return runMain([...words, ...place], testHost({ cwd: folder, packageFolder: folder, env }));
}

function publish(world: Context): Promise<Ran> {
  return run(world, ['publish', 'v1-30-eks-5', '--site', 'site', '--to', 's3://releases/eks', '--confirm']);
}

function check(world: Context): Promise<Ran> {
  return run(world, ['release', 'check', 's3://releases/eks']);
}

const html = { 'content-type': 'text/html' };
const page = '<html><head><title>Sign in</title></head><body>Please sign in.<br></body></html>\n';
const error = (code: string, more = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>No.</Message>${more}</Error>`;
const xml = { 'content-type': 'application/xml' };

const answers: readonly (readonly [name: string, answer: Answer, code: number, said: RegExp])[] = [
  ['a page', { status: 200, headers: html, body: page }, 4, /is none of AWS's services/],
  [
    'a page of another shape',
    { status: 200, headers: html, body: 'Welcome!' },
    4,
    /is none of AWS's services/,
  ],
  ['nothing', { status: 200 }, 4, /is none of AWS's services/],
  [
    'an empty XML',
    { status: 200, headers: xml, body: '<ListBucketResult/>' },
    4,
    /is none of AWS's services/,
  ],
  [
    'half an XML',
    { status: 200, headers: xml, body: '<ListBucketResult><Name>rel' },
    4,
    /is none of AWS's services/,
  ],
  ['JSON', { status: 200, headers: xml, body: '{"ok":true}' }, 4, /is none of AWS's services/],
  [
    'a page with 403',
    { status: 403, headers: html, body: page },
    2,
    /what answered 403 is none of AWS's services/,
  ],
  ['a page with 404', { status: 404, headers: html, body: page }, 2, /is none of AWS's services/],
  ['a page with 400', { status: 400, headers: html, body: page }, 4, /is none of AWS's services/],
  ['a page with 502', { status: 502, headers: html, body: page }, 4, /it answered 502/],
  [
    'another region',
    {
      status: 301,
      headers: { ...xml, 'x-amz-bucket-region': 'eu-west-1' },
      body: error('PermanentRedirect'),
    },
    2,
    /releases is in eu-west-1, and us-east-1 was asked[\s\S]*--region eu-west-1/,
  ],
  [
    'another region, without a word',
    { status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    2,
    /--region eu-west-1/,
  ],
  [
    'another place',
    { status: 302, headers: { location: 'https://portal.example/', ...html }, body: page },
    4,
    /is none of AWS's services/,
  ],
  [
    'a token that expired',
    { status: 400, headers: xml, body: error('ExpiredToken') },
    2,
    /does not take the credentials/,
  ],
  [
    'a token that is none',
    { status: 400, headers: xml, body: error('InvalidToken') },
    2,
    /does not take the credentials/,
  ],
  ['no bucket', { status: 404, headers: xml, body: error('NoSuchBucket') }, 2, /There is no bucket releases/],
];

for (const [name, answer, code, said] of answers) {
  test(`${name}: told as what it is by both, and nothing is written`, async ({ world }) => {
    world.answer = answer;
    for (const ask of [publish, check]) {
      world.methods.length = 0;
      const ran = await ask(world);
      assert.is(ran.code, code, `${ask.name}: ${ran.stderr}`);
      assert.match(ran.stderr, said);
      assert.not.match(ran.stdout + ran.stderr, 'canary');
      assert.ok(world.methods.length > 0);
      assert.ok(world.methods.every((method) => method === 'GET' || method === 'HEAD'));
    }
  });
}

/** An answer to HEAD has no words: what is so is to be guessed from its status. */
const heads: readonly (readonly [name: string, answer: Answer, code: number, said: RegExp])[] = [
  ['a token that has expired since', { status: 400 }, 2, /expired/],
  [
    'another region',
    { status: 301, headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    2,
    /--region eu-west-1/,
  ],
  ['no permission', { status: 403 }, 2, /S3 does not allow looking at/],
  ['a page', { status: 200, headers: html }, 4, /is none of AWS's services/],
];

const none = { status: 404, headers: xml, body: error('NoSuchKey') };
const lists = `<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>`;

for (const [name, head, code, said] of heads) {
  test(`${name}, in the middle of a plan`, async ({ world }) => {
    world.answer = { status: 200, headers: xml, body: lists };
    world.answerTo = ({ method, url = '' }) =>
      method === 'HEAD' ? head : url.endsWith('.yaml?x-id=GetObject') ? none : undefined;
    const ran = await publish(world);
    world.answerTo = undefined;
    assert.is(ran.code, code, ran.stderr);
    assert.match(ran.stderr, said);
  });
}

test.run();
