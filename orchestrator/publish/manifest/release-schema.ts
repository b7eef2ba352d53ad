import { z } from 'zod';
import { channelName, commit, instant, tagName } from '../../config/fields.ts';
import { whyStrangeUri } from '../../config/site-uri.ts';
import { releaseNumber, resourceFields, text } from './resource.ts';
import { readImageUri } from './uri.ts';

/** Of a file, as upstream writes them. */
const sum = (bits: number) =>
  text(
    new RegExp(`^[0-9a-f]{${bits / 4}}$`),
    `expected a SHA-${bits}: ${bits / 4} lower-case hexadecimal characters`,
  );

const archive = z.strictObject({
  uri: z.string('expected a URI').superRefine((uri, context) => {
    const why = whyStrangeUri(uri);
    if (why !== undefined) context.addIssue({ code: 'custom', message: `the URI ${why}` });
  }),
  sha256: sum(256),
  sha512: sum(512),
});

const image = z.strictObject({
  uri: z.string('expected the name of an image').superRefine((uri, context) => {
    const read = readImageUri(uri);
    if ('why' in read) context.addIssue({ code: 'custom', message: `the image ${read.why}` });
  }),
  /** Not there before October 2021. */
  imageDigest: text(
    /^sha256:[0-9a-f]{64}$/,
    'expected a digest: "sha256:" and 64 lower-case hexadecimal characters',
  ).optional(),
});

const assetFields = z.looseObject({
  /** `bin/linux/amd64/kubectl`, `etcd-image`: a path at most. */
  name: text(
    /^(?=.{1,255}$)(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._+-]+(?:\/[A-Za-z0-9._+-]+)*$/,
    'expected an asset, such as kubernetes-src.tar.gz',
  ),
  type: z.enum(['Archive', 'Image'], 'expected Archive or Image'),
  description: z.string().optional(),
  os: z.enum(['linux', 'darwin', 'windows'], 'expected linux, darwin or windows').optional(),
  arch: z
    .array(text(/^[a-z0-9_]+$/, 'expected a processor, such as arm64'), 'expected a list of processors')
    .min(1, 'expected a processor')
    .optional(),
  archive: archive.optional(),
  image: image.optional(),
});

/** What an asset is says which of the two it has. */
const asset = assetFields.superRefine((given, context) => {
  const [wanted, other] =
    given.type === 'Archive' ? (['archive', 'image'] as const) : (['image', 'archive'] as const);
  const complain = (name: string, message: string) =>
    context.addIssue({ code: 'custom', message, path: [name] });
  if (given[wanted] === undefined) complain(wanted, `missing: an asset of type ${given.type} has one`);
  if (given[other] !== undefined) complain(other, `an asset of type ${given.type} has none`);
});

const componentFields = z.looseObject({
  name: text(/^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'expected a component, such as cni-plugins'),
  gitTag: tagName.optional(),
  gitCommit: commit.optional(),
  assets: z.array(asset, 'expected a list of assets').min(1, 'a component without an asset'),
});

const specFields = z.looseObject({
  channel: channelName,
  number: releaseNumber,
  buildRepoCommit: commit.optional(),
});

const statusFields = z.looseObject({
  date: instant,
  components: z
    .array(componentFields, 'expected a list of components')
    .min(1, 'a release without a component'),
});

/**
 * A `Release` as it is written. Upstream's own schema requires nothing; what its types mean to be there is
 * required here, but for what its manifests went without: `buildRepoCommit`, and a commit of most components.
 * What is unknown is an error beside the hashes, where a slip would take a check away, and elsewhere a note (`release.ts`).
 */
export const releaseSchema = z.looseObject({
  ...resourceFields('Release', z.string('expected a name')),
  spec: specFields,
  status: statusFields,
});
export type WrittenRelease = z.infer<typeof releaseSchema>;
export type WrittenAsset = z.infer<typeof asset>;

/** The objects in which what is unknown is a note. */
export const releaseParts = {
  root: releaseSchema,
  spec: specFields,
  status: statusFields,
  component: componentFields,
  asset: assetFields,
} as const;
