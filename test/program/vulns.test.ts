import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { forgetGoCalls, goCalls } from '../rig/fake-go.ts';
import { asZip, goDatabase, goRecord, layOutDatabase } from '../rig/go-database.ts';
import { suite } from '../rig/suite.ts';
import { type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** What ends `vulns` before anything is built: what it finds is a test of its own, with a real Go. */
const test = suite<{ world: World }>('vulns');

const files = goDatabase([goRecord({ id: 'GO-2024-0001', module: 'vuln.test.example/lib' })]);

test.before(async (context) => {
  context.world = await warmWorld();
  forgetGoCalls(context.world.folder);
});

const words = ['vulns', release, '--no-images'];

test('a database that is none, is broken or lies is refused with the reason', async ({ world }) => {
  const refused = async (change: Readonly<Record<string, string>>) => {
    const place = join(world.folder, 'broken.zip');
    writeFileSync(place, asZip({ ...files, ...change }));
    return world.run([...words, '--database', place]);
  };
  const lies = await refused({ 'index/modules.json': '[]' });
  assert.is(lies.code, 2);
  assert.is(lies.stdout, '');
  assert.match(lies.stderr, 'has an index that does not name GO-2024-0001 for vuln.test.example/lib');
  assert.match(
    (await refused({ 'ID/GO-2024-0001.json': '{}' })).stderr,
    'has a record ID/GO-2024-0001.json that is none',
  );
  const nowhere = await world.run([...words, '--database', 'file:///nowhere/at/all']);
  assert.is(nowhere.code, 2);
  assert.match(nowhere.stderr, '/nowhere/at/all is not there');
});

test('a database that the network does not bring is told as everywhere: 4', async ({ world }) => {
  const zip = Buffer.from(asZip(files));
  const server = createServer((request, response) => {
    if (request.url !== '/half/vulndb.zip') return response.writeHead(503).end();
    response.writeHead(200, { 'content-length': zip.length });
    return response.write(zip.subarray(0, 100), () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const place of [`${url}/half`, `${url}/none`]) {
    const ran = await world.run([...words, '--database', place]);
    assert.is(ran.code, 4, ran.stderr);
    assert.match(ran.stderr, place);
    assert.match(ran.stderr, /--database|server answered 503/);
  }
  server.close();
  server.closeAllConnections();
  const gone = await world.run([...words, '--database', url]);
  assert.equal([gone.code, gone.stdout], [4, '']);
});

test('the settings name a database; words that exclude one another, or name nothing, are refused', async ({
  world,
}) => {
  layOutDatabase(join(world.folder, 'db'), { ...files, 'index/db.json': '{}' });
  writeFileSync(join(world.folder, 'more.yaml'), 'vulnerabilities:\n  database: ./db\n');
  const named = await world.run([...words, '--settings', join(world.folder, 'more.yaml')]);
  assert.is(named.code, 2);
  assert.match(named.stderr, 'has no index/db.json that says when it was modified');
  const both = await world.run([...words, '--json', '--sarif']);
  assert.equal([both.code, both.stderr.split('\n')[0]], [2, '--json and --sarif exclude one another.']);
  layOutDatabase(join(world.folder, 'db'), files);
  const given = ['--database', join(world.folder, 'db')];
  const nothing = await world.run([...words, ...given, '--against', 'nowhere']);
  assert.is(nothing.code, 2);
  assert.match(
    nothing.stderr,
    '--against "nowhere" is no release with a lock, no file or folder, and no image',
  );
  const place = await world.run([...words, ...given, '--scanned', 'no host']);
  assert.is(place.code, 2);
  assert.match(place.stderr, '--scanned no host');
});

test('nothing was built for any of these', ({ world }) => {
  assert.equal(
    goCalls(world.folder).filter((call) => / (build|list) /.test(call)),
    [],
  );
});

test.run();
