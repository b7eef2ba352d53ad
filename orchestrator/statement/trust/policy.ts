import { dirname, resolve } from 'node:path';
import { type Decoded, decodeYaml } from '../../config/yaml.ts';
import { defined } from '../../core/defined.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { readText, sizeLimit } from '../../tool/file/read-file.ts';
import { type PublicKey, readPublicKey } from '../sign/public-key.ts';
import { readTrustedRoot } from '../sign/trusted-root.ts';
import type { TrustedKeys } from '../sign/verify-bundle.ts';
import { expressionOf } from './pattern.ts';
import { type PolicyText, policySchema } from './policy-schema.ts';

/** A party that is trusted. */
interface TrustedSigner {
  readonly name: string;
  readonly keys: readonly PublicKey[];
  readonly identities: readonly Identity[];
}

interface Identity {
  /** The whole name, or what fits it. */
  readonly identity: string | RegExp;
  readonly issuer: string;
}

/** What has to be said, by how many of whom. See `policySchema`. */
export interface Policy extends Pick<PolicyText, 'agree' | 'require' | 'days' | 'releases' | 'projects'> {
  /** At least `agree` of them; no key and no identity is of two. */
  readonly signers: readonly TrustedSigner[];
  /** The text of a trusted_root.json. */
  readonly root?: string;
}

/** Who signed, as `verifyBundle` tells it. */
export type SignedBy = { readonly key: string } | { readonly identity: string; readonly issuer: string };

/**
 * Reads a policy, and the keys that it names. @param file absolute. @param shown the file's name as complaints give it.
 * Errors: `usage` where there is none; `configuration` with every complaint at its line and column.
 */
export async function readPolicy(file: string, shown: string): Promise<Result<Policy, Failure>> {
  const text = await readText(file, { limit: sizeLimit.byHand }, shown);
  if (!text.ok) return err({ reason: 'configuration', diagnostics: [text.error] });
  if (text.value === undefined) {
    const help = 'docs/how-to/trust.md says what is in one.';
    return err({ reason: 'usage', message: `There is no policy ${shown}.`, help });
  }
  const decoded = decodeYaml(shown, text.value, policySchema);
  if (!decoded.ok) return err({ reason: 'configuration', diagnostics: decoded.error });
  const read = (path: string, what: 'key' | 'root') => readNamed(resolve(dirname(file), path), path, what);
  return policyOf(decoded.value, read);
}

async function policyOf(
  { value, complain }: Decoded<PolicyText>,
  read: (path: string, what: 'key' | 'root') => Promise<Result<string, string>>,
): Promise<Result<Policy, Failure>> {
  const complaints: Diagnostic[] = [];
  const signers: TrustedSigner[] = [];
  /** Whose a key or an identity is already: signing twice would be agreement. */
  const owners = new Map<string, string>();
  const claim = (what: string, name: string, path: readonly PropertyKey[]) => {
    const owner = owners.get(what);
    if (owner !== undefined) complaints.push(complain(path, `this is ${owner}'s already`));
    owners.set(what, name);
  };
  for (const [name, { keys = [], identities = [] }] of Object.entries(value.signers)) {
    const own: PublicKey[] = [];
    for (const [at, given] of keys.entries()) {
      const path = ['signers', name, 'keys', at];
      const pem = given.startsWith('-----BEGIN') ? ok(given) : await read(given, 'key');
      const key = pem.ok ? readPublicKey(pem.value) : pem;
      if (!key.ok) {
        const which = given.startsWith('-----BEGIN') ? 'the key' : `the key ${given}`;
        complaints.push(complain(path, `${which} ${key.error}`));
      } else {
        claim(key.value.sha256, name, path);
        own.push(key.value);
      }
    }
    for (const [at, { identity, pattern, issuer }] of identities.entries())
      claim(`${identity ?? pattern} ${issuer}`, name, ['signers', name, 'identities', at]);
    signers.push({
      ...{ name, keys: own },
      identities: identities.map(({ identity, pattern = '', issuer }) => {
        return { identity: identity ?? expressionOf(pattern), issuer };
      }),
    });
  }
  if (value.agree > signers.length) {
    const trusted = countOf(signers.length, 'signer');
    complaints.push(
      complain(['agree'], `${value.agree} would have to agree, and the policy trusts ${trusted}`),
    );
  }
  complaints.push(...complaintsOfRoot(value, complain));
  const root = value.root === undefined ? ok(undefined) : await read(value.root, 'root');
  if (!root.ok) complaints.push(complain(['root'], `the root ${value.root} ${root.error}`));
  else if (root.value !== undefined) {
    const known = readTrustedRoot(root.value);
    if (!known.ok) complaints.push(complain(['root'], known.error));
  }
  if (complaints.length > 0 || !root.ok) return err({ reason: 'configuration', diagnostics: complaints });
  const { agree, require, days, releases, projects } = value;
  return ok({ agree, require, signers, ...defined({ days, releases, projects, root: root.value }) });
}

/** What only a root can vouch for is asked for with one. */
function complaintsOfRoot(
  { signers, days, root }: PolicyText,
  complain: Decoded<unknown>['complain'],
): readonly Diagnostic[] {
  if (root !== undefined) return [];
  const identities = Object.entries(signers).filter(([, each]) => each.identities !== undefined);
  return [
    ...identities.map(([name]) =>
      complain(['signers', name, 'identities'], 'takes a "root": nothing else vouches for a certificate'),
    ),
    ...(days === undefined ? [] : [complain(['days'], 'takes a "root": nothing else vouches for a time')]),
  ];
}

async function readNamed(path: string, shown: string, what: 'key' | 'root'): Promise<Result<string, string>> {
  const limit = what === 'key' ? 2 ** 14 : sizeLimit.byHand;
  const text = await readText(path, { limit }, shown);
  if (!text.ok) return err(text.error.message);
  return text.value === undefined ? err('is not there') : ok(text.value);
}

/** The keys and identities of a policy, for whoever checks signatures. */
export function trustedKeysOf({ signers, root }: Policy): TrustedKeys {
  return {
    keys: signers.flatMap(({ name, keys }) => keys.map(({ pem }) => ({ name, pem }))),
    identities: signers.flatMap(({ name, identities }) => identities.map((each) => ({ name, ...each }))),
    ...defined({ root }),
  };
}

/** The name of the one whom a signature is of. Errors: why it is nobody's, as the end of a sentence. */
export function signerOf(by: SignedBy, { signers }: Pick<Policy, 'signers'>): Result<string, string> {
  const found = signers.filter(({ keys, identities }) => {
    if ('key' in by) return keys.some(({ sha256 }) => sha256 === by.key);
    return identities.some(({ identity, issuer }) => {
      const fits = typeof identity === 'string' ? identity === by.identity : identity.test(by.identity);
      return fits && issuer === by.issuer;
    });
  });
  const [one, ...others] = found;
  if (one === undefined) return err('is signed by nobody whom the policy trusts');
  if (others.length === 0) return ok(one.name);
  const names = found.map(({ name }) => name).join(' and ');
  return err(`is signed by somebody who would be ${names} at once, and counts for none of them`);
}
