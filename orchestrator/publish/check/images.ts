import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { parseImageReference } from '../../core/image-reference.ts';
import { isOciDigest } from '../../core/oci.ts';
import type { Result } from '../../core/result.ts';
import { getManifest, headManifest } from '../../oci/registry/manifests.ts';
import { mirroredImage } from '../../oci/registry/mirror.ts';
import type { Registry } from '../../oci/registry/registry.ts';
import type { ImageAsset } from '../manifest/release.ts';
import { type About, differs, type Finding, same, unsaid, unseen } from './finding.ts';

export interface AskingRegistries {
  open(host: string): Promise<Result<Registry, Failure>>;
  /** Where images are read instead: see the settings. */
  readonly mirrors: Readonly<Record<string, string>>;
}

/** Asks the registry of an image whether it has the digest that the manifest says, and whether the tag points at it. */
export async function checkImage(
  about: About,
  { image }: ImageAsset,
  { open, mirrors }: AskingRegistries,
): Promise<Finding> {
  const named = parseImageReference(image.uri);
  if ('why' in named) return unsaid(about, `The image's name ${named.why}: no registry can be asked.`);
  const from = mirroredImage(named, mirrors);
  if (!from.ok) return failed(about, from.error);
  const { host, repository, tag } = from.value;
  const registry = await open(host);
  if (!registry.ok) return failed(about, registry.error);
  const expected = image.imageDigest ?? named.digest;
  if (expected !== undefined && isOciDigest(expected)) {
    const there = await getManifest(registry.value, repository, expected);
    if (!there.ok && there.error.reason === 'digest-mismatch') {
      const { found } = there.error;
      return differs(about, failureHeadline(there.error), { expected, found: `sha256:${found}` });
    }
    if (!there.ok) return failed(about, there.error);
    if (there.value === undefined) {
      return differs(about, `${host}/${repository} has no image of the digest that the manifest says.`, {
        expected,
      });
    }
  }
  if (tag === undefined) {
    return expected === undefined
      ? unsaid(about, 'The manifest says neither tag nor digest.')
      : same(about, 'The registry has the digest.');
  }
  const pointed = await headManifest(registry.value, repository, tag);
  if (!pointed.ok) return failed(about, pointed.error);
  if (pointed.value === undefined) return differs(about, `There is no ${host}/${repository}:${tag}.`);
  const found = pointed.value;
  if (expected === undefined)
    return { ...unsaid(about, 'The manifest says no digest; its tag is there.'), found };
  if (found === expected) return same(about, 'The registry has the digest, and the tag points at it.');
  return differs(about, `The tag ${tag} points at another image than the manifest says.`, {
    expected,
    found,
  });
}

function failed(about: About, failure: Failure): Finding {
  return unseen(about, failure, failureHeadline(failure));
}
