import { baseTagOf } from '../../config/base/base-tags.ts';
import { type Architecture, architectures, type DistributionName } from '../../config/base/distribution.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { platformParts } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Pin } from './resolve.ts';

/** The history of the repository of EKS Distro's builder images. */
export interface PublishedHistory {
  /** Commits whose change to one of some files adds or takes away a text, the oldest first. */
  commitsThatSet(text: string, files: readonly string[]): Promise<Result<readonly string[], Failure>>;
  /** A file's text at a commit; undefined where there is none. */
  read(commit: string, path: string): Promise<Result<string | undefined, Failure>>;
}

/** What a published base image consists of, as the bot listed it. */
export interface PublishedList {
  readonly tag: string;
  /** The first commit that gives the image this tag. */
  readonly commit: string;
  /** Versions by name. */
  readonly packages: ReadonlyMap<Architecture, ReadonlyMap<string, Pin>>;
  /** Keys in rpm's database, as it names them after `gpg-pubkey-`. */
  readonly keys: readonly string[];
}

/** The folder of a distribution's lists. */
const listFolders: Readonly<Record<DistributionName, string>> = { al2: '2', al2023: '2023' };

/** From 2022-02-10 on the tags of all images are in this file; before, each had one of its own. */
const tagFile = 'EKS_DISTRO_TAG_FILE.yaml';

/**
 * The packages of a published image, out of the lists that were committed together with its tag.
 * @param names the image's, then those it stands on, the nearest first: an image that adds nothing has no list of its own.
 * Errors: `unknown-name` for a tag that the image never had, `usage` for an image without lists; those of git.
 */
export async function findPublishedList(
  tag: string,
  names: readonly [string, ...string[]],
  distribution: DistributionName,
  history: PublishedHistory,
): Promise<Result<PublishedList, Failure>> {
  const commit = await findCommit(tag, names[0], distribution, history);
  if (!commit.ok) return commit;
  const packages = new Map<Architecture, ReadonlyMap<string, Pin>>();
  const keys = new Set<string>();
  for (const [platform, arch] of Object.entries(architectures)) {
    const folder = `linux_${platformParts(platform as keyof typeof architectures).arch}`;
    const text = await readList(commit.value, folder, names, distribution, history);
    if (!text.ok) return text;
    if (text.value === undefined) return err(noList(names[0], tag));
    const list = parseList(text.value);
    packages.set(arch, list.packages);
    for (const key of list.keys) keys.add(key);
  }
  return ok({ tag, commit: commit.value, packages, keys: [...keys].sort(byCodeUnit) });
}

async function findCommit(
  tag: string,
  name: string,
  distribution: DistributionName,
  history: PublishedHistory,
): Promise<Result<string, Failure>> {
  const ownFile = `${name.toUpperCase().replaceAll('-', '_')}_TAG_FILE`;
  const commits = await history.commitsThatSet(tag, [tagFile, ownFile]);
  if (!commits.ok) return commits;
  for (const commit of commits.value) {
    const together = await history.read(commit, tagFile);
    if (!together.ok) return together;
    const isApart = together.value === undefined && distribution === 'al2';
    const own = isApart ? await history.read(commit, ownFile) : ok(undefined);
    if (!own.ok) return own;
    const found =
      together.value === undefined ? own.value?.trim() : baseTagOf(together.value, distribution, name);
    if (found === tag) return ok(commit);
  }
  return err({
    reason: 'usage',
    message: `${name} never had the tag ${tag} on ${distribution}, as far as the builder images' repository says.`,
    help: 'A tag looks like 2024-04-01-1711929684.2; the lock of a release names those of its base images.',
  });
}

async function readList(
  commit: string,
  platform: string,
  names: readonly string[],
  distribution: DistributionName,
  history: PublishedHistory,
): Promise<Result<string | undefined, Failure>> {
  for (const name of names) {
    const variant = variantOf(name);
    if (variant === undefined) return ok(undefined);
    // Before 2022-02-12 there was one distribution, and no folder for it.
    for (const folder of [`${listFolders[distribution]}/`, ...(distribution === 'al2' ? [''] : [])]) {
      const path = `eks-distro-base-minimal-packages/${folder}${platform}/${variant}`;
      const text = await history.read(commit, path);
      if (!text.ok || text.value !== undefined) return text;
    }
  }
  return ok(undefined);
}

/** What a list is called: `base`, `glibc`; the standard image has none. */
function variantOf(name: string): string | undefined {
  const match = /^eks-distro-minimal-base(?:-(.+))?$/.exec(name);
  return match === null ? undefined : (match[1] ?? 'base');
}

/** Lines such as `glibc-2.26-64.amzn2.0.1.x86_64` and `gpg-pubkey-c87f5b1a-593863f8`. */
function parseList(
  text: string,
): Pick<PublishedList, 'keys'> & { readonly packages: ReadonlyMap<string, Pin> } {
  const packages = new Map<string, Pin>();
  const keys: string[] = [];
  for (const line of text.split('\n')) {
    const key = /^gpg-pubkey-([0-9a-f]{8}-[0-9a-f]{8})(\.\(none\))?\s*$/.exec(line)?.[1];
    if (key !== undefined) keys.push(key);
    const [, name, version = '', release = ''] = /^(\S+)-([^-\s]+)-([^-\s]+)\.[^.\s]+\s*$/.exec(line) ?? [];
    if (name !== undefined && key === undefined) packages.set(name, { version, release });
  }
  return { packages, keys };
}

function noList(name: string, tag: string): Failure {
  return {
    reason: 'usage',
    message: `What ${name} consisted of at ${tag} is not recorded anywhere.`,
    help: 'Lists exist from 2021-08-19 on, and for the minimal images only. Refresh it without --as-of.',
  };
}
