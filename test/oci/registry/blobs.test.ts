import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ociDigestOf } from '../../../orchestrator/oci/image/layout.ts';
import { getBlob } from '../../../orchestrator/oci/registry/blobs.ts';
import { suite } from '../../rig/suite.ts';
import { type Asked, closeFakes, type FakeAnswer, fakeRegistry } from './fake-registry.ts';
import { failureOf, openTestRegistry, unwrap } from './rig.ts';

const test = suite<{ folder: string }>('fetching a blob');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'blobs-'));
});
test.after.each(({ folder }) => {
  closeFakes();
  rmSync(folder, { recursive: true });
});

const content = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz');
const blob = { digest: ociDigestOf(content), size: content.length };

/** The part that is asked for, broken off after so many bytes where told. */
function part({ headers }: Asked, folder: string, breakAfter?: number): FakeAnswer {
  const start = Number(/^bytes=([0-9]+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const body = content.subarray(start);
  const range = { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` };
  const answer = start === 0 ? { status: 200, body } : { status: 206, body, headers: range };
  if (breakAfter === undefined) return answer;
  const written = Math.min(start + breakAfter, content.length);
  return { ...answer, breakAfter, hasArrived: () => sizeOf(join(folder, 'blob.part')) >= written };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

async function fetchFrom(folder: string, answers: readonly ((asked: Asked) => FakeAnswer | 'break')[]) {
  let at = 0;
  const server = await fakeRegistry((asked) => {
    at += 1;
    return answers[Math.min(at, answers.length) - 1]?.(asked) ?? 'break';
  });
  const path = join(folder, 'blob');
  const { registry } = openTestRegistry(server.host);
  let come = 0;
  const result = await getBlob(registry, 'a/b', blob, path, (bytes) => {
    come += bytes;
  });
  if (result.ok) assert.is(come, content.length, 'what came twice counts once');
  assert.equal(readdirSync(folder), result.ok ? ['blob'] : []);
  return { result, path, host: server.host, ranges: server.asked.map(({ headers }) => headers.range) };
}

test('a broken connection goes on where it broke', async ({ folder }) => {
  const { result, path, ranges } = await fetchFrom(folder, [
    (asked) => part(asked, folder, 10),
    (asked) => part(asked, folder, 5),
    () => ({ status: 503 }),
    (asked) => part(asked, folder),
  ]);
  unwrap(result);
  assert.equal(readFileSync(path), content);
  assert.equal(ranges, [undefined, 'bytes=10-', 'bytes=15-', 'bytes=15-']);
});

test('it begins again where the whole comes instead of a part, another part, or none', async ({ folder }) => {
  const others: readonly FakeAnswer[] = [
    { status: 200, body: content },
    { status: 206, body: content.subarray(3), headers: { 'content-range': 'bytes 3-35/36' } },
    { status: 416 },
  ];
  for (const [at, other] of others.entries()) {
    const { result, path, ranges } = await fetchFrom(folder, [
      (asked) => part(asked, folder, 10),
      () => other,
      (asked) => part(asked, folder),
    ]);
    unwrap(result);
    assert.equal(readFileSync(path), content);
    assert.equal(ranges, [undefined, 'bytes=10-', ...(at === 0 ? [] : [undefined])]);
    rmSync(path);
  }
});

test('five tries in a row that bring nothing are the end; those that bring something do not count', async ({
  folder,
}) => {
  const slow = await fetchFrom(
    folder,
    Array.from({ length: 40 }, () => (asked: Asked) => part(asked, folder, 1)),
  );
  unwrap(slow.result);
  rmSync(slow.path);
  const dead = await fetchFrom(folder, [(asked) => part(asked, folder, 10), () => 'break']);
  assert.is(failureOf(dead.result).reason, 'network');
  assert.equal(dead.ranges.length, 5);
});

test('other bytes, fewer or more than said are not kept', async ({ folder }) => {
  const lying = await fetchFrom(folder, [() => ({ status: 200, body: Buffer.alloc(content.length) })]);
  assert.equal(failureOf(lying.result), {
    reason: 'digest-mismatch',
    what: `The blob ${blob.digest} of ${lying.host}/a/b`,
    expected: blob.digest.slice(7),
    found: ociDigestOf(Buffer.alloc(content.length)).slice(7),
  });
  const short = await fetchFrom(folder, [() => ({ status: 200, body: content.subarray(1) })]);
  assert.match(JSON.stringify(failureOf(short.result)), 'should have 36 bytes and has only 35');
  const endless = { body: Buffer.alloc(100), breakAfter: 100, hasArrived: () => false };
  const headers = { 'content-length': '10000000' };
  const long = await fetchFrom(folder, [() => ({ status: 200, headers, ...endless })]);
  assert.match(JSON.stringify(failureOf(long.result)), 'should have 36 bytes and has more');
  const gone = await fetchFrom(folder, [() => ({ status: 404 })]);
  assert.is(failureOf(gone.result).reason, 'usage');
  assert.not.ok(existsSync(gone.path));
});

test('an empty blob is a blob', async ({ folder }) => {
  const server = await fakeRegistry(() => ({ status: 200 }));
  const { registry } = openTestRegistry(server.host);
  const empty = { digest: ociDigestOf(''), size: 0 };
  unwrap(await getBlob(registry, 'a/b', empty, join(folder, 'empty')));
  assert.equal(readFileSync(join(folder, 'empty')), Buffer.alloc(0));
});

test.run();
