import { TrustedRoot } from '@sigstore/protobuf-specs';
import { readJson } from '../../core/json-text.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** Version 0.1, and what has come of it since without a member less (protobuf-specs, sigstore_trustroot.proto). */
const rootType = /^application\/vnd\.dev\.sigstore\.trustedroot(\+json;version=0\.1|\.v0\.[12]\+json)$/;

/** Of somebody who trusts no authority and no log. */
export const noRoot: TrustedRoot = TrustedRoot.fromJSON({});

/** Reads Sigstore's `trusted_root.json`, which the user has from whom it is of. Errors: why not, as a sentence about the root. */
export function readTrustedRoot(text: string): Result<TrustedRoot, string> {
  const read = readJson(text);
  if (!read.ok) return err(`the trusted root ${read.error}`);
  const { mediaType } = read.value as { readonly mediaType?: unknown };
  if (typeof mediaType !== 'string' || !rootType.test(mediaType))
    return err('the trusted root is none of Sigstore: it has another media type');
  try {
    const root = TrustedRoot.fromJSON(read.value);
    const hasAuthority = root.certificateAuthorities.length + root.timestampAuthorities.length > 0;
    if (hasAuthority || root.tlogs.length > 0) return ok(root);
  } catch {
    return err('the trusted root cannot be read');
  }
  return err('the trusted root names nobody');
}
