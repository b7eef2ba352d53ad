import * as assert from 'uvu/assert';
import { signStatement } from '../../../orchestrator/statement/sign/sign-statement.ts';
import { openSigner } from '../../../orchestrator/statement/sign/signer.ts';
import { verifyBundle } from '../../../orchestrator/statement/sign/verify-bundle.ts';
import { identityTokenOf, type Sigstore, startSigstore } from '../../rig/sigstore.ts';
import { suite } from '../../rig/suite.ts';
import { host, statement, text, told, unwrap } from './rig.ts';

const test = suite<{ sigstore: Sigstore }>('keyless');

test.before.each(async (context, defer) => {
  context.sigstore = await startSigstore();
  defer(() => context.sigstore.stop());
});

const by = { identity: 'https://ci.example.com/releases', issuer: 'https://issuer.example.com' };
const trusting = (root: string, given: object = {}) => ({
  ...{ keys: [], identities: [{ name: 'releases', ...by, ...given }], root },
});

test('a certificate for the holder of a token, a log and a clock', async ({ sigstore }) => {
  const { url: fulcio, root, asked } = sigstore;
  const token = identityTokenOf();
  const at = host({ env: { SIGSTORE_ID_TOKEN: token } });
  const settings = { fulcio: `${fulcio}/`, rekor: fulcio, timestamps: fulcio };
  const signer = unwrap(await openSigner({ sign: 'keyless' }, settings, at));
  assert.is(signer.publicKey, undefined);
  const bundles = [];
  for (let time = 0; time < 3; time += 1) bundles.push(unwrap(await signStatement(signer, text, at)));
  assert.equal(
    asked.map(({ path }) => path.replace(/.*\//, '')).sort(),
    ['entries', 'entries', 'entries', 'signingCert', 'timestamp', 'timestamp', 'timestamp'],
    'one certificate serves for all',
  );
  for (const bundle of bundles) {
    assert.not.match(bundle, token);
    const verified = unwrap(await verifyBundle(bundle, 'a.json', trusting(root)));
    assert.equal(verified.statement, statement);
    assert.equal(verified.by, by);
    assert.ok(Math.abs((verified.time?.getTime() ?? 0) - Date.now()) < 120_000);
  }
  assert.ok(at.credentials.all().some(({ password }) => password === token));
});

test('whose certificate counts', async ({ sigstore }) => {
  const { url, root } = sigstore;
  const at = host({ env: { SIGSTORE_ID_TOKEN: identityTokenOf() } });
  const signer = unwrap(await openSigner({ sign: 'keyless' }, { fulcio: url, rekor: url }, at));
  const bundle = unwrap(await signStatement(signer, text, at));
  const verdictOf = async (trusted: Parameters<typeof verifyBundle>[2]) =>
    told(await verifyBundle(bundle, 'a.json', trusted)).replace(/\n.*/s, '');
  assert.is(await verdictOf(trusting(root, { identity: /^https:\/\/ci\.example\.com\/.*$/ })), 'fine');
  const nobody =
    'a.json: error: it is signed by https://ci.example.com/releases of https://issuer.example.com, which is none of the identities that are trusted';
  // A text is no pattern, nor a part of one.
  for (const given of [
    { identity: 'https://ci.example.com' },
    { identity: 'https://ci.example.com/.*' },
    { identity: /ci.example.com/ },
    { issuer: 'https://issuer.example' },
    { issuer: 'https://issuer.example.com/' },
  ])
    assert.is(await verdictOf(trusting(root, given)), nobody);
  const { root: other, stop } = await startSigstore();
  await stop();
  const parsed = JSON.parse(root);
  const without = (...names: readonly string[]) =>
    JSON.stringify(Object.fromEntries(Object.entries(parsed).filter(([name]) => !names.includes(name))));
  const roots = [
    [other, /^a\.json: error: cannot be checked: /],
    [without('certificateAuthorities'), /cannot be checked: Failed to verify certificate chain/],
    [without('tlogs'), /cannot be checked: inclusion (promise )?could not be verified/],
    [without('ctlogs'), /cannot be checked: /],
    [without('mediaType'), /the trusted root is none of Sigstore/],
    ['{}', /the trusted root is none of Sigstore/],
    ['[', /the trusted root holds no JSON object/],
    [
      root.replace('"tlogs"', '"tlogs":[],"tlogs"'),
      /the trusted root has an object with the same name twice/,
    ],
  ] as const;
  for (const [each, expected] of roots) assert.match(await verdictOf(trusting(each)), expected);
  const { identities } = trusting(root);
  assert.match(await verdictOf({ keys: [], identities }), /there is no root that says whose certificates/);
  assert.match(await verdictOf({ keys: [], identities: [], root }), /and no identity is trusted/);
});

test('a certificate that had expired when it was signed, as the clock says, counts for nothing', async (context) => {
  const { url, root, stop } = await startSigstore(new Date((Math.floor(Date.now() / 1000) - 3600) * 1000));
  try {
    const at = host({ env: { SIGSTORE_ID_TOKEN: identityTokenOf() }, now: () => 0 });
    const { url: clock, root: own } = context.sigstore;
    const settings = { fulcio: url, timestamps: clock };
    const signer = unwrap(await openSigner({ sign: 'keyless' }, settings, at));
    const bundle = unwrap(await signStatement(signer, text, at));
    const mixed = { ...JSON.parse(root), tlogs: [] };
    mixed.timestampAuthorities = JSON.parse(own).timestampAuthorities;
    assert.match(
      told(await verifyBundle(bundle, 'a.json', trusting(JSON.stringify(mixed)))),
      /cannot be checked: .*certificate/,
    );
  } finally {
    await stop();
  }
});

test('without a token, or with one that is none, nothing is asked', async ({ sigstore }) => {
  const settings = { fulcio: sigstore.url, rekor: sigstore.url };
  const tokens = [
    [undefined, /^Nothing says who signs: there is no identity token\./],
    ['no token', /^The identity token is no JSON Web Token\./],
    [identityTokenOf({ exp: 1 }), /^The identity token has expired\./],
    [identityTokenOf({ aud: 'sts.amazonaws.com' }), /is not meant for the audience "sigstore"/],
  ] as const;
  for (const [token, expected] of tokens) {
    const at = host({ env: token === undefined ? {} : { SIGSTORE_ID_TOKEN: token } });
    assert.match(told(await openSigner({ sign: 'keyless' }, settings, at)), expected);
  }
  assert.equal(sigstore.asked, []);
});

test('what a service refuses is told without the token that it may say back', async ({ sigstore }) => {
  const token = identityTokenOf();
  const at = host({ env: { SIGSTORE_ID_TOKEN: token } });
  const settings = { fulcio: sigstore.url, rekor: sigstore.url };
  sigstore.refuses.set('/api/v2/signingCert', 403);
  const refused = told(await openSigner({ sign: 'keyless' }, settings, at));
  assert.match(refused, /^It failed while asking Fulcio for a certificate, .*\(403\) refused: .*\*\*\*/);
  assert.not.match(refused, token);
  sigstore.refuses.delete('/api/v2/signingCert');
  const signer = unwrap(await openSigner({ sign: 'keyless' }, settings, at));
  sigstore.refuses.set('/api/v1/log/entries', 400);
  const unlogged = await signStatement(signer, text, at);
  assert.match(told(unlogged), /^It failed while entering a signature into Rekor, .*\(400\)/);
});

test.run();
