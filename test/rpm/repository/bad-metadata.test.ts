import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../../orchestrator/core/describe-failure.ts';
import { exitCodeOf } from '../../../orchestrator/core/exit-code.ts';
import { openRepository } from '../../../orchestrator/rpm/repository/repository.ts';
import { createHttpClient } from '../../../orchestrator/tool/http/http-client.ts';
import { type ServedFolder, serveFolder } from '../../rig/package-repository.ts';
import { suite } from '../../rig/suite.ts';

interface World {
  readonly folder: string;
  readonly served: ServedFolder;
}

const test = suite<World>('lists of packages that are none');

test.before.each(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'bad-metadata-'));
  defer(() => rmSync(folder, { recursive: true }));
  const served = await serveFolder(folder);
  defer(served.close);
  Object.assign(context, { folder, served });
});

const site = (folder: string) => ({
  ...{ folder: join(folder, 'kept'), mirrors: {}, send: createHttpClient({}, undefined) },
  signal: new AbortController().signal,
});

/** Puts a list of a kind into a repository, of which its own list says what it is. */
function put({ folder }: World, type: string, content: Buffer, more = ''): void {
  const sha256 = createHash('sha256').update(content).digest('hex');
  mkdirSync(join(folder, 'repodata'), { recursive: true });
  writeFileSync(join(folder, 'repodata', `${type}.xml.gz`), content);
  writeFileSync(
    join(folder, 'repodata', 'repomd.xml'),
    `<repomd><data type="${type}"><checksum type="sha256">${sha256}</checksum><location href="repodata/${type}.xml.gz"/>${more}</data></repomd>`,
  );
}

/** What is said of it, and that it is no matter of the user's own words. */
async function whyNot({ folder, served }: World, type: 'primary' | 'updateinfo'): Promise<string> {
  const by = { arch: 'x86_64', releasever: 'latest' } as const;
  const opened = await openRepository({ name: 'a', base: `${served.url}/` }, by, site(folder));
  const read = !opened.ok
    ? opened
    : await (type === 'primary' ? opened.value.packages({ kind: 'newest' }) : opened.value.advisories());
  assert.ok(!read.ok, JSON.stringify(read));
  assert.equal([read.error.reason, exitCodeOf(read.error.reason)], ['fetch-failed', 4]);
  const said = describeFailure(read.error);
  assert.match(said, /Look at "distributions" and "mirrors" in the settings|mirrors/);
  return said;
}

test('an empty answer does not say that there are none', async (world) => {
  mkdirSync(join(world.folder, 'repodata'));
  writeFileSync(join(world.folder, 'repodata/repomd.xml'), '');
  assert.match(await whyNot(world, 'primary'), 'the answer is empty');
  writeFileSync(join(world.folder, 'repodata/repomd.xml'), '<repomd/>');
  assert.match(await whyNot(world, 'primary'), 'it lists no packages');
  for (const type of ['primary', 'updateinfo'] as const) {
    for (const text of ['', ' ', '<html>Please sign in.</html>', '<?xml version="1.0"?>']) {
      put(world, type, gzipSync(text));
      assert.match(await whyNot(world, type), /it is no list of (packages|updates)/, JSON.stringify(text));
    }
  }
  put(
    world,
    'primary',
    gzipSync(
      '<metadata packages="2"><package><name>a</name><arch>noarch</arch><version ver="1" rel="1"/></package>',
    ),
  );
  assert.match(await whyNot(world, 'primary'), 'it says that it has 2 packages, and has 1');
});

test('one that unpacks to more than it says, or has an element without end, is given up', async (world) => {
  const zeros = Buffer.alloc(80 * 2 ** 20, 0x20);
  put(
    world,
    'primary',
    gzipSync(Buffer.concat([Buffer.from('<metadata packages="0">'), zeros])),
    '<open-size>1000</open-size>',
  );
  assert.match(await whyNot(world, 'primary'), 'unpacked, it has more than 1000 bytes');
  put(world, 'updateinfo', gzipSync(Buffer.concat([Buffer.from('<updates><update>'), zeros])));
  const before = process.memoryUsage().rss;
  assert.match(await whyNot(world, 'updateinfo'), 'it has an element update of more than 67108864 bytes');
  assert.ok(process.memoryUsage().rss - before < 600 * 2 ** 20);
  put(world, 'primary', gzipSync('<metadata packages="0"/>').subarray(0, 20));
  assert.match(await whyNot(world, 'primary'), /unexpected end of file/);
});

test('a packing that is not read is named', async (world) => {
  mkdirSync(join(world.folder, 'repodata'));
  for (const end of ['zst', 'xz', 'bz2']) {
    const content = Buffer.from('whatever');
    const sha256 = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(world.folder, `repodata/primary.xml.${end}`), content);
    writeFileSync(
      join(world.folder, 'repodata/repomd.xml'),
      `<repomd><data type="primary"><checksum type="sha256">${sha256}</checksum><location href="repodata/primary.xml.${end}"/></data></repomd>`,
    );
    assert.match(await whyNot(world, 'primary'), 'its packing is not gzip');
  }
});

test.run();
