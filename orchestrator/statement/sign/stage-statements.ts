import { type Failure, isTransient } from '../../core/failure.ts';
import { parseJson } from '../../core/json-text.ts';
import { type Descriptor, isOciDigest, type OciDigest } from '../../core/oci.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import {
  type Referrer,
  type StagedReferrers,
  type Subject,
  stageReferrers,
} from '../../oci/push/stage-referrers.ts';
import { readBlob } from '../../oci/registry/blobs.ts';
import { listReferrers, type Referrers } from '../../oci/registry/lists.ts';
import { getManifest } from '../../oci/registry/manifests.ts';
import type { Registry } from '../../oci/registry/registry.ts';
import { payloadType, type Statement, statementText } from '../statement.ts';
import { bundleType, mostOfBundle } from './bundle-shape.ts';
import { isOwnBundle } from './own-bundle.ts';
import { signStatement } from './sign-statement.ts';
import type { Signer } from './signer.ts';

/** How a bundle's manifest says what is in it (sigstore/cosign, specs/BUNDLE_SPEC.md and pkg/oci/remote/write.go). */
const contentOf = 'dev.sigstore.bundle.content';
const typeOf = 'dev.sigstore.bundle.predicateType';

/** Bundles of one type that are looked into for an own one. */
const mostEarlier = 20;

/**
 * Brings statements to an image's registry, to be attached once the image is there, signed where somebody signs: as cosign does, but without the time of it, so that what repeats has the
 * same bytes. What the same key signed of it before, as now, is taken as it is: signatures by ECDSA differ each time, and there would be
 * one more with each push. Errors: `network`, `usage`, `digest-mismatch`; those of `signStatement`. @param subject its manifest or index.
 */
export async function stageStatements(
  registry: Registry,
  repository: string,
  subject: Subject,
  statements: readonly Statement[],
  signer: Signer | undefined,
  host: Pick<Host, 'signal' | 'credentials'>,
): Promise<Result<StagedReferrers, Failure>> {
  const before = await listReferrers(registry, repository, subject.digest);
  if (!before.ok) return before;
  const referrers: Referrer[] = [];
  for (const statement of statements) {
    const { predicateType } = statement;
    const text = statementText(statement);
    if (signer === undefined) {
      referrers.push(unsigned(predicateType, text));
      continue;
    }
    const earlier = await findOwn(registry, repository, before.value, predicateType, text, signer);
    if (!earlier.ok) return earlier;
    const bundle = earlier.value === undefined ? await signStatement(signer, text, host) : ok(earlier.value);
    if (!bundle.ok) return bundle;
    referrers.push(signed(predicateType, bundle.value));
  }
  return stageReferrers(registry, repository, subject, referrers, before.value);
}

function unsigned(predicateType: string, text: string): Referrer {
  return {
    artifactType: payloadType,
    blob: { mediaType: payloadType, bytes: Buffer.from(text) },
    annotations: { 'in-toto.io/predicate-type': predicateType },
  };
}

function signed(predicateType: string, bundle: string): Referrer {
  return {
    artifactType: bundleType,
    blob: { mediaType: bundleType, bytes: Buffer.from(bundle) },
    annotations: { [contentOf]: 'dsse-envelope', [typeOf]: predicateType },
  };
}

/** What this key signed of it before, as it would now (`isOwnBundle`); undefined where there is none. */
async function findOwn(
  registry: Registry,
  repository: string,
  { manifests }: Referrers,
  predicateType: string,
  text: string,
  signer: Signer,
): Promise<Result<string | undefined, Failure>> {
  // It is not known again: nothing has to be read for that.
  if (signer.publicKey === undefined) return ok(undefined);
  const candidates = manifests.filter(
    ({ artifactType, annotations }) => artifactType === bundleType && annotations?.[typeOf] === predicateType,
  );
  for (const { digest } of candidates.slice(0, mostEarlier)) {
    const bundle = await readBundle(registry, repository, digest);
    if (!bundle.ok) return bundle;
    if (bundle.value === undefined) continue;
    if (await isOwnBundle(bundle.value, text, signer)) return bundle;
  }
  return ok(undefined);
}

/** The blob of a bundle's manifest; undefined where it is none. Anybody who may push put it there. */
async function readBundle(
  registry: Registry,
  repository: string,
  digest: OciDigest,
): Promise<Result<string | undefined, Failure>> {
  const manifest = await getManifest(registry, repository, digest);
  if (!manifest.ok || manifest.value === undefined) return manifest.ok ? ok(undefined) : manifest;
  const { layers }: { readonly layers?: unknown } = parseJson(manifest.value.bytes.toString('utf8')) ?? {};
  const [layer] = Array.isArray(layers) ? (layers as readonly (Partial<Descriptor> | null)[]) : [];
  const { digest: blob = '', size = 0 } = layer ?? {};
  if (typeof blob !== 'string' || !isOciDigest(blob) || !(size <= mostOfBundle)) return ok(undefined);
  const bytes = await readBlob(registry, repository, { digest: blob, size });
  if (bytes.ok) return ok(bytes.value.toString('utf8'));
  // What somebody broke, or took away, is none of ours.
  return isTransient(bytes.error) || bytes.error.reason === 'aborted' ? bytes : ok(undefined);
}
