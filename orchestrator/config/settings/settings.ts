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
const pinnedFile = z.strictObject({ from: fileOrUrl, sha256: digest });

/** Where a version of Go can be had from. What the module proxy has is taken from there. */
const toolchain = z.strictObject({
  /** SHA-256 of `go<version>.<system>-<processor>.tar.gz` where `downloads` is, by platform. */
  downloads: z.record(platform, digest).optional(),
  /** A `.tar.gz` of the user's, with a folder `go`: a URL or a path. */
  archive: pinnedFile.optional(),
  /** A folder: a GOROOT. */
  goroot: place('path').optional(),
  /** Go's own source: a folder, or a git repository with a commit. */
  source: z
    .strictObject({
      from: place('path-or-url').refine(hasNoToken, noPlace),
      commit: commit.optional(),
      /** The older Go that compiles it, from the module proxy. */
      bootstrap: goVersion,
    })
    .optional(),
  /** Amazon Linux 2's packages of that version: URLs or paths. */
  rpms: z.array(pinnedFile).min(1).optional(),
});
export type ToolchainSettings = z.infer<typeof toolchain>;

const members = z.strictObject({
  /** The folder of the store, the git clones and the build cache. */
  cache: place('path').optional(),
  /** The repository of EKS Distro itself. */
  upstream: repository.optional(),
  /** The repository of EKS Distro's builder images, whose history says which Go they had. */
  buildTooling: repository.optional(),
  /** Where a component's source is: `{org}` and `{repo}` are replaced. */
  sources: repository.optional(),
  /**
   * Repository URLs and image names (`public.ecr.aws/`), or what they start with, and what to read instead; the longest
   * that fits counts.
   */
  mirrors: z.record(z.string().min(1), repository).optional(),
  toolchains: z
    .strictObject({
      /** Where the official archives are. Default: https://go.dev/dl */
      downloads: z.string().min(1).optional(),
      /** By version, without `go` in front. */
      versions: z.record(goVersion, toolchain).optional(),
    })
    .optional(),
  images: imageSettings.optional(),
  /** Which daemons build images, by platform. */
  builders: buildersSettings.optional(),
  registries: registriesSettings.optional(),
  /** Where the packages of base images come from. */
  distributions: distributionsSettings.optional(),
  /** Amazon ECR: how its repositories are made. */
  ecr: ecrSettings.optional(),
  /** Releases of one's own. */
  release: releaseSettings.optional(),
  /** Where sites of releases are published to. */
  publish: publishSettings.optional(),
  /** Whom signing of statements asks, beside the key. */
  sign: signSettings.optional(),
  /** A store that several machines share. */
  store: storeSettings.optional(),
  /** By what vulnerabilities are told. */
  vulnerabilities: vulnerabilitiesSettings.optional(),
  /** Where tasks are done that are not done on this machine. */
  kubernetes: kubernetesSettings.optional(),
  limits: z
    .strictObject({
      /** Fetches at once. */
      network: numberFrom(1, 999, 'fetches at once').optional(),
      /** Builds at once; each uses every core where it can. */
      builds: numberFrom(1, 9999, 'builds at once').optional(),
      /** Memory for builds in MiB. */
      memory: numberFrom(64, 2 ** 24, 'MiB').optional(),
      /** Processes and threads of all tasks. */
      processes: numberFrom(64, 2 ** 22, 'processes').optional(),
      /** From a command's start to its end. */
      minutes: numberFrom(1, 10_000, 'minutes').optional(),
    })
    .optional(),
  /** What tasks are kept from. */
  sandbox: z
    .strictObject({
      /** Where the machine allows it is the default. */
      use: z.enum(['required', 'where-possible', 'never']).optional(),
      /** Files and folders of the user's that git and go may read where they fetch, besides those that they are known to need. */
      credentials: z.array(place('path')).optional(),
    })
    .optional(),
});

/**
 * `eksd-rebuild.yaml` beside `releases/`, and the user's own `settings.yaml`: where things are and how much may run. This alone says
 * how two files are joined (`mergeSettings`: an object with a member that has to be given is one value) and which texts are paths
 * (`place`). A new key takes a sample in test/rig/settings-samples.ts.
 */
export const settingsSchema = members.superRefine(checkPlaces);
export type Settings = z.infer<typeof settingsSchema>;
