import type { Lock, LockedBaseImage } from '../../config/lock/lock.ts';
import type { Failure } from '../../core/failure.ts';
import { type ImageReference, parseImageReference } from '../../core/image-reference.ts';
import type { OciDigest } from '../../core/oci.ts';
import type { Result } from '../../core/result.ts';
import type { BaseChoice } from '../../plan/images.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** What a tag points at in its registry. Errors: those of `oci/registry/pull.ts`. */
export type ResolveTag = (reference: ImageReference) => Promise<Result<OciDigest, Failure>>;

/** The base images that Linux images of a release stand on: Windows has one of its own, under the same file names. */
function linuxBases({ baseImages }: Lock): readonly LockedBaseImage[] {
  return baseImages.filter(({ name }) => name !== 'eks-distro-windows-base');
}

/**
 * What stands for each published base image of a release: the user's own of the settings, or the published one by the
 * digest in the lock, or by what its tag points at now where the lock has none.
 * @param names of those that are wanted. @param resolve absent: nothing is asked, and what the lock lacks is unavailable.
 */
export async function pulledBases(
  lock: Lock,
  workspace: Workspace,
  names: readonly string[],
  resolve: ResolveTag | undefined,
): Promise<ReadonlyMap<string, BaseChoice>> {
  const { bases = {}, published } = workspace.images;
  const choices = new Map<string, BaseChoice>();
  for (const base of linuxBases(lock)) {
    if (bases[base.name] === undefined && names.includes(base.name))
      choices.set(base.name, await publishedBase(base, published, resolve));
  }
  // The settings may name one that this release has no tag file of.
  for (const [name, text] of Object.entries(bases)) {
    const { digest, ...reference } = readReference(text);
    if (digest === undefined) throw new Error(`${text} has no digest: the settings were not checked`);
    choices.set(name, { kind: 'pulled', reference: { ...reference, digest }, from: 'settings' });
  }
  return choices;
}

async function publishedBase(
  { name, tag, digest }: LockedBaseImage,
  published: string,
  resolve: ResolveTag | undefined,
): Promise<BaseChoice> {
  const reference = publishedReference({ name, tag }, published);
  const found = digest === undefined ? await resolve?.(reference) : { ok: true as const, value: digest };
  if (found?.ok === true) {
    return { kind: 'pulled', reference: { ...reference, digest: found.value }, from: 'published' };
  }
  const remedy = `import the release again where the registry is in reach, or name an image of your own by digest (images.bases.${name} of the settings), or build one (images.base: al2)`;
  if (found !== undefined) return { kind: 'unavailable', failure: withRemedy(found.error, name, remedy) };
  const unavailable: Failure = {
    reason: 'source-unavailable',
    repository: `${published}/${name}`,
    wanted: `tag ${tag}`,
    detail: `the lock has no digest of it, and nothing was asked; ${remedy}`,
  };
  return { kind: 'unavailable', failure: unavailable };
}

/** What a registry answered names what it was asked for: a mirror's repository, say. What is to be done is said of the base image. */
function withRemedy(failure: Failure, name: string, remedy: string): Failure {
  switch (failure.reason) {
    case 'network':
    case 'rate-limited':
    case 'fetch-failed':
      return { ...failure, detail: `${failure.detail}; the lock has no digest of ${name}: ${remedy}` };
    case 'usage':
      return { ...failure, help: `${failure.help} Or ${remedy}.` };
    default:
      return failure;
  }
}

/** Where a published base image is. @param published the repository that they are in. */
export function publishedReference(
  { name, tag }: Pick<LockedBaseImage, 'name' | 'tag'>,
  published: string,
): ImageReference {
  return readReference(`${published}/${name}:${tag}`);
}

/** @throws Error where the text is no reference: settings and lock were checked. */
function readReference(text: string): ImageReference {
  const parsed = parseImageReference(text);
  if ('why' in parsed) throw new Error(`${text} ${parsed.why}`);
  return parsed;
}
