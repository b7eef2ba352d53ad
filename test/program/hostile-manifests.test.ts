import * as assert from 'uvu/assert';
import { check, checkSuite, manifest } from '../rig/check-world.ts';

const test = checkSuite('hostile manifests');

/** A manifest, changed by one replacement, and where that is complained of. */
const refused: readonly (readonly [what: string, from: string | RegExp, to: string, complaint: RegExp])[] = [
  ['no assets', / {2}components:[\s\S]*/, '  components: []\n', /:\d+:\d+: error: .*component/],
  [
    'an asset twice',
    'name: bin/linux/amd64/tool.tar',
    'name: bin/linux/amd64/tool',
    /:\d+:\d+: error: .* is there twice/,
  ],
  ['wrong hex', /sha256: [0-9a-f]/, 'sha256: G', /:14:\d+: error: .*expected a SHA-256/],
  ['a short hash', /sha512: [0-9a-f]{2}/, 'sha512: ', /:15:\d+: error: .*expected a SHA-512/],
  ['no hash', / {8}sha256: .*\n/, '', /error: .*sha256|error: .*SHA-256/],
  ['a hash of nobody', 'sha256:', 'sha1:', /error: /],
  ['traversal', '/artifacts/kit', '/artifacts/../../kit', /:16:\d+: error: .*the URI leaves its folder/],
  [
    'an escaped one',
    '/artifacts/kit',
    '/artifacts/%2e%2e/kit',
    /:16:\d+: error: .*the URI holds an escaped character/,
  ],
  [
    'a password',
    'uri: http://',
    'uri: http://user:canary@',
    /:16:\d+: error: .*the URI holds a user name or a password/,
  ],
  ['a query', '.tar.gz\n      desc', '.tar.gz?x=1\n      desc', /:16:\d+: error: .*the URI has a query/],
  [
    'another host',
    /uri: http:\/\/[^/]+/,
    'uri: http://other.example',
    /:16:\d+: error: this leads to other\.example, which nobody asked for\n(.*\n)*.*"--allow-host other\.example"/,
  ],
  ['a file', 'uri: http://', 'uri: file://', /:16:\d+: error: .*the URI does not begin with http/],
  [
    'another name',
    'name: kubernetes-1-30-eks-6',
    'name: kubernetes-1-30-eks-5',
    /:5:\d+: error: the name of this release is kubernetes-1-30-eks-6/,
  ],
  ['number zero', 'number: 6', 'number: 0', /:8:\d+: error: /],
  ['another kind', 'kind: Release', 'kind: List', /:2:\d+: error: .*expected Release/],
  ['a type that is none', 'type: Archive', 'type: Zip', /:\d+:\d+: error: .*expected Archive or Image/],
  ['no YAML', /^[\s\S]*$/, '{', /:1:\d+: error: /],
  [
    'a web page',
    /^[\s\S]*$/,
    '<html><body>Please sign in.</body></html>\n',
    /is a web page, and no manifest/,
  ],
];

for (const [what, from, to, complaint] of refused) {
  test(`a manifest that is refused: 2, where, and nothing is fetched: ${what}`, async (context) => {
    const { site } = context;
    const before = Buffer.from(site.files.get(manifest) ?? []).toString();
    const after = before.replace(from, to);
    assert.is.not(after, before);
    site.files.set(manifest, Buffer.from(after));
    const ran = await check(context);
    assert.match(ran.stderr, complaint);
    assert.equal([ran.code, ran.stdout], [2, '']);
    assert.not.match(ran.stderr, 'canary');
    assert.equal(site.requests, [manifest]);
  });
}

test.run();
