import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { verifyBundle } from '../../../orchestrator/statement/sign/verify-bundle.ts';
import { suite } from '../../rig/suite.ts';
import { keyPair, publicPem, signedBy, statement, text, told, unwrap } from './rig.ts';

const test = suite<{ folder: string }>('whose signature counts');

test.before.each((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

const payloadType = 'application/vnd.in-toto+json';

/** Parts of a bundle, which a forger changes as he likes. */
interface Parts {
  [name: string]: unknown;
  mediaType: string;
  verificationMaterial: { [name: string]: unknown };
  dsseEnvelope: {
    [name: string]: unknown;
    payload: string;
    payloadType: string;
    signatures: { sig: string; keyid?: string }[];
  };
}

/** A key, its bundle of the statement, and who trusts it. */
function made(folder: string, kind: 'ed25519' | 'P-256') {
  const { key, pem } = keyPair(kind);
  writeFileSync(join(folder, 'key'), pem);
  return { key, trusted: { keys: [{ name: 'ours', pem: publicPem(key) }], identities: [] } };
}

/** Signs a payload as DSSE has it (its protocol.md, "PAE"), whatever it is. */
function envelope(key: ReturnType<typeof keyPair>['key'], payload: string, type = payloadType) {
  const [length, typeLength] = [Buffer.byteLength(payload), Buffer.byteLength(type)];
  const encoded = Buffer.from(`DSSEv1 ${typeLength} ${type} ${length} ${payload}`);
  const sig = sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', encoded, key).toString('base64');
  return { payload: Buffer.from(payload).toString('base64'), payloadType: type, signatures: [{ sig }] };
}

for (const kind of ['ed25519', 'P-256'] as const) {
  test(`what a trusted ${kind} key signed counts, and names the key by its SHA-256`, async ({ folder }) => {
    const { key, trusted } = made(folder, kind);
    const bundle = await signedBy(join(folder, 'key'));
    const others = ['ed25519', 'P-256'] as const;
    const keys = [
      ...others.map((each) => ({ name: each, pem: publicPem(keyPair(each).key) })),
      ...trusted.keys,
    ];
    const verified = unwrap(await verifyBundle(bundle, 'a.json', { ...trusted, keys }));
    const der = Buffer.from(publicPem(key).replace(/-----.*-----/g, ''), 'base64');
    assert.equal(verified, { statement, by: { key: createHash('sha256').update(der).digest('hex') } });
    const hint = createHash('sha256').update(der).digest('base64');
    assert.equal((JSON.parse(bundle) as Parts).verificationMaterial['publicKey'], { hint });
    // cosign passes over a signature whose key has another name than it gives it itself.
    assert.not.match(bundle, 'keyid');
  });

  test(`each bit of the payload and of the signature counts (${kind})`, async ({ folder }) => {
    const { trusted } = made(folder, kind);
    const bundle = JSON.parse(await signedBy(join(folder, 'key'))) as Parts;
    const envelopeOf = bundle.dsseEnvelope;
    const flipped = (base64: string, at: number) => {
      const bytes = Buffer.from(base64, 'base64');
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes.toString('base64');
    };
    const [signature] = envelopeOf.signatures;
    const length = (base64 = '') => Buffer.from(base64, 'base64').length;
    const forged = [
      ...Array.from({ length: length(envelopeOf.payload) }, (_, at) => ({
        ...envelopeOf,
        payload: flipped(envelopeOf.payload, at),
      })),
      ...Array.from({ length: length(signature?.sig) }, (_, at) => ({
        ...envelopeOf,
        signatures: [{ ...signature, sig: flipped(signature?.sig ?? '', at) }],
      })),
    ];
    assert.ok(forged.length > 200);
    for (const dsseEnvelope of forged) {
      const said = told(await verifyBundle(JSON.stringify({ ...bundle, dsseEnvelope }), 'a.json', trusted));
      assert.is(said, 'a.json: error: its signature is of none of the keys that are trusted');
    }
  });
}

test('what is not as it has to be is refused, signed or not', async ({ folder }) => {
  const { key, trusted } = made(folder, 'ed25519');
  const whole = await signedBy(join(folder, 'key'));
  const parts = JSON.parse(whole) as Parts;
  const [own] = parts.dsseEnvelope.signatures;
  const having = (members: object) => JSON.stringify({ ...parts, ...members });
  const enclosing = (members: object) => having({ dsseEnvelope: { ...parts.dsseEnvelope, ...members } });
  const backedBy = (verificationMaterial: object) => having({ verificationMaterial });
  const signing = (payload: string, type?: string) => having({ dsseEnvelope: envelope(key, payload, type) });
  const other = keyPair('ed25519').key;
  const certificate = Buffer.from('no certificate').toString('base64');
  const bad: readonly (readonly [string, string, RegExp])[] = [
    ['nothing', '', /holds no JSON object/],
    ['a list', '[]', /expected object/],
    ['cut off', whole.slice(0, -1), /holds no JSON object/],
    ['a doubled name', whole.replace('"payload":', '"payload":"e30=","payload":'), /the same name twice/],
    [
      'a doubled name, escaped',
      whole.replace('"payload":', '"p\\u0061yload":"e30=","payload":'),
      /same name twice/,
    ],
    ['two bundles', `${whole}${whole}`, /holds no JSON object/],
    ['no media type', having({ mediaType: undefined }), /mediaType/],
    ...[
      'application/vnd.dev.sigstore.bundle.v0.1+json',
      'application/vnd.dev.sigstore.bundle+json;version=0.2',
      'application/vnd.dev.sigstore.bundle.v0.4+json',
      'application/json',
    ].map((type) => [type, having({ mediaType: type }), /mediaType: expected/] as const),
    ['a member that nobody knows', having({ unsigned: true }), /unsigned/],
    [
      'a signature of bytes in the place of the envelope',
      having({
        dsseEnvelope: undefined,
        messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest: 'AA==' }, signature: 'AA==' },
      }),
      /dsseEnvelope|messageSignature/,
    ],
    ['no signature', enclosing({ signatures: [] }), /expected one signature/],
    ['two signatures, one good', enclosing({ signatures: [own, { sig: 'AA==' }] }), /expected one signature/],
    ['the good signature twice', enclosing({ signatures: [own, own] }), /expected one signature/],
    ['an empty signature', enclosing({ signatures: [{ sig: '' }] }), /is empty/],
    [
      'Base64 with what decoders pass over',
      enclosing({ payload: `${parts.dsseEnvelope.payload}!` }),
      /expected Base64/,
    ],
    ['Base64 of URLs', enclosing({ payload: '_-8=' }), /expected Base64/],
    ['another payload type, signed', signing(text, 'application/json'), /payloadType: expected/],
    [
      'another payload type, put there later',
      having({ dsseEnvelope: { ...envelope(key, text, 'text/plain'), payloadType } }),
      /none of the keys/,
    ],
    [
      'the payload without its type, signed',
      enclosing({ signatures: [{ sig: sign(null, Buffer.from(text), key).toString('base64') }] }),
      /none of the keys/,
    ],
    ['a key that is not trusted', having({ dsseEnvelope: envelope(other, text) }), /none of the keys/],
    [
      'a key that is not trusted, under the name of one that is',
      having({
        dsseEnvelope: {
          ...envelope(other, text),
          signatures: [{ ...envelope(other, text).signatures[0], keyid: 'ours' }],
        },
      }),
      /none of the keys/,
    ],
    ['no material', having({ verificationMaterial: undefined }), /verificationMaterial/],
    ['neither key nor certificate', backedBy({}), /expected either a public key or a certificate/],
    [
      'both of them',
      backedBy({ ...parts.verificationMaterial, certificate: { rawBytes: certificate } }),
      /expected either a public key or a certificate/,
    ],
    [
      'a certificate that is none, in the place of the key',
      backedBy({ certificate: { rawBytes: certificate } }),
      /no identity is trusted/,
    ],
    [
      'a chain of certificates',
      backedBy({ x509CertificateChain: { certificates: [{ rawBytes: certificate }] } }),
      /x509CertificateChain/,
    ],
    ['no statement, signed', signing('{}'), /_type/],
    ['a statement of the former version, signed', signing(text.replace('/v1"', '/v0.1"')), /_type/],
    [
      'a statement with a doubled name, signed',
      signing(text.replace('"predicate":', '"predicate":{},"predicate":')),
      /the same name twice/,
    ],
    ['no subject, signed', signing(text.replace(/"subject":\[.*?\]/, '"subject":[]')), /subject/],
    [
      'text of another encoding, signed',
      signing('').replace('"payload":""', '"payload":"/w=="'),
      /none of the keys/,
    ],
  ];
  for (const [name, forged, expected] of bad) {
    const said = told(await verifyBundle(forged, 'a.json', trusted));
    assert.match(said, /^a\.json/, name);
    assert.match(said, expected, name);
  }
  assert.is(told(await verifyBundle(whole, 'a.json', trusted)), 'fine');
});

test('no key is trusted by default, nor one of a kind that is weak', async ({ folder }) => {
  made(folder, 'P-256');
  const bundle = await signedBy(join(folder, 'key'));
  const spki = (key: { export(options: object): unknown }) =>
    String(key.export({ type: 'spki', format: 'pem' }));
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const p224 = generateKeyPairSync('ec', { namedCurve: 'secp224r1' }).publicKey;
  const k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;
  for (const [keys, expected] of [
    [[], /none of the keys/],
    [[spki(rsa)], /the trusted key 0 is of the kind rsa; Ed25519 and ECDSA P-256 are taken/],
    [[spki(p224)], /the trusted key 0 is of the kind ec secp224r1/],
    [[spki(k1)], /the trusted key 0 is of the kind ec secp256k1/],
    [[''], /the trusted key 0 is no public key in PEM/],
    [[keyPair('P-256').pem], /the trusted key 0 is no public key in PEM/],
  ] as const) {
    const trusted = { keys: keys.map((pem, at) => ({ name: String(at), pem })), identities: [] };
    assert.match(told(await verifyBundle(bundle, 'a.json', trusted)), expected);
  }
});

test.run();
