import { crdPaths } from '../layout.ts';
import { group, resourceText } from './resource.ts';

/**
 * The two kinds of resource as an API server is told of them. Stricter than upstream's own, which requires nothing: what every published
 * manifest has is required, hashes have their shape, and nothing is there twice. Patterns are those of the readers beside this file,
 * as far as RE2 can say them.
 */
type Schema = Readonly<Record<string, unknown>>;

const text = (pattern?: string, description?: string): Schema => ({
  type: 'string',
  ...(pattern === undefined ? { minLength: 1 } : { pattern }),
  ...(description === undefined ? {} : { description }),
});

const object = (description: string, properties: Schema, required: readonly string[]): Schema => ({
  ...{ type: 'object', description, properties },
  ...(required.length === 0 ? {} : { required }),
});

/** A list in which a name stands once. */
const named = (description: string, items: Schema): Schema => ({
  ...{ type: 'array', description, minItems: 1, items },
  ...{ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
});

const number = (description: string): Schema => ({ type: 'integer', minimum: 1, description });

const channel = '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$';
const commit = '^[0-9a-f]{40}$';

const archive = object(
  'A file of the release',
  {
    uri: text('^https?://[^/?#@\\s]+/[^?#%\\s]+$', 'Where it is'),
    sha256: text('^[0-9a-f]{64}$', 'SHA-256 of its bytes, in hexadecimal'),
    sha512: text('^[0-9a-f]{128}$', 'SHA-512 of its bytes, in hexadecimal'),
  },
  ['uri', 'sha256', 'sha512'],
);

const image = object(
  'A container image of the release',
  {
    // Some of 2021 have no registry in front.
    uri: text('^[^\\s@]*/[^\\s@]+(:[A-Za-z0-9_][A-Za-z0-9._-]*)?(@sha256:[0-9a-f]{64})?$', 'Its name'),
    imageDigest: text('^sha256:[0-9a-f]{64}$', 'What the name stands for: an index, or one manifest'),
  },
  ['uri'],
);

const only = (type: string, field: string): Schema => ({
  properties: { type: { enum: [type] } },
  required: [field],
});

const asset: Schema = {
  ...object(
    'A file, or an image, of a component',
    {
      name: text(undefined, 'Its name, which no other asset of the component has'),
      type: { type: 'string', enum: ['Archive', 'Image'], description: 'Which of the two it is' },
      description: { type: 'string', description: 'What it is, in words' },
      os: { type: 'string', enum: ['linux', 'darwin', 'windows'], description: 'The system that it runs on' },
      arch: {
        type: 'array',
        items: text('^[a-z0-9_]+$'),
        minItems: 1,
        description: 'The processors that it runs on',
        'x-kubernetes-list-type': 'set',
      },
      archive,
      image,
    },
    ['name', 'type'],
  ),
  oneOf: [only('Archive', 'archive'), only('Image', 'image')],
};

const component = object(
  'A component, at one version',
  {
    name: text('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$', 'Its name'),
    gitTag: text(undefined, "The tag of the component's source"),
    gitCommit: text(
      commit,
      "The commit that was built: patches that are the release's are in it or come on top, by its era",
    ),
    assets: named('What was built of it', asset),
  },
  ['name', 'assets'],
);

interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly jsonPath: string;
  readonly description: string;
}

interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  /** What `kubectl get` shows beside the name: as upstream's. */
  readonly columns: readonly Column[];
  readonly spec: Schema;
  readonly status: Schema;
  readonly required: readonly string[];
}

const release: Kind = {
  kind: 'Release',
  plural: 'releases',
  shortNames: ['rel'],
  columns: [
    {
      ...{ name: 'Release Channel', type: 'string', jsonPath: '.spec.channel' },
      description: 'The channel that it was released to',
    },
    {
      ...{ name: 'Release', type: 'integer', jsonPath: '.spec.number' },
      description: 'Its number in the channel',
    },
    {
      ...{ name: 'Release Date', type: 'string', format: 'date-time', jsonPath: '.status.date' },
      description: 'When it was released',
    },
  ],
  spec: object(
    'Which release this is',
    {
      channel: text(channel, 'The channel, such as 1-30'),
      number: number('Its number in the channel'),
      buildRepoCommit: text(commit, 'The commit of the repository that it was built from'),
    },
    ['channel', 'number'],
  ),
  status: object(
    'What it is made of',
    {
      date: { type: 'string', format: 'date-time', description: 'When it was released' },
      components: named('Its components', component),
    },
    ['date', 'components'],
  ),
  required: ['spec', 'status'],
};

const releaseChannel: Kind = {
  kind: 'ReleaseChannel',
  plural: 'releasechannels',
  columns: [
    {
      ...{ name: 'TopicARN', type: 'string', jsonPath: '.spec.snsTopicARN' },
      description: 'The topic that new releases are told to',
    },
    {
      name: 'Active',
      type: 'boolean',
      jsonPath: '.status.active',
      description: 'Whether there will be more',
    },
    {
      ...{ name: 'Latest Release', type: 'integer', format: 'int32', jsonPath: '.status.latestRelease' },
      description: 'The number of the latest release',
    },
  ],
  spec: object(
    'Who tells of this channel',
    {
      snsTopicARN: text(
        '^arn:[^:\\s]+:sns:[^:\\s]+:[0-9]{12}:[^:\\s]+$',
        'The topic that new releases are told to',
      ),
    },
    [],
  ),
  status: object(
    'How far it is',
    {
      active: { type: 'boolean', description: 'Whether there will be more releases' },
      latestRelease: { ...number('The number of the latest release'), format: 'int32' },
    },
    ['active', 'latestRelease'],
  ),
  required: ['status'],
};

/** Of neither, the status is a subresource: who applies a manifest sets it, too. */
function definitionOf({ kind, plural, shortNames, columns, spec, status, required }: Kind): object {
  const version = {
    ...{ name: 'v1alpha1', served: true, storage: true, additionalPrinterColumns: columns },
    schema: {
      openAPIV3Schema: {
        type: 'object',
        description: `${kind} of EKS Distro`,
        properties: {
          apiVersion: { type: 'string' },
          kind: { type: 'string' },
          metadata: { type: 'object' },
          spec,
          status,
        },
        required,
      },
    },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: {
        ...{ kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
        ...(shortNames === undefined ? {} : { shortNames }),
      },
      scope: 'Namespaced',
      versions: [version],
    },
  };
}

/** The definitions of both kinds, by their paths on a site. */
export const crdTexts: ReadonlyMap<string, string> = new Map([
  [crdPaths.releases, resourceText(definitionOf(release))],
  [crdPaths.releasechannels, resourceText(definitionOf(releaseChannel))],
]);
