import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { PackagePin, RpmsNode } from '../../../orchestrator/plan/node-image.ts';
import { rpmsInputs } from '../../../orchestrator/task/base/inputs.ts';
import { fetchPackages } from '../../../orchestrator/task/base/rpms.ts';
import { createHttpClient } from '../../../orchestrator/tool/http/http-client.ts';
import { suite } from '../../rig/suite.ts';
import { fakeContext } from '../task-context.ts';

interface Served {
  url: string;
  /** How many requests were answered at once at most. */
  most: () => number;
  close: () => void;
}
const test = suite<Served>('packages');

test.before(async (served) => {
  let [now, most] = [0, 0];
  const server = createServer((request, response) => {
    now += 1;
    most = Math.max(most, now);
    setTimeout(() => {
      now -= 1;
      const name = request.url?.split('/').at(-1) ?? '';
      if (name.startsWith('gone')) response.writeHead(404).end();
      else response.end(`content of ${name}`);
    }, 10);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(served, { url, most: () => most, close: () => server.close() });
});
test.after(({ close }) => close());

const original = 'https://cdn.example.com/2';
const send = createHttpClient({}, undefined);
function pin(name: string): PackagePin {
  const content = `content of ${name}.rpm`;
  const url = `${original}/../../blobstore/${name}.rpm`;
  return { name, url, sha256: digestOf(content), size: content.length };
}

const nodeOf = (packages: readonly PackagePin[], keys: RpmsNode['keys'] = []): RpmsNode => ({
  ...{ kind: 'rpms', id: asNodeId('rpms'), needs: [], title: 'packages', projects: [], packages, keys },
});

async function run(served: Served, node: RpmsNode) {
  const context = fakeContext(() => undefined);
  const tools = { mirrors: { [original]: `${served.url}/mirror` }, send };
  return { context, result: await fetchPackages(node, context, tools) };
}

test('come from a mirror, a few at a time, under their names, with the keys', async (served) => {
  const key = join(mkdtempSync(join(tmpdir(), 'key-')), 'key.asc');
  writeFileSync(key, 'a key');
  const names = Array.from({ length: 20 }, (_, index) => `libstdc++-${index}-1.amzn2.x86_64`);
  const keys = [{ id: 'c87f5b1a-593863f8', from: key, sha256: digestOf('a key') }];
  const { context, result } = await run(served, nodeOf(names.map(pin), keys));
  assert.ok(result.ok, JSON.stringify(result));
  assert.equal(readdirSync(join(context.output, 'rpms')).sort(), names.map((name) => `${name}.rpm`).sort());
  assert.is(
    readFileSync(join(context.output, 'rpms', `${names[3]}.rpm`), 'utf8'),
    `content of ${names[3]}.rpm`,
  );
  assert.is(readFileSync(join(context.output, 'keys/c87f5b1a-593863f8.asc'), 'utf8'), 'a key');
  assert.ok(served.most() > 1 && served.most() <= 4, `${served.most()} at once`);
});

test('one that is gone is named, with where the lock has it and where it was looked for', async (served) => {
  const { result } = await run(served, nodeOf([pin('gone-1-1.x86_64')]));
  assert.ok(!result.ok && result.error.reason === 'source-unavailable', JSON.stringify(result));
  if (result.ok || result.error.reason !== 'source-unavailable') return;
  assert.is(result.error.wanted, 'the package gone-1-1.x86_64');
  assert.is(result.error.repository, pin('gone-1-1.x86_64').url);
  assert.match(result.error.detail, /^the server answered 404 \(read from http:\/\/127\.0\.0\.1/);
});

test('one that is another is refused', async (served) => {
  const size = 'content of tool-1-1.x86_64.rpm'.length;
  const other = { ...pin('tool-1-1.x86_64'), sha256: digestOf('other'), size };
  const { context, result } = await run(served, nodeOf([other]));
  assert.is(result.ok ? '' : result.error.reason, 'digest-mismatch');
  assert.not.ok(existsSync(join(context.output, 'rpms/tool-1-1.x86_64.rpm')));
});

test('one that is larger or smaller than the lock says is refused', async (served) => {
  for (const change of [-1, 1]) {
    const wrong = { ...pin('tool-1-1.x86_64'), size: pin('tool-1-1.x86_64').size + change };
    const { result } = await run(served, nodeOf([wrong]));
    assert.is(result.ok ? '' : result.error.reason, change < 0 ? 'fetch-failed' : 'source-unavailable');
  }
});

test('are the same whatever they were fetched from, and in whatever order', () => {
  const [one, two] = [pin('a-1-1.noarch'), pin('b-1-1.noarch')];
  const elsewhere = { ...one, url: 'https://other.example.com/a.rpm' };
  assert.equal(rpmsInputs(nodeOf([two, elsewhere])), rpmsInputs(nodeOf([one, two])));
  const other = { ...two, sha256: digestOf('other') };
  assert.not.equal(rpmsInputs(nodeOf([one, other])), rpmsInputs(nodeOf([one, two])));
});

test.run();
