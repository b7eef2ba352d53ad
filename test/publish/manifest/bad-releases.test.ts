import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shownPlace } from '../../../orchestrator/core/diagnostic.ts';
import { decodeReleaseManifest } from '../../../orchestrator/publish/manifest/release.ts';
import { oldManifest, sha256, sha512 } from '../../rig/manifests.ts';

/**
 * What is changed of a manifest (a text of it, and what stands there instead), and each complaint that comes of it: the text at whose
 * beginning it has to stand, and what it says.
 */
type Bad = readonly [
  title: string,
  from: string,
  to: string,
  ...complaints: (readonly [at: string, message: string])[],
];

const uri = 'https://site.example/kubernetes-1-18/releases/1/artifacts/widget/v1.18.9/widget-src.tar.gz';
const sum = sha256('src');
const asset = `        - arch:
            - arm64
          archive:
            sha256: ${sha256('widget')}`;
const image = 'registry.example/eks/gadget:v2.0.0-eks-1-18-1';

const wholeNumber = 'spec.number: expected a whole number from 1 on';

const bad: readonly Bad[] = [
  ['another kind', 'kind: Release', 'kind: ReleaseChannel', ['ReleaseChannel', 'kind: expected Release']],
  [
    'another version',
    'v1alpha1',
    'v1beta1',
    ['distro.eks', 'apiVersion: expected distro.eks.amazonaws.com/v1alpha1'],
  ],
  [
    "another release's name",
    'name: kubernetes-1-18-eks-1',
    'name: kubernetes-1-18-eks-2',
    ['kubernetes-1-18-eks-2', 'the name of this release is kubernetes-1-18-eks-1'],
  ],
  [
    'a channel that leaves its folder',
    'channel: 1-18',
    'channel: ../1-18',
    [
      '../1-18',
      'spec.channel: expected a channel, such as 1-30 or 1-30-acme: lower-case letters, digits and -',
    ],
  ],
  ['number 0', 'number: 1', 'number: 0', ['0\n', wholeNumber]],
  ['a number in quotes', 'number: 1', 'number: "1"', ['"1"', `${wholeNumber}, without quotes`]],
  ['no number', '  number: 1\n', '', ['spec:', 'spec.number: missing: expected a whole number from 1 on']],
  [
    'a day for a date',
    '2020-12-01T01:02:03Z',
    '2020-12-01',
    ['"2020-12-01"', 'status.date: expected a date and time with its zone (RFC 3339)'],
  ],
  [
    'no component',
    oldManifest.slice(oldManifest.indexOf('    - gitCommit')),
    '    []\n',
    ['components:', 'status.components: a release without a component'],
  ],
  [
    'no asset',
    oldManifest.slice(oldManifest.lastIndexOf('      assets:')),
    '      assets: []\n',
    ['assets: []', 'status.components.1.assets: a component without an asset'],
  ],
  [
    'a hash in upper case',
    `sha256: ${sum}`,
    `sha256: ${sum.toUpperCase()}`,
    [
      sum.toUpperCase(),
      'status.components.0.assets.1.archive.sha256: expected a SHA-256: 64 lower-case hexadecimal characters',
    ],
  ],
  [
    'a hash that is short of a character, and another one',
    `sha256: ${sum}\n            sha512: ${sha512('src')}`,
    `sha256: ${sum.slice(1)}\n            sha512: ${sum}`,
    [
      sum.slice(1),
      'status.components.0.assets.1.archive.sha256: expected a SHA-256: 64 lower-case hexadecimal characters',
    ],
    [
      `${sum}\n            uri`,
      'status.components.0.assets.1.archive.sha512: expected a SHA-512: 128 lower-case hexadecimal characters',
    ],
  ],
  [
    'a hash with something behind it',
    `sha256: ${sum}`,
    `sha256: "${sum}\\n"`,
    [
      `"${sum}`,
      'status.components.0.assets.1.archive.sha256: expected a SHA-256: 64 lower-case hexadecimal characters',
    ],
  ],
  [
    'no hash',
    `            sha512: ${sha512('src')}\n`,
    '',
    [
      `archive:\n            sha256: ${sum}`,
      'status.components.0.assets.1.archive.sha512: missing: expected a SHA-512: 128 lower-case hexadecimal characters',
    ],
  ],
  [
    'a hash under a name that nobody reads',
    `            sha512: ${sha512('src')}`,
    `            sha512: ${sha512('src')}\n            sha1: ${'0'.repeat(40)}`,
    ['sha1:', 'unknown field "sha1"'],
  ],
  [
    'a digest under a name that nobody reads',
    `uri: ${image}`,
    `uri: ${image}\n            imagedigest: sha256:${sum}`,
    ['imagedigest:', 'unknown field "imagedigest"'],
  ],
  [
    'a digest that is none',
    `uri: ${image}`,
    `uri: ${image}\n            imageDigest: sha1:${sum}`,
    [
      `sha1:${sum}`,
      'status.components.1.assets.0.image.imageDigest: expected a digest: "sha256:" and 64 lower-case hexadecimal characters',
    ],
  ],
  ...(
    [
      ['a URI that leads out', `${uri}/../../../x.tar.gz`, 'leaves its folder'],
      ['a URI that leads out, escaped', uri.replace('/widget/', '/%2e%2e/'), 'holds an escaped character'],
      ['a URI with an empty part', uri.replace('/widget/', '//'), 'holds an empty or "." segment'],
      ['a URI with a backslash', uri.replace('/widget/', '/..\\'), 'holds a backslash'],
      ['a URI with a password', uri.replace('site', 'me:secret@site'), 'holds a user name or a password'],
      ['a URI with a query', `${uri}?x=widget-src.tar.gz`, 'has a query or a fragment'],
      ['a file of this machine', 'file:///etc/passwd', 'does not begin with http:// or https://'],
      ['a path', '/artifacts/widget-src.tar.gz', 'does not begin with http:// or https://'],
      ['a URI with a port that is none', 'https://site.example:99999/x.gz', 'has a host that is none'],
      ['a URI in disguise', 'https://0x7f.1/x.gz', 'has a host that means another: 127.0.0.1'],
      ['a URI without a host', 'https:///widget-src.tar.gz', 'has a host that is none'],
    ] as const
  ).map(
    ([title, to, why]): Bad => [
      title,
      `uri: ${uri}`,
      `uri: ${to}`,
      [to, `status.components.0.assets.1.archive.uri: the URI ${why}`],
    ],
  ),
  ...(
    [
      ['an image without a tag', 'registry.example/eks/gadget', 'has neither tag nor digest'],
      [
        'an image with a tag that is none',
        'registry.example/eks/gadget:../x',
        'has a tag with characters that none may have',
      ],
      [
        'an image in upper case',
        'registry.example/EKS/gadget:v2',
        'has a repository that is no lower-case path',
      ],
      ['an image of nowhere', 'gadget:v2', 'has no registry in front'],
    ] as const
  ).map(
    ([title, to, why]): Bad => [
      title,
      `uri: ${image}`,
      `uri: ${to}`,
      [to, `status.components.1.assets.0.image.uri: the image ${why}`],
    ],
  ),
  [
    'an image that is said to be an archive',
    'type: Image',
    'type: Archive',
    [
      'arch:\n            - amd64',
      'status.components.1.assets.0.archive: missing: an asset of type Archive has one',
    ],
    ['image:\n            uri', 'status.components.1.assets.0.image: an asset of type Archive has none'],
  ],
  [
    'a system that nobody builds for',
    'os: linux\n          type: Archive',
    'os: plan9\n          type: Archive',
    ['plan9', 'status.components.0.assets.0.os: expected linux, darwin or windows'],
  ],
  [
    'an asset whose name leads out of its folder',
    'name: bin/linux/arm64/widget',
    'name: bin/../../widget',
    [
      'bin/../../widget',
      'status.components.0.assets.0.name: expected an asset, such as kubernetes-src.tar.gz',
    ],
  ],
  [
    'an asset that is there twice',
    'name: widget-src.tar.gz\n',
    'name: bin/linux/arm64/widget\n',
    [
      `bin/linux/arm64/widget\n          type: Archive\n    -`,
      'bin/linux/arm64/widget of widget is there twice',
    ],
  ],
  [
    'a component that is there twice',
    '      name: gadget\n',
    '      name: widget\n',
    ['widget\n      assets:\n        - arch:\n            - amd64', 'widget is there twice'],
  ],
  [
    'a field that is there twice',
    `            sha256: ${sum}`,
    `            sha256: ${sum}\n            sha256: ${sum}`,
    [`sha256: ${sum}\n            sha512`, 'malformed YAML: Map keys must be unique'],
  ],
  [
    "another asset's URI",
    `uri: ${uri}`,
    `uri: ${uri.replace('widget-src.tar.gz', 'bin/linux/arm64/widget')}`,
    [
      `${uri.replace('widget-src.tar.gz', 'bin/linux/arm64/widget')}\n          description: widget source`,
      'the URI is that of bin/linux/arm64/widget, with other hashes',
    ],
  ],
  [
    'a processor that is there twice',
    asset,
    asset.replace('            - arm64\n', '            - arm64\n            - arm64\n'),
    ['arch:', 'bin/linux/arm64/widget of widget names a processor twice'],
  ],
  [
    'two documents',
    'status:',
    '---\nstatus:',
    ['---\nstatus:', 'malformed YAML: a second document begins here'],
  ],
  [
    'a tab',
    '  number: 1',
    '\tnumber: 1',
    ['\tnumber', 'malformed YAML: Tabs are not allowed as indentation'],
    ['1\n  channel', 'malformed YAML: Nested mappings are not allowed in compact mappings'],
    ['1\n  channel', 'malformed YAML: Implicit keys need to be on a single line'],
  ],
  ['a text', oldManifest, 'hello\n', ['hello', 'Invalid input: expected object, received string']],
  ['nothing', oldManifest, '', ['', 'there is nothing in it']],
];

/** `file:line:col` of the first place at which a text has another in it. */
function placeIn(text: string, needle: string): string {
  const before = text.slice(0, text.indexOf(needle)).split('\n');
  return `bad.yaml:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

for (const [title, from, to, ...complaints] of bad) {
  test(title, () => {
    assert.is(oldManifest.split(from).length > 1, true, 'the manifest has what is changed');
    const text = oldManifest.replace(from, () => to);
    const read = decodeReleaseManifest(text, 'bad.yaml');
    assert.ok(!read.ok && read.error.reason === 'configuration');
    const found = read.error.diagnostics.map(({ location, message }) => `${shownPlace(location)} ${message}`);
    const wanted = complaints.map(([at, message]) => `${placeIn(text, at)} ${message}`);
    assert.equal(found, wanted);
  });
}

test('another host, or another folder, than was asked for', () => {
  const of = (baseUri: string) => {
    const read = decodeReleaseManifest(oldManifest, 'bad.yaml', { baseUri });
    return read.ok ? [] : read.error.reason === 'configuration' ? read.error.diagnostics : [];
  };
  assert.equal(of('https://site.example'), []);
  assert.equal(
    of('https://other.example').map(({ location, message }) => `${shownPlace(location)} ${message}`),
    [
      'bad.yaml:23:18 the URI is at site.example, not at other.example, which was asked for',
      'bad.yaml:31:18 the URI is at site.example, not at other.example, which was asked for',
    ],
  );
  assert.equal(
    of('https://site.example/eks').map(({ message }) => message)[0],
    'the URI is not below https://site.example/eks, which was asked for',
  );
  // One host is not the other because it begins alike.
  assert.is(of('https://site.exam').length, 2);
});

test.run();
