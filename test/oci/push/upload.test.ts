import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ociDigestOf } from '../../../orchestrator/oci/image/layout.ts';
import { mayUpload, uploadBlob } from '../../../orchestrator/oci/push/upload.ts';
import { blobInFile, blobOf } from '../../../orchestrator/oci/registry/body.ts';
import { suite } from '../../rig/suite.ts';
import { type Asked, closeFakes, type FakeAnswer, fakeRegistry } from '../registry/fake-registry.ts';
import { failureOf, openTestRegistry, unwrap } from '../registry/rig.ts';

const test = suite('uploading a blob');
test.after.each(closeFakes);

const content = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz');
const blob = blobOf(content);

/** What a registry does otherwise than it should; undefined: as it should. */
type Mischief = (asked: Asked, at: number, upload: Upload) => FakeAnswer | 'break' | undefined;

interface Upload {
  received: Buffer;
}

/** A registry that takes uploads, as the distribution specification says, and has what was finished. */
async function uploadRegistry(mischief: Mischief = () => undefined) {
  const uploads = new Map<string, Upload>();
  const finished: Buffer[] = [];
  const isThere = () => finished.some((each) => each.equals(content));
  let at = 0;
  const server = await fakeRegistry((asked) => {
    const { method, body } = asked;
    const path = asked.path.replace(/\?.*/, '');
    if (method === 'HEAD') return { status: isThere() ? 200 : 404 };
    const upload = method === 'POST' ? { received: Buffer.alloc(0) } : uploads.get(path);
    at += 1;
    const otherwise = mischief(asked, at, upload ?? { received: Buffer.alloc(0) });
    if (otherwise !== undefined) return otherwise;
    if (upload === undefined) return { status: 404, body: '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}' };
    const location = method === 'POST' ? `/v2/a/b/blobs/uploads/${uploads.size + 1}` : path;
    uploads.set(location, upload);
    if (method === 'PATCH' || method === 'PUT') upload.received = Buffer.concat([upload.received, body]);
    if (method === 'PUT') {
      const wanted = new URLSearchParams(asked.path.replace(/.*\?/, '')).get('digest');
      if (wanted !== ociDigestOf(upload.received))
        return { status: 400, body: '{"errors":[{"code":"DIGEST_INVALID"}]}' };
      finished.push(upload.received);
      return { status: 201 };
    }
    const range = `0-${Math.max(upload.received.length - 1, 0)}`;
    return { status: method === 'GET' ? 204 : 202, headers: { location: `${location}?state=s%3D1`, range } };
  });
  const { registry, sent } = openTestRegistry(server.host);
  return { server, registry, isThere, kinds: () => sent.map(({ kind }) => kind) };
}

const isFirst = (method: string) => {
  let isDone = false;
  return (asked: Asked) => {
    if (isDone || asked.method !== method) return false;
    isDone = true;
    return true;
  };
};

test('a small blob goes in one request, a large one in chunks', async () => {
  const small = await uploadRegistry();
  assert.is(unwrap(await uploadBlob(small.registry, 'a/b', blob)), 'uploaded');
  assert.equal(small.kinds(), ['start-upload', 'finish-upload']);
  assert.ok(small.isThere());
  const large = await uploadRegistry();
  unwrap(await uploadBlob(large.registry, 'a/b', blob, { chunkSize: 16 }));
  const chunks = large.server.asked.filter(({ method }) => method === 'PATCH');
  assert.equal(
    chunks.map(({ headers }) => headers['content-range']),
    ['0-15', '16-31', '32-35'],
  );
  assert.ok(large.isThere());
  assert.match(
    large.server.lines().at(-1) ?? '',
    /^PUT \/v2\/a\/b\/blobs\/uploads\/1\?state=s%3D1&digest=sha256%3A/,
  );
});

test('after a break the registry is asked how far it came, and gets the rest only', async () => {
  for (const [chunkSize, method] of [
    [16, 'PATCH'],
    [100, 'PUT'],
  ] as const) {
    const isBreak = isFirst(method);
    const { server, registry, isThere, kinds } = await uploadRegistry((asked, _, upload) => {
      if (!isBreak(asked)) return undefined;
      upload.received = asked.body.subarray(0, 7);
      return 'break';
    });
    unwrap(await uploadBlob(registry, 'a/b', blob, { chunkSize }));
    assert.ok(isThere());
    const [, , status, first] = kinds()
      .slice(0, 5)
      .filter((kind) => kind !== 'head-blob');
    assert.equal([status, first], ['upload-status', 'upload-chunk']);
    const resumed = server.asked.filter(
      (asked) => asked.method === 'PATCH' && asked.headers['content-range']?.startsWith('7-'),
    );
    assert.is(resumed.length, 1);
    assert.is(kinds().filter((kind) => kind === 'start-upload').length, 1);
  }
});

test('tries that bring something do not count, and five in a row that bring nothing are the end', async () => {
  const slow = await uploadRegistry(({ method, body }, _, upload) => {
    if (method !== 'PATCH') return undefined;
    upload.received = Buffer.concat([upload.received, body.subarray(0, 3)]);
    return 'break';
  });
  unwrap(await uploadBlob(slow.registry, 'a/b', blob, { chunkSize: 16 }));
  assert.ok(slow.isThere());
  const dead = await uploadRegistry(({ method }) => (method === 'PATCH' ? 'break' : undefined));
  const failure = failureOf(await uploadBlob(dead.registry, 'a/b', blob, { chunkSize: 16 }));
  assert.is(failure.reason, 'network');
  assert.is(dead.kinds().filter((kind) => kind === 'upload-chunk').length, 5);
});

test('a registry that took less of a chunk than was sent gets the rest of it', async () => {
  const isShort = isFirst('PATCH');
  const { server, registry, isThere } = await uploadRegistry((asked, _, upload) => {
    if (!isShort(asked)) return undefined;
    upload.received = asked.body.subarray(0, 5);
    return { status: 202, headers: { location: asked.path, range: '0-4' } };
  });
  unwrap(await uploadBlob(registry, 'a/b', blob, { chunkSize: 20 }));
  assert.ok(isThere());
  const chunks = server.asked.filter(({ method }) => method === 'PATCH');
  assert.equal(
    chunks.map(({ headers }) => headers['content-range']),
    ['0-19', '5-24', '25-35'],
  );
});

test('an upload that the registry forgot, or has damaged, is begun again', async () => {
  const codes = ['BLOB_UPLOAD_UNKNOWN', 'BLOB_UPLOAD_INVALID', 'DIGEST_INVALID'];
  for (const code of codes) {
    const isForgotten = isFirst('PUT');
    const { registry, isThere, kinds } = await uploadRegistry((asked) => {
      return isForgotten(asked) ? { status: 400, body: JSON.stringify({ errors: [{ code }] }) } : undefined;
    });
    unwrap(await uploadBlob(registry, 'a/b', blob));
    assert.ok(isThere());
    assert.is(kinds().filter((kind) => kind === 'start-upload').length, 2);
  }
});

test('one that forgot while the connection was broken is begun again, too', async () => {
  const isBreak = isFirst('PATCH');
  const isAsked = isFirst('GET');
  const { registry, isThere, kinds } = await uploadRegistry((asked) => {
    if (isBreak(asked)) return 'break';
    return isAsked(asked) ? { status: 404 } : undefined;
  });
  unwrap(await uploadBlob(registry, 'a/b', blob, { chunkSize: 16 }));
  assert.ok(isThere());
  assert.is(kinds().filter((kind) => kind === 'start-upload').length, 2);
});

test('a registry that forgets every upload is told so, after three', async () => {
  const { registry, kinds } = await uploadRegistry(({ method }) =>
    method === 'POST' ? undefined : { status: 404 },
  );
  const failure = failureOf(await uploadBlob(registry, 'a/b', blob));
  assert.is(failure.reason, 'network');
  assert.match(JSON.stringify(failure), 'lost the upload (404)');
  assert.equal(kinds().filter((kind) => kind === 'start-upload').length, 3);
});

test('where only the last answer was lost, nothing is sent again', async () => {
  const server = await fakeRegistry(({ method }, host) => {
    if (method === 'PUT') return 'break';
    return method === 'POST' ? { status: 202, headers: { location: `http://${host}/u` } } : { status: 200 };
  });
  const { registry, sent } = openTestRegistry(server.host);
  unwrap(await uploadBlob(registry, 'a/b', blob));
  assert.equal(
    sent.map(({ kind }) => kind),
    ['start-upload', 'finish-upload', 'head-blob'],
  );
});

test('a file that is not what its digest says is found out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'upload-'));
  writeFileSync(join(folder, 'damaged'), content.subarray(1));
  const { registry } = await uploadRegistry();
  const damaged = blobInFile(join(folder, 'damaged'), { digest: blob.digest, size: content.length - 1 });
  const failure = failureOf(await uploadBlob(registry, 'a/b', damaged));
  assert.is(failure.reason, 'digest-mismatch');
  rmSync(folder, { recursive: true });
});

test('a mount costs no upload; one that is refused becomes an upload', async () => {
  const mounting = await uploadRegistry(({ path }) =>
    path.includes('mount=') ? { status: 201 } : undefined,
  );
  assert.is(unwrap(await uploadBlob(mounting.registry, 'a/b', blob, { from: 'c/d' })), 'mounted');
  assert.equal(mounting.server.lines(), [
    `POST /v2/a/b/blobs/uploads/?mount=${encodeURIComponent(blob.digest)}&from=c%2Fd`,
  ]);
  for (const status of [202, 403, 404]) {
    const { registry, isThere } = await uploadRegistry(({ path }) => {
      return path.includes('mount=') && status !== 202 ? { status } : undefined;
    });
    assert.is(unwrap(await uploadBlob(registry, 'a/b', blob, { from: 'c/d' })), 'uploaded');
    assert.ok(isThere());
  }
});

test('a place to upload to at another host gets the bytes and not the login', async () => {
  const other = await fakeRegistry(() => ({ status: 201 }));
  const server = await fakeRegistry(({ headers }) => {
    if (headers.authorization === undefined)
      return { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };
    return { status: 202, headers: { location: `http://${other.host}/put?signature=canary` } };
  });
  const { registry, sent } = openTestRegistry(server.host, { login: { username: 'a', password: 'b' } });
  unwrap(await uploadBlob(registry, 'a/b', blob));
  assert.equal(
    other.asked.map(({ headers }) => headers.authorization),
    [undefined],
  );
  assert.not.match(JSON.stringify(sent), 'canary');
});

test('how much is on its way is told, and less where some has to be sent again', async () => {
  const breaks = isFirst('PATCH');
  const { registry, isThere } = await uploadRegistry((asked) => (breaks(asked) ? 'break' : undefined));
  const told: number[] = [];
  unwrap(
    await uploadBlob(registry, 'a/b', blob, { chunkSize: 16, onSent: (bytes) => void told.push(bytes) }),
  );
  assert.ok(isThere());
  assert.equal(told, [0, 16, 0, 16, 16, 32, 32, 36]);
});

test('whether a repository may be written is asked without writing to it', async () => {
  const fine = await uploadRegistry(({ method }) => (method === 'DELETE' ? { status: 204 } : undefined));
  unwrap(await mayUpload(fine.registry, 'a/b'));
  assert.equal(fine.kinds(), ['start-upload', 'cancel-upload']);
  assert.match(fine.server.lines().at(-1) ?? '', /^DELETE \/v2\/a\/b\/blobs\/uploads\/1\?state/);
  const deaf = await uploadRegistry(({ method }) => (method === 'DELETE' ? { status: 405 } : undefined));
  unwrap(await mayUpload(deaf.registry, 'a/b'));
  const closed = await uploadRegistry(() => ({ status: 405, body: '{"errors":[{"code":"UNSUPPORTED"}]}' }));
  assert.is(failureOf(await mayUpload(closed.registry, 'a/b')).reason, 'fetch-failed');
  assert.equal(closed.kinds(), ['start-upload']);
});

test.run();
