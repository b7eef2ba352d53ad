import { z } from 'zod';
import { partPlace, withoutUrlCredentials } from '../../core/credentials.ts';
import { distributionsSettings } from '../base/distribution.ts';
import { commit, digest, goVersion, numberFrom, platform } from '../fields.ts';
import { fileOrUrl, place } from '../place.ts';
import { checkPlaces } from './check-places.ts';
import { ecrSettings } from './ecr.ts';
import { buildersSettings, imageSettings, registriesSettings } from './images.ts';
import { kubernetesSettings } from './kubernetes.ts';
import { publishSettings } from './publish.ts';
import { releaseSettings } from './release.ts';
import { signSettings } from './sign.ts';
import { storeSettings } from './store.ts';
import { vulnerabilitiesSettings } from './vulnerabilities.ts';

/** What the query of a repository's URL holds of secrets would be in the argv of git. */
const hasNoToken = (text: string): boolean => {
  const { text: place } = partPlace(text);
  return withoutUrlCredentials(place) === place;
};
const noPlace =
  'holds a password where git has no place for one: http and https take one before the host, ssh asks its agent';
const repository = place('dotted-path').refine(hasNoToken, noPlace);
const pinnedFile = z.strictObject({
  from: fileOrUrl.meta({ description: 'A URL or a path.' }),
  sha256: digest,
});

/** Where a version of Go can be had from. What the module proxy has is taken from there. */
const toolchain = z.strictObject({
  downloads: z
    .record(platform, digest)
    .optional()
    .meta({
      description:
        'SHA-256 of `go<version>.<system>-<processor>.tar.gz` where the official archives are, by platform. An import that reaches the site pins them in the lock.',
      examples: [{ 'linux/amd64': '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' }],
    }),
  archive: pinnedFile.optional().meta({
    description: 'A URL or a path of a .tar.gz with a folder `go`.',
    examples: [
      {
        from: 'https://git.example.com/go1.18.7.tar.gz',
        sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      },
    ],
  }),
  goroot: place('path')
    .optional()
    .meta({
      description: 'A folder: a GOROOT, known by its content, wherever it is.',
      examples: ['../go1.18.7'],
    }),
  source: z
    .strictObject({
      from: place('path-or-url')
        .refine(hasNoToken, noPlace)
        .meta({ description: 'A folder, or the URL of a git repository.' }),
      commit: commit.optional().meta({ description: 'Of that repository.' }),
      bootstrap: goVersion.meta({ description: 'The older Go that compiles it, from the module proxy.' }),
    })
    .optional()
    .meta({
      description: "Go's own source, compiled by an older Go: a folder, or a git repository with a commit.",
      examples: [{ from: '../go-source', bootstrap: '1.17.13' }],
    }),
  rpms: z
    .array(pinnedFile)
    .min(1)
    .optional()
    .meta({
      description:
        "Amazon Linux 2's packages of that version, for what was built with them: URLs or paths; unpacked by bsdtar.",
      examples: [
        [
          {
            from: '../golang-src.rpm',
            sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
          },
        ],
      ],
    }),
});
export type ToolchainSettings = z.infer<typeof toolchain>;

const members = z.strictObject({
  cache: place('path')
    .optional()
    .meta({
      description:
        "The folder of the store, the clones and the build cache; also --cache, EKSD_REBUILD_CACHE. Default: eksd-rebuild in the user's cache folder.",
      examples: ['/var/cache/eksd-rebuild'],
    }),
  upstream: repository.optional().meta({
    description: 'The repository of EKS Distro itself.',
    examples: ['https://github.com/aws/eks-distro.git'],
  }),
  buildTooling: repository.optional().meta({
    description: "The repository of EKS Distro's builder images, whose history says which Go they had.",
    examples: ['https://github.com/aws/eks-distro-build-tooling.git'],
  }),
  sources: repository.optional().meta({
    description: "Where a component's source is: `{org}` and `{repo}` are replaced.",
    examples: ['https://github.com/{org}/{repo}.git'],
  }),
  mirrors: z
    .record(z.string().min(1), repository)
    .optional()
    .meta({
      description:
        'What is read instead of a repository URL or an image name, or of all that start with it; the longest that fits counts.',
      examples: [
        {
          'https://github.com/': 'https://git.example.com/mirror/',
          'public.ecr.aws/': 'mirror.example.com/ecr/',
        },
      ],
    }),
  toolchains: z
    .strictObject({
      downloads: z
        .string()
        .min(1)
        .optional()
        .meta({ description: 'Where the official archives are.', examples: ['https://go.dev/dl'] }),
      versions: z
        .record(goVersion, toolchain)
        .optional()
        .meta({ description: 'By version, without `go` in front.' }),
    })
    .optional()
    .meta({
      description:
        'For versions of Go that the module proxy does not have, tried after it: the official archive by its SHA-256 (`downloads`), then `goroot`, `archive`, `source`, `rpms`.',
    }),
  images: imageSettings.optional().meta({ description: 'How images are made.' }),
  builders: buildersSettings.optional().meta({
    description:
      'Daemons of BuildKit by platform: an address, a builder of docker buildx, or a list of those that share the work. Default: BUILDKIT_HOST, or the usual socket.',
    examples: [
      {
        'linux/amd64': 'unix:///run/buildkit/buildkitd.sock',
        'linux/arm64': [
          {
            address: 'tcp://arm.example.com:1234',
            tls: { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' },
            slots: '4',
          },
          { buildx: 'arm' },
        ],
      },
    ],
  }),
  registries: registriesSettings
    .optional()
    .meta({ description: 'What it takes to talk to a registry, by its host.' }),
  distributions: distributionsSettings.optional().meta({
    description:
      'Where the packages of base images come from, by distribution: what is left out is as Amazon has it.',
  }),
  ecr: ecrSettings.optional().meta({ description: 'Amazon ECR: how its repositories are made.' }),
  release: releaseSettings.optional().meta({ description: "Releases of one's own." }),
  publish: publishSettings.optional().meta({ description: 'Where sites of releases are published to.' }),
  sign: signSettings.optional().meta({ description: 'Whom signing of statements asks, beside the key.' }),
  store: storeSettings.optional().meta({ description: 'A store that several machines share.' }),
  vulnerabilities: vulnerabilitiesSettings
    .optional()
    .meta({ description: 'By what vulnerabilities are told.' }),
  kubernetes: kubernetesSettings
    .optional()
    .meta({ description: 'Where tasks are done that are not done on this machine.' }),
  limits: z
    .strictObject({
      network: numberFrom(1, 999, 'fetches at once')
        .optional()
        .meta({ description: 'Fetches at once, 1 to 999.', examples: ['4'] }),
      builds: numberFrom(1, 9999, 'builds at once')
        .optional()
        .meta({
          description:
            'Builds at once, 1 to 9999; each uses every core where it can. Default: a quarter of the cores, but two at least.',
          examples: ['2'],
        }),
      memory: numberFrom(64, 2 ** 24, 'MiB')
        .optional()
        .meta({
          description: "MiB for builds, 64 at least. Default: three quarters of the machine's.",
          examples: ['6144'],
        }),
      processes: numberFrom(64, 2 ** 22, 'processes')
        .optional()
        .meta({ description: 'Processes and threads of all tasks, 64 at least.', examples: ['8192'] }),
      minutes: numberFrom(1, 10_000, 'minutes')
        .optional()
        .meta({ description: 'Of one command, 1 to 10000.', examples: ['240'] }),
    })
    .optional()
    .meta({ description: 'How much may run.' }),
  sandbox: z
    .strictObject({
      use: z
        .enum(['required', 'where-possible', 'never'])
        .optional()
        .meta({
          description: 'Whether there has to be a sandbox. Default: where-possible.',
          examples: ['required'],
        }),
      credentials: z
        .array(place('path'))
        .optional()
        .meta({
          description:
            "What git and go may read of the user's where they fetch, besides what they are known to need.",
          examples: [['/home/me/.config/gh']],
        }),
    })
    .optional()
    .meta({ description: 'What tasks are kept from.' }),
});

/**
 * `eksd-rebuild.yaml` beside `releases/`, and the user's own `settings.yaml`: where things are and how much may run. This alone says
 * how two files are joined (`mergeSettings`: an object with a member that has to be given is one value) and which texts are paths
 * (`place`). A new key takes a sample in test/rig/settings-samples.ts.
 */
export const settingsSchema = members.superRefine(checkPlaces);
export type Settings = z.infer<typeof settingsSchema>;
