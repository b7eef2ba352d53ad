import { z } from 'zod';
import { parseImageReference } from '../../core/image-reference.ts';
import { digest } from '../fields.ts';
import { fileOrUrl } from '../place.ts';

/** The distributions that base images can stand on: Amazon Linux 2 and Amazon Linux 2023. */
export const distributionNames = ['al2', 'al2023'] as const;
export const distributionName = z.enum(distributionNames, { error: 'expected al2 or al2023' });
export type DistributionName = z.infer<typeof distributionName>;

/** Processors as rpm names them, by platform. */
export const architectures = { 'linux/amd64': 'x86_64', 'linux/arm64': 'aarch64' } as const;
export const architecture = z.enum(Object.values(architectures), { error: 'expected x86_64 or aarch64' });
export type Architecture = z.infer<typeof architecture>;

const httpUrl = z.string().regex(/^https?:\/\/[^\s/]+\/\S*$/i, 'expected an http or https URL');

/** A repository of packages. In its URLs `{arch}` is rpm's name of the processor, `{releasever}` the distribution's snapshot. */
const repository = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected a short name'),
    mirrorList: httpUrl
      .optional()
      .meta({ description: 'A text whose first line is the folder of `repodata/`.' }),
    base: httpUrl.optional().meta({ description: 'That folder itself.' }),
  })
  .refine(({ mirrorList, base }) => (mirrorList === undefined) !== (base === undefined), {
    error: 'expected either a mirrorList or a base',
  });
export type RepositorySettings = z.infer<typeof repository>;

export const keyId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{8}$/, 'expected a key as rpm lists it, such as c87f5b1a-593863f8');

/** A key that signs packages. */
const signingKey = z.strictObject({
  id: keyId.meta({
    description:
      "As rpm's database names it after `gpg-pubkey-`: the last half of the key's id, and when it was made, both hexadecimal.",
  }),
  from: fileOrUrl.meta({ description: 'An armored public key.' }),
  sha256: digest.meta({ description: 'Of that file.' }),
});
export type SigningKey = z.infer<typeof signingKey>;

/** Where a distribution's packages come from; what is left out stays as it is by default. */
const distributionSettings = z.strictObject({
  repositories: z
    .array(repository)
    .min(1)
    .optional()
    .meta({
      description:
        "Where packages are: a `base`, or a `mirrorList`. `{arch}` is rpm's name of the processor, `{releasever}` the snapshot.",
      examples: [[{ name: 'core', mirrorList: 'https://packages.example.com/al2/{arch}/mirror.list' }]],
    }),
  releasever: z
    .string()
    .regex(/^[A-Za-z0-9._-]+$/, 'expected a release of the distribution, such as latest')
    .optional()
    .meta({
      description: 'Which snapshot is read where `{releasever}` stands in a URL.',
      examples: ['2023.12.20260803'],
    }),
  keys: z
    .array(signingKey)
    .min(1)
    .optional()
    .meta({
      description: 'Which keys sign packages; without them, those that the builder image came with.',
      examples: [
        [
          {
            id: 'c87f5b1a-593863f8',
            from: 'keys/RPM-GPG-KEY-amazon-linux-2',
            sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
          },
        ],
      ],
    }),
  builder: z
    .string()
    .refine((text) => !('why' in parseImageReference(text)), 'expected HOST/NAME:TAG')
    .optional()
    .meta({
      description:
        "The distribution's own image, whose rpm installs the packages: `HOST/NAME:TAG`, or with a digest.",
      examples: ['public.ecr.aws/amazonlinux/amazonlinux:2'],
    }),
  signatures: z
    .enum(['required', 'absent'])
    .optional()
    .meta({
      description:
        '`absent`: packages need not be signed, as in a repository of your own. Of the keys that definitions name, images then have those that `keys` has.',
      examples: ['required'],
    }),
});

/** The member `distributions` of the settings. */
export const distributionsSettings = z.partialRecord(distributionName, distributionSettings);
export type DistributionsSettings = z.infer<typeof distributionsSettings>;

/** A distribution with nothing left open. */
export interface Distribution {
  readonly repositories: readonly RepositorySettings[];
  /** The snapshot that is read; undefined where the repositories have none. */
  readonly releasever: string | undefined;
  /** Where there are none, those that the builder image came with (`/etc/pki/rpm-gpg`) count. */
  readonly keys: readonly SigningKey[];
  readonly builder: string;
  readonly signatures: 'required' | 'absent';
}

/** Amazon's own: https://docs.aws.amazon.com/linux/al2023/ug/repositories.html, and the repository files in both distributions. */
const defaults: Readonly<Record<DistributionName, Distribution>> = {
  al2: {
    repositories: [
      { name: 'core', mirrorList: 'https://cdn.amazonlinux.com/2/core/latest/{arch}/mirror.list' },
    ],
    releasever: undefined,
    keys: [],
    builder: 'public.ecr.aws/amazonlinux/amazonlinux:2',
    signatures: 'required',
  },
  al2023: {
    repositories: [
      {
        name: 'core',
        mirrorList: 'https://cdn.amazonlinux.com/al2023/core/mirrors/{releasever}/{arch}/mirror.list',
      },
    ],
    releasever: 'latest',
    keys: [],
    builder: 'public.ecr.aws/amazonlinux/amazonlinux:2023',
    signatures: 'required',
  },
};

/** Where a distribution's packages come from: what the settings say, else Amazon's own. */
export function distributionOf(
  name: DistributionName,
  settings: DistributionsSettings | undefined,
): Distribution {
  const { repositories, releasever, keys, builder, signatures } = settings?.[name] ?? {};
  return {
    repositories: repositories ?? defaults[name].repositories,
    releasever: releasever ?? defaults[name].releasever,
    keys: keys ?? defaults[name].keys,
    builder: builder ?? defaults[name].builder,
    signatures: signatures ?? defaults[name].signatures,
  };
}
