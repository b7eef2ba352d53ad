import type { Failure } from '../../core/failure.ts';
import type { OciDigest } from '../../core/oci.ts';
import { ok, type Result } from '../../core/result.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import { hasBlob } from '../registry/blobs.ts';
import { headManifest } from '../registry/manifests.ts';
import type { Registry } from '../registry/registry.ts';
import { type ImageToPush, keyOf, type RegistryState } from './plan.ts';

/** Questions at once. */
const questionsAtOnce = 8;

/**
 * Asks a registry what it has of images: every blob and manifest by digest in its repository, and every tag. A repository
 * that is not there has nothing. Errors: `network`, `usage`.
 */
export async function readRegistryState(
  registry: Registry,
  images: readonly ImageToPush[],
): Promise<Result<RegistryState, Failure>> {
  const present = new Set<string>();
  const tags = new Map<string, OciDigest>();
  const questions = new Map<string, () => Promise<Result<unknown, Failure>>>();
  for (const { repository, tree, tags: wanted } of images) {
    for (const { digest } of tree.blobs) {
      const key = keyOf(repository, digest);
      questions.set(key, async () => {
        const has = await hasBlob(registry, repository, digest);
        if (has.ok && has.value) present.add(key);
        return has;
      });
    }
    for (const { digest } of tree.documents) {
      const key = keyOf(repository, digest);
      questions.set(key, async () => {
        const has = await headManifest(registry, repository, digest);
        if (has.ok && has.value !== undefined) present.add(key);
        return has;
      });
    }
    for (const tag of wanted) {
      const key = `${repository}:${tag}`;
      questions.set(key, async () => {
        const there = await headManifest(registry, repository, tag);
        if (there.ok && there.value !== undefined) tags.set(key, there.value);
        return there;
      });
    }
  }
  const asked = await inParallel([...questions.values()], questionsAtOnce, (ask) => ask());
  return asked.ok ? ok({ present, tags }) : asked;
}
