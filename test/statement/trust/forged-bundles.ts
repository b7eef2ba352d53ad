import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import {
  bundleOf,
  equivalenceOf,
  hintOf,
  sha,
  signatureOf,
  signedBytes,
  statementOf,
} from '../../rig/signed-statements.ts';
import { acme, eddy, type Forged, published, stranger } from './rig.ts';

const good = equivalenceOf(published);
const goodText = JSON.stringify(good);
const bundle = bundleOf(acme, goodText);
const json = (value: unknown) => JSON.stringify(value);

type Bundle = ReturnType<typeof bundleOf>;
const enveloped = (change: (envelope: Bundle['dsseEnvelope']) => object) =>
  json({ ...bundle, dsseEnvelope: change(bundle.dsseEnvelope) });
const withSignature = (sig: string) => enveloped((envelope) => ({ ...envelope, signatures: [{ sig }] }));
const withMaterial = (material: object) => json({ ...bundle, verificationMaterial: material });
const flipped = (text: string, at: number) => {
  const bytes = Buffer.from(text, 'base64');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64');
};
const sig = bundle.dsseEnvelope.signatures[0]?.sig ?? '';

/** Bundles that are none, or that nobody who is trusted signed as they are. */
export const bundles: readonly Forged[] = [
  { name: 'no JSON', found: '{', why: /holds no JSON object/ },
  { name: 'an empty text', found: '', why: /holds no JSON object/ },
  { name: 'a list', found: '[]', why: /expected object/ },
  { name: 'an empty object', found: '{}', why: /mediaType: / },
  {
    name: 'an envelope twice',
    found: json(bundle).replace('"dsseEnvelope"', '"dsseEnvelope":{},"dsseEnvelope"'),
    why: /same name twice/,
  },
  {
    name: 'a payload twice, once by an escape',
    found: json(bundle).replace('"payload"', '"\\u0070ayload":"e30=","payload"'),
    why: /same name twice/,
  },
  {
    name: 'an older version',
    found: json({ ...bundle, mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1' }),
    why: /mediaType: expected application\/vnd\.dev\.sigstore\.bundle\.v0\.3/,
  },
  { name: 'what is unknown beside it', found: json({ ...bundle, also: 1 }), why: /unknown field "also"/ },
  {
    name: 'a payload that is no statement by its type',
    found: json(bundleOf(acme, goodText, 'application/json')),
    why: /payloadType: expected application\/vnd\.in-toto\+json/,
  },
  {
    name: 'a payload of another type than was signed',
    found: json({
      ...bundleOf(acme, goodText, 'application/json'),
      dsseEnvelope: {
        ...bundleOf(acme, goodText, 'application/json').dsseEnvelope,
        payloadType: bundle.dsseEnvelope.payloadType,
      },
    }),
    why: /signature is of none of the keys/,
  },
  {
    name: 'a payload in no Base64',
    found: enveloped((e) => ({ ...e, payload: '***' })),
    why: /payload: expected Base64/,
  },
  {
    name: 'a payload in Base64 with a line end',
    found: enveloped((e) => ({ ...e, payload: `${e.payload.slice(0, 4)}\n${e.payload.slice(4)}` })),
    why: /payload: expected Base64/,
  },
  { name: 'no payload', found: enveloped((e) => ({ ...e, payload: '' })), why: /payload: is empty/ },
  {
    name: 'no signature',
    found: enveloped((e) => ({ ...e, signatures: [] })),
    why: /expected one signature/,
  },
  {
    name: 'a good signature behind a bad one',
    found: enveloped((e) => ({ ...e, signatures: [{ sig: flipped(sig, 9) }, { sig }] })),
    why: /expected one signature/,
  },
  { name: 'an empty signature', found: withSignature(''), why: /sig: is empty/ },
  {
    name: 'a bit of the signature changed',
    found: withSignature(flipped(sig, 20)),
    why: /signature is of none of the keys/,
  },
  {
    name: 'a signature that was cut',
    found: withSignature(Buffer.from(sig, 'base64').subarray(0, -1).toString('base64')),
    why: /signature is of none of the keys/,
  },
  {
    name: 'a byte of the payload changed',
    found: enveloped((e) => ({ ...e, payload: flipped(e.payload, goodText.indexOf('identical')) })),
    why: /signature is of none of the keys/,
  },
  {
    name: 'the signature of another statement',
    found: withSignature(
      bundleOf(acme, json(equivalenceOf(sha('other')))).dsseEnvelope.signatures[0]?.sig ?? '',
    ),
    why: /signature is of none of the keys/,
  },
  {
    name: 'a signature of the payload alone',
    found: withSignature(signatureOf(acme, Buffer.from(goodText)).toString('base64')),
    why: /signature is of none of the keys/,
  },
  {
    name: 'a signature by a weaker hash',
    found: withSignature(signatureOf(acme, signedBytes(Buffer.from(goodText)), 'sha1').toString('base64')),
    why: /signature is of none of the keys/,
  },
  {
    name: "a stranger's",
    found: json(bundleOf(stranger, goodText)),
    why: /signature is of none of the keys/,
  },
  {
    name: "a stranger's under the hint of one who is trusted",
    found: json({
      ...bundleOf(stranger, goodText),
      verificationMaterial: { publicKey: { hint: hintOf(acme) } },
    }),
    why: /signature is of none of the keys/,
  },
  {
    name: 'an RSA signature',
    found: withSignature(
      sign(
        'sha256',
        signedBytes(Buffer.from(goodText)),
        generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
      ).toString('base64'),
    ),
    why: /signature is of none of the keys/,
  },
  { name: 'a cut Ed25519 signature', found: json(cutEd25519()), why: /signature is of none of the keys/ },
  {
    name: 'a signature of a file, and of no statement',
    found: json({
      mediaType: bundle.mediaType,
      verificationMaterial: bundle.verificationMaterial,
      messageSignature: {
        messageDigest: {
          algorithm: 'SHA2_256',
          digest: createHash('sha256').update('etcd').digest('base64'),
        },
        signature: signatureOf(acme, Buffer.from('etcd')).toString('base64'),
      },
    }),
    why: /dsseEnvelope: /,
  },
  {
    name: 'nothing to check it by',
    found: withMaterial({}),
    why: /expected either a public key or a certificate/,
  },
  {
    name: 'a key and a certificate',
    found: withMaterial({ ...bundle.verificationMaterial, certificate: { rawBytes: 'AAAA' } }),
    why: /expected either a public key or a certificate/,
  },
  {
    name: 'a certificate, where none is trusted',
    found: withMaterial({ certificate: { rawBytes: 'AAAA' } }),
    why: /signed by a certificate, and no identity is trusted/,
  },
  { name: 'a statement that nobody signed, under the name of a bundle', found: goodText, why: /mediaType: / },
  {
    name: 'a statement that nobody signed',
    found: { place: 'place/0', text: goodText, isSigned: false },
    why: /^is not signed$/,
  },
  {
    name: 'what cannot be read',
    found: { place: 'place/0', why: 'is a symbolic link' },
    why: /^is a symbolic link$/,
  },
  {
    name: 'lists in lists',
    found: `{"mediaType":${'['.repeat(5000)}${']'.repeat(5000)}}`,
    why: /lie in one another/,
  },
  {
    name: 'a huge payload',
    found: json(bundleOf(acme, json(statementOf(published, 'urn:x:1', { much: 'x'.repeat(37 * 2 ** 20) })))),
    why: /has more than 48 MiB/,
  },
];

function cutEd25519() {
  const own = bundleOf(eddy, goodText);
  const cut = Buffer.from(own.dsseEnvelope.signatures[0]?.sig ?? '', 'base64').subarray(0, 63);
  return { ...own, dsseEnvelope: { ...own.dsseEnvelope, signatures: [{ sig: cut.toString('base64') }] } };
}
