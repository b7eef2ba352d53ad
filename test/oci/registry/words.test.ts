import * as assert from 'uvu/assert';
import { type ImageReference, parseImageReference } from '../../../orchestrator/core/image-reference.ts';
import { parseChallenge } from '../../../orchestrator/oci/registry/challenge.ts';
import {
  apiUrl,
  followLocation,
  isLoopback,
  repositoryAt,
  withDigest,
} from '../../../orchestrator/oci/registry/endpoint.ts';
import { mirroredImage } from '../../../orchestrator/oci/registry/mirror.ts';
import { parseRetryAfter } from '../../../orchestrator/tool/http/answer.ts';
import { suite } from '../../rig/suite.ts';
import { failureOf, unwrap } from './rig.ts';

const test = suite("a registry's words");

test('challenges, as registries write them', () => {
  const bearer = {
    type: 'bearer',
    realm: 'https://auth.example.com/t?a=1,2',
    service: 'r "x"',
    scope: undefined,
  };
  const texts: readonly (readonly [string | undefined, unknown])[] = [
    ['Basic realm="Registry Realm"', { type: 'basic' }],
    ['basic', { type: 'basic' }],
    ['Bearer realm="https://auth.example.com/t?a=1,2",service="r \\"x\\""', bearer],
    [
      'Basic realm="a, Bearer b", Bearer realm="https://auth.example.com/t?a=1,2", Service="r \\"x\\""',
      bearer,
    ],
    ['Bearer service=x', undefined],
    ['Negotiate', undefined],
    ['"', undefined],
    [undefined, undefined],
  ];
  for (const [text, challenge] of texts) assert.equal(parseChallenge(text), challenge, text);
  const scoped = parseChallenge('Bearer realm=https://a.example.com/,scope="repository:a/b:pull,push"');
  assert.is(scoped?.type === 'bearer' && scoped.scope, 'repository:a/b:pull,push');
});

test('plain http is spoken at loopback names only, unless anywhere was asked for', () => {
  for (const name of ['localhost', 'LOCALHOST:5000', '127.0.0.1:5000', '127.8.9.1', '[::1]', '[::1]:5000']) {
    assert.ok(isLoopback(name), name);
    assert.is(apiUrl(name, 'loopback').protocol, 'http:');
    assert.is(apiUrl(name, 'never').protocol, 'https:');
  }
  const others = [
    'localhost.example.com',
    '127.0.0.1.example.com',
    '128.0.0.1',
    '[::2]',
    'registry.example.com:5000',
  ];
  for (const name of others) {
    assert.not.ok(isLoopback(name), name);
    assert.is(apiUrl(name, 'loopback').protocol, 'https:');
    assert.is(apiUrl(name, 'anywhere').protocol, 'http:');
  }
});

test("docker's own registry is at another host, and has a library", () => {
  assert.is(apiUrl('docker.io', 'never').href, 'https://registry-1.docker.io/v2/');
  assert.is(repositoryAt('docker.io', 'alpine'), 'library/alpine');
  assert.is(repositoryAt('docker.io', 'moby/buildkit'), 'moby/buildkit');
  assert.is(repositoryAt('registry.example.com', 'alpine'), 'alpine');
});

test('a location leads where it says, but not out of TLS', () => {
  const from = new URL('https://registry.example.com/v2/a/blobs/uploads/');
  const to = (location?: string) => followLocation(from, location)?.href;
  assert.is(to('/v2/a/blobs/uploads/1?s=%2F'), 'https://registry.example.com/v2/a/blobs/uploads/1?s=%2F');
  assert.is(to('http://registry.example.com/x'), 'https://registry.example.com/x');
  assert.is(to('https://cdn.example.com/x?sig=a'), 'https://cdn.example.com/x?sig=a');
  const port = new URL('https://registry.example.com:5000/v2/');
  assert.is(
    followLocation(port, 'http://registry.example.com/x')?.href,
    'https://registry.example.com:5000/x',
  );
  assert.is(followLocation(port, 'https://registry.example.com/x')?.href, 'https://registry.example.com/x');
  assert.is(to('https://robot:secret@registry.example.com/x'), 'https://registry.example.com/x');
  for (const bad of [
    'http://cdn.example.com/x',
    'http://registry.example.com:81/x',
    'file:///etc/passwd',
    'https://',
    undefined,
  ]) {
    assert.is(to(bad), undefined, bad);
  }
  assert.is(
    withDigest(new URL('https://a.example.com/u?_s=a%3Db'), 'sha256:1').search,
    '?_s=a%3Db&digest=sha256%3A1',
  );
  assert.is(withDigest(new URL('https://a.example.com/u'), 'sha256:1').search, '?digest=sha256%3A1');
});

test('Retry-After is seconds or a date', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  assert.is(parseRetryAfter('7', now), 7000);
  assert.is(parseRetryAfter('Thu, 01 Jan 2026 00:00:09 GMT', now), 9000);
  assert.is(parseRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now), 0);
  assert.is(parseRetryAfter('soon', now), undefined);
  assert.is(parseRetryAfter(undefined, now), undefined);
});

test('images are read from the longest mirror that fits, with tag and digest', () => {
  const mirrors = {
    'public.ecr.aws/': 'mirror.example.com:5000/ecr/',
    'public.ecr.aws/eks-distro-build-tooling/': 'mirror.example.com/bases/',
    'docker.io/': 'https://mirror.example.com/',
    'quay.io/a/b': 'mirror.example.com/a/b:tag',
  };
  const digest = `sha256:${'a'.repeat(64)}` as const;
  const image = (text: string) => parseImageReference(text) as ImageReference;
  const read = (text: string) => unwrap(mirroredImage(image(text), mirrors));
  const base = 'public.ecr.aws/eks-distro-build-tooling/eks-distro-minimal-base';
  assert.equal(
    read(`${base}:x@${digest}`),
    image(`mirror.example.com/bases/eks-distro-minimal-base:x@${digest}`),
  );
  assert.equal(
    read('public.ecr.aws/eks-distro/pause:1'),
    image('mirror.example.com:5000/ecr/eks-distro/pause:1'),
  );
  assert.equal(read('registry.example.com/a:1'), image('registry.example.com/a:1'));
  assert.match(
    JSON.stringify(failureOf(mirroredImage(image('docker.io/a/b'), mirrors))),
    'has no registry in front',
  );
  assert.match(
    JSON.stringify(failureOf(mirroredImage(image('quay.io/a/b'), mirrors))),
    'more than a repository',
  );
});

test.run();
