import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReleaseSettings } from '../../../orchestrator/config/settings/release.ts';
import { branded, isReleaseName } from '../../../orchestrator/core/names.ts';
import { type IdentityOptions, identityOf } from '../../../orchestrator/run/site/identity.ts';

const lock = {
  release: branded(isReleaseName, 'v1-30-eks-5'),
  ...{ branch: '1-30', number: 5 },
  upstream: {
    ...{ repository: 'https://git.example/upstream.git', tree: 'release' as const, differences: [] },
    releaseCommit: { commit: 'a'.repeat(40), date: '2024-05-28T20:11:48+02:00' },
  },
};

function identify(
  options: IdentityOptions,
  { settings = {}, patches = [], hasImages = true }: Around = {},
): ReturnType<typeof identityOf> {
  return identityOf(options, settings, { lock, ownPatches: patches, hasImages });
}

interface Around {
  readonly settings?: ReleaseSettings;
  readonly patches?: readonly string[];
  readonly hasImages?: boolean;
}

const registry = 'registry.example:5000/eks';
const place = { registry, baseUri: 'https://releases.example/eks/' };
const own = { ...place, channel: '1-30-acme', number: '7' };

test("without a word it is upstream's release, of the day on which they published it", () => {
  assert.equal(identify({}), {
    ok: true,
    value: {
      ...{ channel: '1-30', number: 5, baseUri: 'https://distro.eks.amazonaws.com' },
      registry: { host: 'public.ecr.aws', prefix: 'eks-distro' },
      ...{ isRegistryNamed: false, date: '2024-05-28T18:11:48Z' },
    },
  });
});

test("upstream's release elsewhere, and one of one's own", () => {
  const at = {
    ...{ baseUri: 'https://releases.example/eks', isRegistryNamed: true },
    registry: { host: 'registry.example:5000', prefix: 'eks' },
  };
  const date = '2024-05-28T18:11:48Z';
  assert.equal(identify(place), { ok: true, value: { channel: '1-30', number: 5, date, ...at } });
  assert.equal(identify(own), { ok: true, value: { channel: '1-30-acme', number: 7, date, ...at } });
  assert.ok(identify({ channel: '1-30', number: '5' }).ok);
});

test('the settings say it for all releases, and the command line otherwise', () => {
  const settings = {
    ...{ channel: '{branch}-acme', firstNumber: 100, baseUri: 'https://releases.example' },
    ...{ registry: 'registry.example/eks', snsTopicArn: 'arn:aws:sns:us-west-2:123456789012:x' },
  };
  const identity = identify({}, { settings, patches: ['patches/a/b/1.patch'] });
  assert.ok(identity.ok);
  assert.equal(
    [identity.value.channel, identity.value.number, identity.value.snsTopicArn],
    ['1-30-acme', 100, settings.snsTopicArn],
  );
  const other = identify({ channel: 'test', number: '123' }, { settings });
  assert.ok(other.ok);
  assert.equal([other.value.channel, other.value.number], ['test', 123]);
});

test('dates: days, and times of any zone', () => {
  const date = (text: string) => {
    const identity = identify({ date: text });
    return identity.ok ? identity.value.date : undefined;
  };
  assert.is(date('2025-01-31'), '2025-01-31T00:00:00Z');
  assert.is(date('2025-01-31T01:02:03.9+01:00'), '2025-01-31T00:02:03Z');
  for (const text of ['yesterday', '2025-02-30T00:00:00Z', '2025-01-31T01:02:03', '1738281600', '']) {
    assert.is(date(text), undefined, text);
  }
});

type Refused = readonly [title: string, options: IdentityOptions, around: Around, message: string];

const refused: readonly Refused[] = [
  [
    'own patches without a name of their own',
    place,
    { patches: ['patches/etcd-io/etcd/0001-fix.patch', 'patches/etcd-io/etcd/0002-fix.patch'] },
    "With patches of your own (patches/etcd-io/etcd/0001-fix.patch and 1 more) this is not upstream's release 1-30 5.",
  ],
  [
    "own patches under another name of upstream's",
    { ...place, channel: '1-31', number: '900' },
    { patches: ['patches/a/b/1.patch'] },
    "With patches of your own (patches/a/b/1.patch) this is not upstream's release 1-31 900.",
  ],
  [
    "own patches at upstream's address",
    { channel: '1-30-acme', number: '1', registry },
    { patches: ['patches/a/b/1.patch'] },
    "Upstream's releases are at distro.eks.amazonaws.com, and not 1-30-acme 1.",
  ],
  [
    "own patches at upstream's address, said otherwise",
    { ...own, baseUri: 'http://DISTRO.eks.amazonaws.com.:8080/mine' },
    { patches: ['patches/a/b/1.patch'] },
    "Upstream's releases are at distro.eks.amazonaws.com, and not 1-30-acme 7.",
  ],
  [
    "own images in upstream's registry",
    { channel: '1-30-acme', number: '7', baseUri: place.baseUri },
    {},
    "Upstream's images are at public.ecr.aws/eks-distro, and not those of 1-30-acme 7.",
  ],
  [
    "own images among upstream's",
    { ...own, registry: 'PUBLIC.ecr.aws/eks-distro/acme' },
    {},
    "Upstream's images are at public.ecr.aws/eks-distro, and not those of 1-30-acme 7.",
  ],
  [
    'another release of the same channel',
    { number: '6' },
    {},
    "1-30 6 is a release of upstream's, and v1-30-eks-5 is another one.",
  ],
  [
    'a channel that upstream will have',
    { ...place, channel: '1-99', number: '1' },
    {},
    "1-99 1 is a release of upstream's, and v1-30-eks-5 is another one.",
  ],
  [
    'an own channel without a number',
    { ...place, channel: '1-30-acme' },
    {},
    'Releases of 1-30-acme have numbers of their own: say --number.',
  ],
  [
    'a number below the first',
    { ...own, number: '99' },
    { settings: { firstNumber: 100 } },
    '--number takes the number of a release from 100 to 999999999, not "99".',
  ],
  [
    'number 0',
    { ...own, number: '0' },
    {},
    '--number takes the number of a release from 1 to 999999999, not "0".',
  ],
  ['a channel with a slash', { ...own, channel: '../1-30' }, {}, '"../1-30" is no channel.'],
  ['a channel in upper case', { ...own, channel: 'ACME' }, {}, '"ACME" is no channel.'],
  ...(
    [
      ['releases', 'expected the address of a site, such as https://releases.example.com/eks-d'],
      ['https://releases.example:99999', 'the address has a host that is none'],
      ['https://[::1/eks', 'the address has a host that is none'],
      ['https://releases.example:/eks', 'the address has a host that means another: releases.example'],
      ['https://0x7f.1/eks', 'the address has a host that means another: 127.0.0.1'],
      [
        'https://\uff44istro.eks.amazonaws.com/eks',
        'the address has a host that means another: distro.eks.amazonaws.com',
      ],
      ['https://releases.example/eks/../other', 'the address leaves its folder'],
      ['https://releases.example/./eks', 'the address holds an empty or "." segment'],
      ['https://releases.example/eks\\other', 'the address holds a backslash'],
      ['https://releases.example/eks\u200b', 'the address holds a character that is not seen'],
      ['https://releases.example/eks./d', 'the address holds a name with a space or a dot at its end'],
    ] as const
  ).map(
    ([baseUri, why]): Refused => [
      `the address ${baseUri}`,
      { ...own, baseUri },
      {},
      `${JSON.stringify(baseUri)} is no address of a site: ${why}.`,
    ],
  ),
  [
    'an address with a query',
    { ...own, baseUri: 'https://releases.example/?x=' },
    {},
    '"https://releases.example/?x=" is no address of a site: expected the address of a site, such as https://releases.example.com/eks-d.',
  ],
];

for (const [title, options, around, message] of refused) {
  test(`refused: ${title}`, () => {
    const identity = identify(options, around);
    assert.ok(!identity.ok && identity.error.reason === 'usage');
    assert.is(identity.error.message, message);
    assert.ok(identity.error.help.length > 10);
  });
}

test('archives alone may be anywhere', () => {
  const options = { channel: '1-30-acme', number: '7', baseUri: place.baseUri };
  assert.ok(identify(options, { hasImages: false }).ok);
});

test.run();
