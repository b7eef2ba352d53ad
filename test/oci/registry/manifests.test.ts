import * as assert from 'uvu/assert';
import { mediaType } from '../../../orchestrator/core/oci.ts';
import { ociDigestOf } from '../../../orchestrator/oci/image/layout.ts';
import { stageReferrers } from '../../../orchestrator/oci/push/stage-referrers.ts';
import { listReferrers, listTags } from '../../../orchestrator/oci/registry/lists.ts';
import { getManifest, headManifest, putManifest } from '../../../orchestrator/oci/registry/manifests.ts';
import { resolveTag } from '../../../orchestrator/oci/registry/pull.ts';
import { suite } from '../../rig/suite.ts';
import { closeFakes, fakeRegistry } from './fake-registry.ts';
import { failureOf, openTestRegistry, unwrap } from './rig.ts';

const test = suite('manifests and lists of a registry');
test.after.each(closeFakes);

const bytes = Buffer.from(`{"schemaVersion":2,"mediaType":"${mediaType.index}","manifests":[]}`);
const digest = ociDigestOf(bytes);
const other = ociDigestOf('other');

test('a manifest is what its digest says, whoever says otherwise', async () => {
  const server = await fakeRegistry(({ path }) => {
    if (path.endsWith('/none')) return { status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' };
    const told = path.endsWith('/lying') ? { 'docker-content-digest': other } : {};
    return {
      status: 200,
      body: bytes,
      headers: { 'content-type': 'application/json; charset=utf-8', ...told },
    };
  });
  const { registry } = openTestRegistry(server.host);
  const read = unwrap(await getManifest(registry, 'a/b', digest));
  assert.equal(read, { mediaType: mediaType.index, digest, bytes });
  assert.match(server.asked[0]?.headers.accept ?? '', mediaType.dockerIndex);
  const expected = { reason: 'digest-mismatch', expected: other.slice(7), found: digest.slice(7) };
  const byDigest = failureOf(await getManifest(registry, 'a/b', other));
  assert.equal(byDigest, { ...expected, what: `What ${server.host} has as a/b@${other}` });
  const byTag = failureOf(await getManifest(registry, 'a/b', 'lying'));
  assert.equal(byTag, { ...expected, what: `What ${server.host} has as a/b:lying` });
  assert.is(unwrap(await getManifest(registry, 'a/b', 'none')), undefined);
  assert.is(unwrap(await headManifest(registry, 'a/b', 'none')), undefined);
  assert.match(JSON.stringify(failureOf(await resolveTag(registry, 'a/b', 'none'))), 'There is no 127.0.0.1');
});

test('where a registry says no digest of a tag, the manifest is read for it', async () => {
  const server = await fakeRegistry(() => ({ status: 200, body: bytes }));
  const { registry } = openTestRegistry(server.host);
  assert.is(unwrap(await headManifest(registry, 'a/b', 'tag')), digest);
  assert.equal(server.lines(), ['HEAD /v2/a/b/manifests/tag', 'GET /v2/a/b/manifests/tag']);
});

test('a registry that keeps something else than was written is found out', async () => {
  const server = await fakeRegistry(() => ({ status: 201, headers: { 'docker-content-digest': other } }));
  const { registry } = openTestRegistry(server.host);
  const document = { mediaType: mediaType.index, digest, bytes };
  assert.is(failureOf(await putManifest(registry, 'a/b', 'tag', document)).reason, 'digest-mismatch');
  assert.equal(server.asked[0]?.body, bytes);
  assert.is(server.asked[0]?.headers['content-type'], mediaType.index);
});

test('lists are read page by page', async () => {
  const pages: Readonly<Record<string, readonly [readonly string[], string?]>> = {
    '/v2/a/b/tags/list': [['1', '2'], '</v2/a/b/tags/list?last=2>; rel="next"'],
    '/v2/a/b/tags/list?last=2': [['3']],
  };
  const server = await fakeRegistry(({ path }) => {
    const [tags, link] = pages[path] ?? [[]];
    return { status: 200, body: JSON.stringify({ tags }), headers: link === undefined ? {} : { link } };
  });
  const { registry } = openTestRegistry(server.host);
  assert.equal(unwrap(await listTags(registry, 'a/b')), ['1', '2', '3']);
  const absent = await fakeRegistry(() => ({ status: 404 }));
  assert.equal(unwrap(await listTags(openTestRegistry(absent.host).registry, 'a/b')), []);
});

test('half a list is none: one that goes on elsewhere, in a circle, or without an end', async () => {
  for (const [link, why] of [
    [() => 'http://192.0.2.1/v2/a/b/tags/list?last=3', 'goes on at another host'],
    [() => 'file:///etc/passwd', 'goes on at another host'],
    [(path: string) => path, 'comes to no end'],
    [
      (path: string) => `${path.replace(/[?].*/, '')}?n=${Number(path.split('=')[1] ?? 0) + 1}`,
      'comes to no end',
    ],
  ] as const) {
    const server = await fakeRegistry(({ path }) => {
      const headers = { link: `<${link(path)}>; rel="next"` };
      return { status: 200, body: '{"tags":["1"],"manifests":[]}', headers };
    });
    const { registry } = openTestRegistry(server.host);
    for (const list of [await listTags(registry, 'a/b'), await listReferrers(registry, 'a/b', digest)]) {
      const failure = failureOf(list);
      assert.is(failure.reason, 'fetch-failed');
      assert.match(JSON.stringify(failure), why);
    }
    assert.ok(server.asked.length <= 2000);
  }
});

test('what is listed without a digest, or is nothing, is left out', async () => {
  const listed = [
    null,
    1,
    'x',
    [],
    {},
    { digest: 7 },
    { digest: 'sha256:short' },
    { digest, artifactType: null },
  ];
  for (const status of [200, 404]) {
    const server = await fakeRegistry(({ path }) =>
      path.includes('/referrers/') && status === 404
        ? { status }
        : { status: 200, body: JSON.stringify({ manifests: listed }) },
    );
    const { manifests } = unwrap(await listReferrers(openTestRegistry(server.host).registry, 'a/b', digest));
    assert.equal(
      manifests.map((each) => each.digest),
      [digest],
      String(status),
    );
  }
});

test('what is no list does not say that there is nothing', async () => {
  for (const [status, body] of [
    [200, ''],
    [204, ''],
    [200, '{}'],
    [200, 'null'],
    [200, '[]'],
    [200, '{"tags":"none","manifests":{}}'],
    [200, '<html>Please sign in.</html>'],
  ] as const) {
    const server = await fakeRegistry(() => ({ status, body }));
    const { registry } = openTestRegistry(server.host);
    for (const list of [await listTags(registry, 'a/b'), await listReferrers(registry, 'a/b', digest)])
      assert.is(failureOf(list).reason, 'fetch-failed', `${status} ${body}`);
  }
  const server = await fakeRegistry(() => ({ status: 200, body: '{"name":"a/b","tags":null}' }));
  assert.equal(unwrap(await listTags(openTestRegistry(server.host).registry, 'a/b')), []);
});

test('a registry that keeps lists of referrers gets no fallback tag', async () => {
  const stored = new Map<string, Buffer>();
  const server = await fakeRegistry(({ method, path, body }, host) => {
    const name = path.replace(/.*\//, '').replace(/\?.*/, '');
    if (path.includes('/referrers/')) {
      const manifests = [...stored]
        .filter(([, each]) => each.includes('subject'))
        .map(([key]) => ({ digest: key }));
      return { status: 200, body: JSON.stringify({ manifests }) };
    }
    if (method === 'HEAD') return { status: stored.has(name) ? 200 : 404 };
    if (method === 'POST') return { status: 202, headers: { location: `http://${host}/up/load` } };
    const key = path.startsWith('/up') ? decodeURIComponent(path.replace(/.*digest=/, '')) : name;
    stored.set(key, body);
    return { status: 201, headers: path.startsWith('/up') ? {} : { 'oci-subject': digest } };
  });
  const { registry } = openTestRegistry(server.host);
  const subject = { mediaType: mediaType.index, digest, size: bytes.length };
  const artifactType = 'application/vnd.in-toto+json';
  const referrers = [{ artifactType, blob: { mediaType: artifactType, bytes: Buffer.from('{"a":1}') } }];
  const attach = async () => {
    const before = unwrap(await listReferrers(registry, 'a/b', digest));
    return unwrap(await unwrap(await stageReferrers(registry, 'a/b', subject, referrers, before)).attach());
  };
  const [attached = ''] = await attach();
  assert.equal([...stored.keys()].sort(), [ociDigestOf('{}'), ociDigestOf('{"a":1}'), attached].sort());
  const manifest = JSON.parse(String(stored.get(attached)));
  assert.equal([manifest.artifactType, manifest.subject], [artifactType, subject]);
  const before = server.asked.length;
  assert.equal(await attach(), [attached]);
  assert.equal(
    server
      .lines()
      .slice(before)
      .filter((line) => !/^(GET|HEAD) /.test(line)),
    [],
  );
  const listed = unwrap(await listReferrers(registry, 'a/b', digest));
  assert.equal([listed.kept, listed.manifests.length], ['list', 1]);
});

test('a page where a manifest was asked for has no digest that anybody gets', async () => {
  for (const [type, body] of [
    ['text/html', '<html>Please sign in.</html>'],
    ['application/json', '{"token":"x"}'],
    ['application/json', 'null'],
    ['', ''],
  ] as const) {
    const server = await fakeRegistry(() => ({ status: 200, body, headers: { 'content-type': type } }));
    const { registry } = openTestRegistry(server.host);
    const refused = failureOf(await resolveTag(registry, 'a/b', 'tag'));
    assert.is(refused.reason, 'fetch-failed');
    assert.match(JSON.stringify(refused), 'answered with no manifest');
  }
});

test.run();
