import * as assert from 'uvu/assert';
import { z } from 'zod';
import { settingsSchema } from '../../orchestrator/config/settings/settings.ts';

/** A key of the settings with what stands there, and what is read from a file in /site. */
export interface Sample {
  readonly path: readonly string[];
  readonly given: unknown;
  readonly read: unknown;
}

/** What of a JSON Schema is looked at. */
interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | false;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
}

const digest = 'a'.repeat(64);
const image = `registry.example.com/image@sha256:${digest}`;
const pinned: readonly [object, object] = [
  { from: './file', sha256: digest },
  { from: '/site/file', sha256: digest },
];

const tls = { ca: 'ca.pem', cert: '../cert.pem', key: './key.pem', serverName: 'one' };
const placedTls = { ca: '/site/ca.pem', cert: '/cert.pem', key: '/site/key.pem', serverName: 'one' };
const repositories = [
  { name: 'core', base: 'https://packages.example.com/core' },
  { name: 'more', mirrorList: 'https://packages.example.com/list' },
];

/** Two names for each record of the schema. */
const names: Readonly<Record<string, readonly string[]>> = {
  mirrors: ['https://one.example.com/', 'public.ecr.aws/'],
  'toolchains.versions': ['1.20', '1.21.3'],
  'toolchains.versions.*.downloads': ['linux/amd64', 'linux/arm64'],
  'images.bases': ['eks-distro-base', 'eks-distro-minimal-base'],
  'images.compilers': ['linux/amd64', 'linux/arm64'],
  builders: ['linux/amd64', 'linux/arm64'],
  registries: ['registry.example.com', 'localhost:5000'],
  distributions: ['al2', 'al2023'],
  'ecr.tags': ['team', 'zone'],
  'kubernetes.nodeSelectors': ['linux/amd64', 'linux/arm64'],
  'kubernetes.nodeSelectors.*': ['pool', 'zone'],
  'kubernetes.environment': ['GOPROXY', 'HTTPS_PROXY'],
  'vulnerabilities.upstream': ['etcd-io/etcd', 'coredns/coredns'],
};

/** What may stand at each key, and what is read of it where that is something else: a place in /site, a number, a longer form. */
const values: Readonly<Record<string, readonly [given: unknown, read?: unknown]>> = {
  cache: ['cache', '/site/cache'],
  upstream: ['../upstream', '/upstream'],
  buildTooling: ['https://git.example.com/tooling.git'],
  sources: ['./sources/{org}/{repo}', '/site/sources/{org}/{repo}'],
  'mirrors.*': ['./mirror/', '/site/mirror/'],
  'toolchains.downloads': ['https://downloads.example.com/go'],
  'toolchains.versions.*.downloads.*': [digest],
  'toolchains.versions.*.archive': pinned,
  'toolchains.versions.*.goroot': ['go', '/site/go'],
  'toolchains.versions.*.source': [
    { from: '../go.git', commit: 'b'.repeat(40), bootstrap: '1.17.13' },
    { from: '/go.git', commit: 'b'.repeat(40), bootstrap: '1.17.13' },
  ],
  'toolchains.versions.*.rpms': [[pinned[0]], [pinned[1]]],
  'images.base': ['al2023'],
  'images.bases.*': [image],
  'images.published': ['registry.example.com/published'],
  'images.compilers.*': [{ image, gcc: 'cross-gcc', on: 'linux/amd64' }],
  'images.cacheFrom': [['type=local,src=from'], ['type=local,src=/site/from']],
  'images.cacheTo': [['type=local,dest=to'], ['type=local,dest=/site/to']],
  'builders.*': [
    ['unix:///run/one.sock', { address: 'tcp://one.example.com:1234', tls, slots: '2', buildx: 'one' }],
    [
      { address: 'unix:///run/one.sock' },
      { address: 'tcp://one.example.com:1234', tls: placedTls, slots: 2, buildx: 'one' },
    ],
  ],
  'registries.*.ca': ['ca.pem', '/site/ca.pem'],
  'registries.*.cert': ['cert.pem', '/site/cert.pem'],
  'registries.*.key': ['key.pem', '/site/key.pem'],
  'registries.*.insecure': ['loopback'],
  'distributions.*.repositories': [repositories],
  'distributions.*.releasever': ['latest'],
  'distributions.*.keys': [
    [{ id: 'c87f5b1a-593863f8', ...pinned[0] }],
    [{ id: 'c87f5b1a-593863f8', ...pinned[1] }],
  ],
  'distributions.*.builder': ['registry.example.com/amazonlinux:2'],
  'distributions.*.signatures': ['absent'],
  'ecr.endpoints.ecr': ['https://ecr.{region}.example.com'],
  'ecr.endpoints.public': ['https://public.example.com'],
  'ecr.endpoints.sts': ['https://sts.example.com'],
  'ecr.tagMutability': [{ default: 'IMMUTABLE', except: ['*-latest'] }],
  'ecr.scanOnPush': ['true', true],
  'ecr.encryption': [{ type: 'KMS', kmsKey: { 'us-west-2': 'alias/west' } }],
  'ecr.lifecyclePolicy': ['lifecycle.json', '/site/lifecycle.json'],
  'ecr.repositoryPolicy': ['{"Version": "2012-10-17"}'],
  'ecr.tags.*': ['platform'],
  'ecr.replicate': [['eu-central-1']],
  'release.channel': ['{branch}-acme'],
  'release.firstNumber': ['101', 101],
  'release.baseUri': ['https://releases.example.com/eks-d'],
  'release.registry': ['registry.example.com/eks-d'],
  'release.snsTopicArn': ['arn:aws:sns:us-west-2:123456789012:releases'],
  'publish.region': ['eu-central-1'],
  'publish.expectedOwner': ['111122223333'],
  'publish.encryption': [{ type: 'KMS', kmsKey: 'alias/releases' }],
  'publish.s3.endpoint': ['https://s3.{region}.example.com'],
  'publish.sns.endpoint': ['https://sns.{region}.example.com'],
  'publish.sns.region': ['us-east-1'],
  'sign.fulcio': ['https://fulcio.example.com'],
  'sign.rekor': ['https://rekor.example.com'],
  'sign.timestamps': ['https://timestamps.example.com'],
  'sign.kms.endpoint': ['https://kms.{region}.example.com'],
  'kubernetes.context': ['builds'],
  'kubernetes.namespace': ['builds'],
  'kubernetes.image': ['registry.example.com/eksd-rebuild:1'],
  'kubernetes.imagePullSecrets': [['registry']],
  'kubernetes.nodeSelectors.*.*': ['builders'],
  'kubernetes.requests.cpu': ['2'],
  'kubernetes.requests.memory': ['4Gi'],
  'kubernetes.requests.storage': ['20Gi'],
  'kubernetes.tolerations': [
    [
      { key: 'builds', operator: 'Exists', effect: 'NoSchedule' },
      { key: 'pool', operator: 'Equal', value: 'builds' },
    ],
  ],
  'kubernetes.serviceAccount': ['builder'],
  'kubernetes.secret': ['store-keys'],
  'kubernetes.environment.*': ['https://proxy.example.com'],
  'kubernetes.volumes': [
    [
      { at: '/shared', hostPath: './shared', readOnly: 'true' },
      { at: '/more', claim: 'more' },
    ],
    [
      { at: '/shared', hostPath: '/site/shared', readOnly: true },
      { at: '/more', claim: 'more' },
    ],
  ],
  'kubernetes.isolation': ['policy'],
  'kubernetes.storeAddresses': [['10.0.0.0/16']],
  'kubernetes.parallelism': ['32', 32],
  'store.remote': ['s3://bucket/prefix'],
  'store.write': ['false', false],
  'store.region': ['eu-central-1'],
  'store.expectedOwner': ['111122223333'],
  'store.s3.endpoint': ['https://s3.{region}.example.com'],
  'store.sign': ['keys/own.key', '/site/keys/own.key'],
  'store.signPasswordFile': ['password', '/site/password'],
  'store.trust': [
    ['one.pub', '../two.pub'],
    ['/site/one.pub', '/two.pub'],
  ],
  'vulnerabilities.database': ['./vulndb.zip', '/site/vulndb.zip'],
  'vulnerabilities.upstream.*': ['registry.example.com/etcd:{tag}'],
  'vulnerabilities.published': ['registry.example.com/eks-distro'],
  'vulnerabilities.publisher': [{ name: 'Acme', namespace: 'https://acme.example.com' }],
  'limits.network': ['7', 7],
  'limits.builds': ['5', 5],
  'limits.memory': ['2048', 2048],
  'limits.processes': ['900', 900],
  'limits.minutes': ['90', 90],
  'sandbox.use': ['required'],
  'sandbox.credentials': [
    ['/home/me/.helper', './token'],
    ['/home/me/.helper', '/site/token'],
  ],
};

function optionsOf(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf?.flatMap(optionsOf) ?? [schema];
}

/** The object with members of its own: not one that has to be whole, nor what may be a list instead. */
function sectionIn(schema: JsonSchema): JsonSchema | undefined {
  const options = optionsOf(schema);
  if (options.some(({ items }) => items !== undefined)) return undefined;
  return options.find(
    ({ properties, required = [], additionalProperties }) =>
      (properties !== undefined && required.length === 0) ||
      (properties === undefined && additionalProperties),
  );
}

/** The members of one value that no sample of it has. */
function missingIn(schema: JsonSchema, place: string, samples: readonly unknown[]): readonly string[] {
  const maps = samples.filter((each): each is Record<string, unknown> => typeof each === 'object');
  return optionsOf(schema).flatMap(({ properties = {}, items }) => [
    ...Object.entries(properties).flatMap(([name, each]) => {
      const found = maps.flatMap((map) => (name in map ? [map[name]] : []));
      return found.length === 0 ? [`${place}.${name}`] : missingIn(each, `${place}.${name}`, found);
    }),
    ...(items === undefined ? [] : missingIn(items, place, samples.flat())),
  ]);
}

/**
 * A sample for every key of the schema that has a value of its own, found by way of its JSON Schema. Fails with the key's name for
 * one that has no sample here, and for a sample of no key.
 */
export function settingsSamples(): readonly Sample[] {
  const used = new Set<string>();
  const at = (schema: JsonSchema, place: string, path: readonly string[]): readonly Sample[] => {
    const member = (each: JsonSchema, name: string, key: string) =>
      at(each, place === '' ? name : `${place}.${name}`, [...path, key]);
    const { properties, additionalProperties } = sectionIn(schema) ?? {};
    if (properties) return Object.entries(properties).flatMap(([name, each]) => member(each, name, name));
    used.add(place);
    if (additionalProperties) {
      const [one, other] = names[place] ?? [];
      assert.ok(one && other, `settings-samples.ts has no names for the record ${place}`);
      return [one, other].flatMap((name) => member(additionalProperties, '*', name));
    }
    const [given, read = given] = values[place] ?? [];
    const missing = given === undefined ? [place] : missingIn(schema, place, [given].flat());
    assert.equal(missing, [], `settings-samples.ts has no sample for ${missing}`);
    return [{ path, given, read }];
  };
  const samples = at(z.toJSONSchema(settingsSchema, { io: 'input' }) as JsonSchema, '', []);
  const unused = [...Object.keys(names), ...Object.keys(values)].filter((key) => !used.has(key));
  assert.equal(unused, [], 'settings-samples.ts has what the schema has not');
  return samples;
}
