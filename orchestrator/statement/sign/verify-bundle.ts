import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { type SignedEntity, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { decodeJson } from '../../config/json.ts';
import { decodeUtf8 } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { visible } from '../../core/visible.ts';
import { readStatement, type Statement } from '../statement.ts';
import { bundleSchema, mostOfBundle } from './bundle-shape.ts';
import { whyWeak } from './certificate.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';
import { noRoot, readTrustedRoot } from './trusted-root.ts';

/** What is trusted, and nothing else is. */
export interface TrustedKeys {
  readonly keys: readonly { readonly name: string /** SPKI. */; readonly pem: string }[];
  /** Of certificates: the whole subject alternative name, or a pattern for the whole of it; the whole issuer of the token. */
  readonly identities: readonly {
    readonly name: string;
    readonly identity: string | RegExp;
    readonly issuer: string;
  }[];
  /** The text of Sigstore's `trusted_root.json`: without it, no certificate, no timestamp and no log is trusted. */
  readonly root?: string;
}

/** A statement whose signature was checked. */
export interface VerifiedStatement {
  readonly statement: Statement;
  readonly by: /** SHA-256 of the SPKI. */
  { readonly key: string } | { readonly identity: string; readonly issuer: string };
  /** When it was signed, by whom the root names: the first of several; undefined where nobody who is trusted says so. */
  readonly time?: Date;
}

/**
 * Reads a statement out of a Sigstore bundle, and checks that somebody who is trusted signed it: by a key, or by a certificate of the
 * root's authorities that was valid when, as a trusted log or authority says, it was signed. Whatever in a bundle cannot be checked
 * refuses all of it, but what concerns logs and timestamps of what a trusted key signed where there is no root.
 * Errors: `configuration`, always: why it counts for nothing. @param place where the text is from, as complaints give it.
 */
export async function verifyBundle(
  text: string,
  place: string,
  trusted: TrustedKeys,
): Promise<Result<VerifiedStatement, Failure>> {
  const read = decodeJson(text, place, bundleSchema, mostOfBundle);
  if (!read.ok) return read;
  const signed = checked(place, () => {
    const bundle = bundleFromJSON(read.value);
    return bundle.verificationMaterial.content.$case === 'publicKey'
      ? signedByKey(bundle, trusted)
      : signedByIdentity(bundle, trusted);
  });
  if (!signed.ok) return signed;
  // Only now: what nobody who is trusted signed is not worth reading.
  const shown = `${place} (its statement)`;
  const payload = decodeUtf8(Buffer.from(read.value.dsseEnvelope.payload, 'base64'), shown);
  if (!payload.ok) return err({ reason: 'configuration', diagnostics: [payload.error] });
  const statement = readStatement(payload.value, shown);
  return statement.ok ? ok({ statement: statement.value, ...signed.value }) : statement;
}

type Signed = Omit<VerifiedStatement, 'statement'>;

/** What the libraries throw, and be it over a certificate that is none, refuses the bundle. */
function checked(place: string, check: () => Result<Signed, string>): Result<Signed, Failure> {
  let why: string;
  try {
    const result = check();
    if (result.ok) return result;
    why = result.error;
  } catch (error) {
    why = `cannot be checked: ${error instanceof Error ? error.message : String(error)}`;
  }
  const message = visible(why);
  return err({
    reason: 'configuration',
    diagnostics: [{ severity: 'error', message, location: { file: place } }],
  });
}

function signedByKey(bundle: Bundle, { keys, root }: TrustedKeys): Result<Signed, string> {
  const known: PublicKey[] = [];
  for (const { name, pem } of keys) {
    const key = readPublicKey(pem);
    if (!key.ok) return err(`the trusted key ${name} ${key.error}`);
    known.push(key.value);
  }
  const around = root === undefined ? ok(noRoot) : readTrustedRoot(root);
  if (!around.ok) return around;
  // Without a root nobody knows whose the log and the clock are: they say nothing, for or against.
  const entity = toSignedEntity(root === undefined ? withoutWitnesses(bundle) : bundle);
  const own = known.find(({ key }) => entity.signature.verifySignature(key));
  if (own === undefined) return err('its signature is of none of the keys that are trusted');
  const trust = toTrustMaterial(around.value, () => ({ publicKey: own.key, validFor: () => true }));
  new Verifier(trust, { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 }).verify(entity);
  return ok({ by: { key: own.sha256 }, ...timeOf(entity) });
}

function withoutWitnesses(bundle: Bundle): Bundle {
  const verificationMaterial = {
    ...bundle.verificationMaterial,
    tlogEntries: [],
    timestampVerificationData: undefined,
  };
  return { ...bundle, verificationMaterial } as Bundle;
}

function signedByIdentity(bundle: Bundle, { identities, root }: TrustedKeys): Result<Signed, string> {
  if (identities.length === 0) return err('it is signed by a certificate, and no identity is trusted');
  if (root === undefined)
    return err('it is signed by a certificate, and there is no root that says whose certificates count');
  const read = readTrustedRoot(root);
  if (!read.ok) return read;
  const entity = toSignedEntity(bundle);
  const weak = entity.key.$case === 'certificate' ? whyWeak(entity.key.certificate) : undefined;
  if (weak !== undefined) return err(weak);
  const signer = verifierBy(read.value).verify(entity);
  const { subjectAlternativeName: identity = '', extensions } = signer.identity ?? {};
  const issuer = extensions?.issuer ?? '';
  const isTrusted = identities.some((each) => each.issuer === issuer && isWhole(each.identity, identity));
  if (!isTrusted || identity === '' || issuer === '')
    return err(`it is signed by ${identity} of ${issuer}, which is none of the identities that are trusted`);
  return ok({ by: { identity, issuer }, ...timeOf(entity) });
}

/** What a root has logs for has to be in one. A time that is vouched for is needed always: certificates last for minutes. */
function verifierBy(root: TrustedRoot): Verifier {
  const [ctlogThreshold, tlogThreshold] = [root.ctlogs, root.tlogs].map((logs) => (logs.length > 0 ? 1 : 0));
  const trust = toTrustMaterial(root, () => {
    throw new Error('a certificate stands in the place of a key');
  });
  return new Verifier(trust, {
    timestampThreshold: 1,
    ctlogThreshold: ctlogThreshold ?? 1,
    tlogThreshold: tlogThreshold ?? 1,
  });
}

function isWhole(trusted: string | RegExp, identity: string): boolean {
  return typeof trusted === 'string' ? trusted === identity : trusted.exec(identity)?.[0] === identity;
}

/** Of an entity that was verified. An entry without a promise has a time that its log did not sign. */
function timeOf({ timestamps }: SignedEntity): { readonly time?: Date } {
  const times = timestamps.flatMap((each) => {
    if (each.$case === 'timestamp-authority') return [each.timestamp.signingTime.getTime()];
    const { inclusionPromise, integratedTime } = each.tlogEntry;
    return inclusionPromise === undefined ? [] : [Number(integratedTime) * 1000];
  });
  return times.length === 0 ? {} : { time: new Date(Math.min(...times)) };
}
