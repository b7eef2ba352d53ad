import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { exampleKeys } from '../rig/ecr.ts';
import { compileProgram, type Program } from '../rig/program.ts';
import { filesIn, writesIn } from '../rig/publish-world.ts';
import {
  type Listener,
  makeBucket,
  makeTopic,
  objectsIn,
  type Storage,
  startStorage,
  sumsIn,
} from '../rig/s3.ts';
import { makeSite } from '../rig/site.ts';
import { suite } from '../rig/suite.ts';

interface Context {
  readonly program: Program;
  readonly storage: Storage;
  readonly listener: Listener;
  readonly site: string;
  /** Told of each write before it is done. */
  onWrite: () => void;
}

/** `kill -9` of a publication at random moments, and the same command again. */
const test = suite<{ world: Context }>('kill -9 of a publication');

const kills = 10;

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'publish-kill-'));
  defer(() => rmSync(folder, { recursive: true }));
  const { env } = process;
  process.env = { ...env, ...exampleKeys };
  defer(() => {
    process.env = env;
  });
  const program = await compileProgram(folder);
  const storage = await startStorage((call) => {
    if (writesIn([call]).length > 0) context.world.onWrite();
    return undefined;
  });
  defer(() => storage.stop());
  const listener = await makeTopic(storage, 'releases');
  const site = join(folder, 'site');
  // With their sums, and two that go in parts: a little more than 200 files.
  const names = Array.from({ length: 65 }, (_, at) => `tool/v1/program-${at}-linux-amd64.tar.gz`);
  const files = Object.fromEntries(
    names.map((name, at) => [name, randomBytes(at < 2 ? 20_000_000 : 40_000 + at)]),
  );
  makeSite(site, { topic: listener.topic, files });
  assert.ok(filesIn(site).size >= 200);
  context.world = { program, storage, listener, site, onWrite: () => undefined };
});

const words = (site: string, to: string, { url }: Storage) => [
  ...[
    'publish',
    'v1-30-eks-5',
    '--site',
    site,
    '--to',
    `s3://${to}`,
    '--endpoint',
    url,
    '--confirm',
    '--announce',
  ],
];

/** What is wrong with what is there, at any moment: half a file, or what points at one that is not there. */
async function whatIsWrong({ site, storage }: Context, bucket: string): Promise<readonly string[]> {
  const there = await sumsIn(storage, bucket);
  const here = filesIn(site);
  const isThere = (shape: RegExp) => [...there.keys()].some((key) => shape.test(key));
  const missing = [...here.keys()].filter((path) => !there.has(path));
  const isWhole = (path: string, bytes: Buffer): boolean => {
    const { size, etag } = there.get(path) ?? { size: bytes.length, etag: md5(bytes) };
    // The ETag of what came in parts is another sum; all bytes are compared at the end.
    return size === bytes.length && (etag.includes('-') || etag === md5(bytes));
  };
  return [
    ...[...here].flatMap(([path, bytes]) => (isWhole(path, bytes) ? [] : [`half of ${path}`])),
    ...(isThere(/eks-5\.yaml$/) ? missing.filter((path) => path.includes('/artifacts/')) : []),
    ...(isThere(/^releasechannels|announcement/) ? missing.filter((path) => !path.startsWith('rel')) : []),
    ...(isThere(/announcement/) ? missing : []),
  ];
}

const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');

test('killed ten times and finished: no half object, nothing that points at none, one message', async ({
  world,
}) => {
  const { program, storage, site, listener } = world;
  let writes = 0;
  world.onWrite = () => {
    writes += 1;
  };
  await makeBucket(storage, 'measured');
  const whole = await program.run(words(site, 'measured', storage));
  assert.is(whole.code, 0, whole.stderr);
  assert.is((await listener.heard()).length, 1);

  await makeBucket(storage, 'killed');
  const all = writes;
  writes = 0;
  // What is killed on its way may have to be done again, so that there are more writes than these.
  const moments = Array.from({ length: kills }, () => Math.ceil(Math.random() * all)).sort((a, b) => a - b);
  let killed = 0;
  for (const moment of moments) {
    const child = program.start(words(site, 'killed', storage));
    const exit = new Promise<string | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    world.onWrite = () => {
      writes += 1;
      if (writes >= moment) setTimeout(() => child.kill('SIGKILL'), 20 * Math.random());
    };
    const signal = await exit;
    if (signal === 'SIGKILL') killed += 1;
    world.onWrite = () => undefined;
    assert.equal(await whatIsWrong(world, 'killed'), [], `after ${writes} of ${all} writes (${signal})`);
  }
  assert.ok(killed >= kills - 2, `${killed} were killed`);
  const last = await program.run(words(site, 'killed', storage));
  const heard = (await listener.heard()).length - 1;
  // Killed between the record and the message, nobody knows, and it says so.
  const isUnknown = last.code === 2 && /is not known/.test(last.stderr);
  assert.ok(isUnknown ? heard <= 1 : last.code === 0 && heard === 1, `${last.code} ${heard} ${last.stderr}`);
  const there = await objectsIn(storage, 'killed');
  for (const [path, bytes] of filesIn(site)) assert.ok(there.get(path)?.equals(bytes), path);
  const leftovers = await storage.ask({ service: 's3', method: 'GET', path: '/killed?uploads' });
  assert.not.match(leftovers.body.toString(), '<UploadId>');
  let more = 0;
  world.onWrite = () => {
    more += 1;
  };
  const again = await program.run(words(site, 'killed', storage));
  assert.equal([again.code, more, (await listener.heard()).length - 1], [last.code, 0, heard]);
});

test.run();
