import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Who signs in tests, by node:crypto alone: what checks signatures is not asked to make them. */
export interface Party {
  readonly name: string;
  readonly key: KeyObject;
  /** Of the public key. */
  readonly pem: string;
}

export function newParty(name: string, kind: 'ed25519' | 'P-256' = 'P-256'): Party {
  const { privateKey, publicKey } =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: kind });
  return { name, key: privateKey, pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

const payloadType = 'application/vnd.in-toto+json';

/** What DSSE signs (secure-systems-lab/dsse, protocol.md): "PAE". */
export function signedBytes(payload: Uint8Array, type = payloadType): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
}

export function signatureOf({ key }: Pick<Party, 'key'>, bytes: Uint8Array, algorithm = 'sha256'): Buffer {
  return sign(key.asymmetricKeyType === 'ed25519' ? null : algorithm, bytes, key);
}

/** A Sigstore bundle (v0.3) as an object. */
export function bundleOf(party: Party, payload: string | Uint8Array, type = payloadType) {
  const bytes = Buffer.from(payload);
  const sig = signatureOf(party, signedBytes(bytes, type)).toString('base64');
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: hintOf(party) } },
    dsseEnvelope: { payload: bytes.toString('base64'), payloadType: type, signatures: [{ sig }] },
  };
}

export function hintOf({ pem }: Pick<Party, 'pem'>): string {
  const der = Buffer.from(pem.replace(/-----[^-]*-----|\s/g, ''), 'base64');
  return createHash('sha256').update(der).digest('base64');
}

/** The text of a bundle with a statement. */
export function signedText(party: Party, statement: object): string {
  return JSON.stringify(bundleOf(party, JSON.stringify(statement)));
}

export const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

const lock = sha('the lock');

/** A statement of in-toto. */
export function statementOf(sha256: string, predicateType: string, predicate: object, name = 'etcd') {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name, digest: { sha256 } }],
    predicateType,
    predicate,
  };
}

/** What a file is, as far as tests say otherwise than usual. */
export interface FileSaid {
  readonly project?: string;
  readonly file?: string;
  readonly release?: string;
  readonly verdict?: string;
  readonly built?: string;
  readonly normalizers?: readonly string[];
}

/** That what was published is what was built, or that it is not. */
export function equivalenceOf(published: string, given: FileSaid = {}) {
  const { project = 'etcd-io/etcd', file = 'etcd', release = 'v1-30-eks-5', normalizers = [] } = given;
  const { built = published, verdict = built === published ? 'identical' : 'different' } = given;
  const platform = 'linux/amd64';
  return statementOf(
    published,
    'urn:eksd-rebuild:equivalence:1',
    {
      ...{ release, lock, project, platform, file, verdict, normalizers },
      published: { sha256: published, authority: 'built' },
      built: { sha256: built },
    },
    `${project}/${platform}/${file}`,
  );
}

/** That an image holds these files, each as it was published or not. */
export function imageOf(
  digest: string,
  files: readonly { readonly file: string; readonly published: string; readonly built?: string }[],
  { image = 'etcd-io/etcd', verdict = 'identical' } = {},
) {
  const project = 'etcd-io/etcd';
  return statementOf(
    digest,
    'urn:eksd-rebuild:equivalence:1',
    {
      ...{
        release: 'v1-30-eks-5',
        lock,
        project,
        image,
        tag: 'v3.5.13-eks-1-30-5',
        verdict,
        normalizers: [],
      },
      files: files.map(({ file, published, built = published }) => ({
        ...{ project, platform: 'linux/amd64', file },
        verdict: built === published ? 'identical' : 'different',
        published: { sha256: published, authority: 'built' },
        built: { sha256: built },
      })),
    },
    image,
  );
}

/** How something was built. */
export function provenanceOf(
  built: string,
  {
    go = '1.21.9',
    commit = 'a'.repeat(40),
    flags = ['-trimpath'],
    builder = 'urn:eksd-rebuild',
    name = 'etcd-io/etcd/linux/amd64/etcd',
  } = {},
) {
  const buildDefinition = {
    buildType: 'urn:eksd-rebuild:file:1',
    externalParameters: { release: 'v1-30-eks-5', lock, project: 'etcd-io/etcd' },
    internalParameters: { tasks: { 'go-build': { kind: 'go-build', flags } } },
    resolvedDependencies: [
      { uri: `git+https://git.example/etcd-io/etcd.git@refs/tags/v3.5.13`, digest: { gitCommit: commit } },
      { uri: `pkg:generic/go@${go}`, name: `go${go}`, annotations: { flavour: 'official' } },
    ],
  };
  const predicate = { buildDefinition, runDetails: { builder: { id: builder } } };
  return statementOf(built, 'https://slsa.dev/provenance/v1', predicate, name);
}

/** That a release passed. It lies by the digest of its lock. */
export function summaryOf(
  sha256: string,
  { result = 'PASSED', verifier = 'urn:eksd-rebuild', levels = ['SLSA_BUILD_LEVEL_1'] } = {},
) {
  return statementOf(sha256, 'https://slsa.dev/verification_summary/v1', {
    verifier: { id: verifier },
    timeVerified: '2026-01-01T00:00:00Z',
    resourceUri: `urn:eksd-rebuild:lock:${lock}`,
    policy: { uri: 'urn:eksd-rebuild:policy' },
    verificationResult: result,
    verifiedLevels: levels,
  });
}

export { lock as lockDigest };

/** A policy's text, with these signers. */
export function policyText(
  parties: readonly Party[],
  { agree = 1, require = '{ equivalence: { verdicts: [identical] } }', more = '' } = {},
): string {
  const signers = parties.map(({ name, pem }) => {
    const block = pem
      .trim()
      .split('\n')
      .map((line) => `          ${line}\n`)
      .join('');
    return `  ${name}:\n    keys:\n      - |\n${block}`;
  });
  return `schema: 1\nsigners:\n${signers.join('')}agree: ${agree}\nrequire: ${require}\n${more}`;
}
