import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { crdPaths } from '../../../orchestrator/publish/layout.ts';
import { writeReleaseChannel } from '../../../orchestrator/publish/manifest/channel.ts';
import { crdTexts } from '../../../orchestrator/publish/manifest/crds.ts';
import { writeReleaseManifest } from '../../../orchestrator/publish/manifest/release.ts';
import { oldManifest, ownManifest } from '../../rig/manifests.ts';

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly names: Readonly<Record<string, unknown>>;
    readonly versions: readonly {
      readonly additionalPrinterColumns: readonly { readonly name: string }[];
      readonly schema: { readonly openAPIV3Schema: object };
      readonly subresources?: object;
    }[];
  };
}

const [releases, channels] = [crdPaths.releases, crdPaths.releasechannels].map((path) => {
  const definition = parse(crdTexts.get(path) ?? '') as Definition;
  const [version, ...others] = definition.spec.versions;
  assert.ok(version && others.length === 0);
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile(version.schema.openAPIV3Schema);
  const isValid = (text: string) => validate(parse(text)) as boolean;
  return { definition, version, isValid };
}) as [Kind, Kind];

interface Kind {
  readonly definition: Definition;
  readonly version: Definition['spec']['versions'][number];
  readonly isValid: (text: string) => boolean;
}

test("names and columns are those that kubectl shows of upstream's", () => {
  assert.equal(releases.definition.spec.names, {
    ...{ kind: 'Release', listKind: 'ReleaseList', plural: 'releases', singular: 'release' },
    shortNames: ['rel'],
  });
  assert.is(releases.definition.metadata.name, 'releases.distro.eks.amazonaws.com');
  assert.is(channels.definition.metadata.name, 'releasechannels.distro.eks.amazonaws.com');
  assert.equal(
    [releases, channels].map(({ version }) => version.additionalPrinterColumns.map(({ name }) => name)),
    [
      ['Release Channel', 'Release', 'Release Date'],
      ['TopicARN', 'Active', 'Latest Release'],
    ],
  );
  // What is applied has its status in it.
  assert.equal(
    [releases, channels].map(({ version }) => version.subresources),
    [undefined, undefined],
  );
});

test("they take manifests of upstream's kind, and ours", () => {
  const bare = oldManifest.replace('registry.example/eks/gadget', '/gadget');
  for (const text of [oldManifest, bare, writeReleaseManifest(ownManifest)])
    assert.ok(releases.isValid(text));
  const channel = { name: '1-30', active: true, latestRelease: 3 };
  assert.ok(channels.isValid(writeReleaseChannel(channel)));
  const snsTopicArn = 'arn:aws:sns:us-east-1:123456789012:releases';
  assert.ok(channels.isValid(writeReleaseChannel({ ...channel, snsTopicArn })));
});

const refused: readonly (readonly [title: string, from: string | RegExp, to: string])[] = [
  ['no status', /status:[\s\S]*/, ''],
  ['no date', / {2}date: .*\n/, ''],
  ['no channel', / {2}channel: .*\n/, ''],
  ['number 0', 'number: 1', 'number: 0'],
  ['a number that is a text', 'number: 1', 'number: "1"'],
  ['a hash in upper case', /sha256: [0-9a-f]{4}/, 'sha256: ABCD'],
  ['no hash', / {12}sha512: .*\n/, ''],
  ['an archive that is an image', 'type: Image', 'type: Archive'],
  ['another type', 'type: Image', 'type: Chart'],
  ['another system', 'os: linux', 'os: plan9'],
  ['a file of this machine', /uri: https:.*/, 'uri: file:///etc/passwd'],
  ['a digest that is none', /(uri: registry.*)/, '$1\n            imageDigest: latest'],
];

for (const [title, from, to] of refused) {
  test(`they refuse ${title}`, () => {
    const text = oldManifest.replace(from, to);
    assert.is.not(text, oldManifest);
    assert.not.ok(releases.isValid(text));
  });
}

test('lists are sets by name to an API server, and every one has its key', () => {
  const seen: string[] = [];
  const walk = (schema: unknown, place: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const { type, items, ...rest } = schema as Record<string, unknown>;
    if (type === 'array') {
      seen.push(`${place} ${rest['x-kubernetes-list-type']}`);
      const keys = (rest['x-kubernetes-list-map-keys'] ?? []) as readonly string[];
      const { required = [] } = items as { required?: readonly string[] };
      assert.equal(
        keys.filter((key) => !required.includes(key)),
        [],
      );
    }
    for (const [name, member] of Object.entries({ items, ...rest })) walk(member, `${place}/${name}`);
  };
  walk(releases.version.schema.openAPIV3Schema, '');
  assert.equal(seen.map((line) => line.replaceAll('/properties', '').replaceAll('/items', '')).sort(), [
    '/status/components map',
    '/status/components/assets map',
    '/status/components/assets/arch set',
  ]);
});

test.run();
