import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { signStatement } from '../../../orchestrator/statement/sign/sign-statement.ts';
import { openSigner } from '../../../orchestrator/statement/sign/signer.ts';
import { verifyBundle } from '../../../orchestrator/statement/sign/verify-bundle.ts';
import { identityTokenOf, startSigstore } from '../../rig/sigstore.ts';
import { suite } from '../../rig/suite.ts';
import { host, keyPair, publicPem, text, told, unwrap } from './rig.ts';

const test = suite<{ folder: string }>('who vouches for a signature');

test.before.each((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'witnesses-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

interface Parts {
  readonly verificationMaterial: Readonly<Record<string, unknown>>;
}

test('a log and a clock count by the root alone, and where there is one, they have to be right', async ({
  folder,
}) => {
  const { key, pem } = keyPair('P-256');
  writeFileSync(join(folder, 'key'), pem);
  const trusted = { keys: [{ name: 'ours', pem: publicPem(key) }], identities: [] };
  const [own, other] = [await startSigstore(), await startSigstore()];
  try {
    const at = host();
    const settings = { rekor: own.url, timestamps: own.url };
    const signer = unwrap(await openSigner({ sign: join(folder, 'key') }, settings, at));
    const bundle = unwrap(await signStatement(signer, text, at));
    const timeOf = async (root?: string) => {
      return unwrap(await verifyBundle(bundle, 'a.json', root === undefined ? trusted : { ...trusted, root }))
        .time;
    };
    assert.is(await timeOf(), undefined);
    assert.ok(Math.abs(((await timeOf(own.root))?.getTime() ?? 0) - Date.now()) < 120_000);
    const root = other.root;
    assert.match(
      told(await verifyBundle(bundle, 'a.json', { ...trusted, root })),
      /cannot be checked: timestamp/,
    );
    // The entry and the timestamp of another signature by the same key.
    const again = JSON.parse(unwrap(await signStatement(signer, text, at))) as Parts;
    const parts = JSON.parse(bundle) as Parts;
    for (const name of ['tlogEntries', 'timestampVerificationData']) {
      const verificationMaterial = {
        ...parts.verificationMaterial,
        [name]: again.verificationMaterial[name],
      };
      const mixed = JSON.stringify({ ...parts, verificationMaterial });
      const said = told(await verifyBundle(mixed, 'a.json', { ...trusted, root: own.root }));
      assert.match(said, /cannot be checked: /, name);
    }
  } finally {
    await Promise.all([own.stop(), other.stop()]);
  }
});

test('a certificate in the place of another, or of a signature that it is not of', async () => {
  const sigstore = await startSigstore();
  try {
    const bundleBy = async (sub: string) => {
      const at = host({ env: { SIGSTORE_ID_TOKEN: identityTokenOf({ sub }) } });
      const settings = { fulcio: sigstore.url, rekor: sigstore.url };
      const signer = unwrap(await openSigner({ sign: 'keyless' }, settings, at));
      return JSON.parse(unwrap(await signStatement(signer, text, at))) as Parts;
    };
    const [ours, theirs] = [
      await bundleBy('https://ci.example.com/ours'),
      await bundleBy('https://evil.example.com'),
    ];
    const { root } = sigstore;
    const identity = {
      name: 'ours',
      identity: 'https://ci.example.com/ours',
      issuer: 'https://issuer.example.com',
    };
    const verdictOf = async (parts: Parts) =>
      told(await verifyBundle(JSON.stringify(parts), 'a.json', { keys: [], identities: [identity], root }));
    assert.is(await verdictOf(ours), 'fine');
    assert.match(await verdictOf(theirs), /none of the identities that are trusted/);
    const certificate = ours.verificationMaterial['certificate'];
    const mixed = { ...theirs, verificationMaterial: { ...theirs.verificationMaterial, certificate } };
    assert.match(await verdictOf(mixed), /cannot be checked: signature verification failed/);
    const unlogged = { ...ours, verificationMaterial: { certificate } };
    assert.match(await verdictOf(unlogged), /cannot be checked: expected 1 timestamps, got 0/);
  } finally {
    await sigstore.stop();
  }
});

test.run();
