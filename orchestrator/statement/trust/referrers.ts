import { decodeUtf8 } from '../../core/diagnostic.ts';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { readJson } from '../../core/json-text.ts';
import { countOf } from '../../core/numbers.ts';
import { type Descriptor, isOciDigest, type OciDigest } from '../../core/oci.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { readBlob } from '../../oci/registry/blobs.ts';
import { listReferrers } from '../../oci/registry/lists.ts';
import { getManifest } from '../../oci/registry/manifests.ts';
import type { Registry } from '../../oci/registry/registry.ts';
import { mostOfBundle } from '../sign/bundle-shape.ts';
import { payloadType } from '../statement.ts';
import { type Found, type LookUp, mostOfOne } from './found.ts';

/** Sigstore's bundles, of any version: `verifyBundle` says which of them it takes. */
const bundleType = /^application\/vnd\.dev\.sigstore\.bundle(\.v[0-9.]+)?\+json/;

/** What of a manifest says what the statement in it is: a bundle's (cosign's bundle specification), and one's that is not signed. */
const typeAnnotations = ['dev.sigstore.bundle.predicateType', 'in-toto.io/predicate-type'];

/** Looks among what refers to the digest in one repository: an image's, or a program's where its statements were put there. */
export function lookAmongReferrers(registry: Registry, repository: string): LookUp {
  return async (subject, types) => {
    const listed = await listReferrers(registry, repository, `sha256:${subject}`);
    if (!listed.ok) return listed;
    const candidates = listed.value.manifests.filter((each) => mayBeStatement(each, types));
    if (candidates.length > mostOfOne * types.length) return err(tooMany(registry.host, repository, subject));
    const found: Found[] = [];
    for (const { digest } of candidates) {
      const place = `${registry.host}/${repository}@${digest}`;
      const read = await readReferrer(registry, repository, digest, subject);
      if (read.ok) found.push({ place, ...read.value });
      else if (typeof read.error === 'string') found.push({ place, why: read.error });
      else return err(read.error);
    }
    return ok(found);
  };
}

/** What a registry lists is whatever anybody put there. One that hides what it is is not found, and then does not count. */
function mayBeStatement({ artifactType = '', annotations }: Descriptor, types: readonly string[]): boolean {
  if (typeof artifactType !== 'string') return false;
  if (artifactType !== payloadType && !bundleType.test(artifactType)) return false;
  const told = typeAnnotations.map((name) => annotations?.[name]).find((type) => type !== undefined);
  return told === undefined || types.includes(told);
}

type ReadReferrer = { readonly text: string; readonly isSigned: boolean };

/** Errors: a text: why it cannot be used, as the end of a sentence; a failure: the registry cannot be asked. */
async function readReferrer(
  registry: Registry,
  repository: string,
  digest: OciDigest,
  subject: Digest,
): Promise<Result<ReadReferrer, string | Failure>> {
  const document = await getManifest(registry, repository, digest);
  if (!document.ok) return err(ofRegistry(document.error));
  if (document.value === undefined) return err('is listed and not there');
  const read = readJson(document.value.bytes.toString('utf8'));
  if (!read.ok) return err(read.error);
  const manifest = read.value as {
    readonly layers?: unknown;
    readonly subject?: { readonly digest?: unknown } | null;
  };
  if (manifest.subject?.digest !== `sha256:${subject}`)
    return err('refers to something else than it is listed for');
  const layers = Array.isArray(manifest.layers)
    ? (manifest.layers as readonly (Partial<Descriptor> | null)[])
    : [];
  const [layer] = layers;
  if (layers.length !== 1 || typeof layer?.digest !== 'string' || !isOciDigest(layer.digest))
    return err('has not one layer');
  const { mediaType: type, size, digest: blob } = layer;
  if (typeof size !== 'number' || size > mostOfBundle)
    return err(`has more than ${countOf(mostOfBundle, 'byte')}, which none needs`);
  const bytes = await readBlob(registry, repository, { digest: blob, size });
  if (!bytes.ok) return err(ofRegistry(bytes.error));
  const text = decodeUtf8(bytes.value, '');
  if (!text.ok) return err(text.error.message);
  return ok({ text: text.value, isSigned: typeof type === 'string' && bundleType.test(type) });
}

/** What is wrong with one thing that a registry has does not keep the others from counting; what is wrong with the way there does. */
function ofRegistry(failure: Failure): string | Failure {
  const isOfContent = failure.reason === 'digest-mismatch' || failure.reason === 'usage';
  return isOfContent ? `cannot be read: ${failureHeadline(failure)}` : failure;
}

function tooMany(host: string, repository: string, subject: Digest): Failure {
  const what = `looking for statements about ${subject} in ${host}/${repository}`;
  return {
    reason: 'fetch-failed',
    what,
    detail: 'more refer to it than anybody needs',
    help: 'Name another place.',
  };
}
