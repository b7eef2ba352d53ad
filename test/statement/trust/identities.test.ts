import * as assert from 'uvu/assert';
import { signStatement } from '../../../orchestrator/statement/sign/sign-statement.ts';
import { openSigner } from '../../../orchestrator/statement/sign/signer.ts';
import { equivalenceOf } from '../../rig/signed-statements.ts';
import { identityTokenOf, type Sigstore, startSigstore } from '../../rig/sigstore.ts';
import { suite } from '../../rig/suite.ts';
import { host } from '../sign/rig.ts';
import { answerBy, policyFrom, published, unwrap, whysIn } from './rig.ts';

const test = suite<{ sigstore: Sigstore; bundle: string }>('who is trusted by a certificate');

test.before(async (context, defer) => {
  const sigstore = await startSigstore();
  defer(() => sigstore.stop());
  const at = host({ env: { SIGSTORE_ID_TOKEN: identityTokenOf() } });
  const services = { fulcio: sigstore.url, rekor: sigstore.url, timestamps: sigstore.url };
  const signer = unwrap(await openSigner({ sign: 'keyless' }, services, at));
  const bundle = unwrap(await signStatement(signer, JSON.stringify(equivalenceOf(published)), at));
  Object.assign(context, { sigstore, bundle });
});

const policyOf = async (root: string, identity: string, issuer = 'https://issuer.example.com', more = '') => {
  const signer = `  ci:\n    identities:\n      - { ${identity}, issuer: "${issuer}" }\n`;
  const require = 'require: { equivalence: { verdicts: [identical] } }';
  const text = `schema: 1\nsigners:\n${signer}agree: 1\n${require}\nroot: root.json\n${more}`;
  return unwrap(await policyFrom(text, { 'root.json': root }));
};

test('by a whole name, and by a pattern', async ({ sigstore: { root }, bundle }) => {
  for (const identity of [
    'identity: "https://ci.example.com/releases"',
    'pattern: "https://ci.example.com/*"',
    'pattern: "https://ci.example.com/rel**"',
  ]) {
    const answer = await answerBy(await policyOf(root, identity), [bundle]);
    assert.ok(answer.isTrusted, whysIn(answer).join());
    assert.is(answer.requirements[0]?.agreed[0]?.signer, 'ci');
  }
});

test('of another name, issuer or root', async ({ sigstore: { root }, bundle }) => {
  const nobody = /which is none of the identities that are trusted$/;
  for (const [identity, issuer] of [
    ['identity: "https://ci.example.com/release"'],
    ['pattern: "https://ci.example.com/*s/*"'],
    ['pattern: "https://ciXexample.com/*"'],
    ['identity: "https://ci.example.com/releases"', 'https://issuer.example.co'],
  ] as const) {
    const answer = await answerBy(await policyOf(root, identity, issuer), [bundle]);
    assert.not.ok(answer.isTrusted);
    assert.match(whysIn(answer)[0] ?? '', nobody);
  }
  const other = await startSigstore();
  await other.stop();
  const answer = await answerBy(await policyOf(other.root, 'identity: "https://ci.example.com/releases"'), [
    bundle,
  ]);
  assert.not.ok(answer.isTrusted);
});

test('how old, by a clock that the root names', async ({ sigstore: { root }, bundle }) => {
  const policy = await policyOf(root, 'pattern: "https://ci.example.com/*"', undefined, 'days: 30\n');
  const day = 86_400_000;
  const fresh = await answerBy(policy, [bundle]);
  assert.ok(fresh.isTrusted, whysIn(fresh).join());
  assert.ok(Math.abs(Date.parse(fresh.requirements[0]?.agreed[0]?.time ?? '') - Date.now()) < day);
  const old = await answerBy(policy, [bundle], { now: Date.now() + 31 * day });
  assert.match(whysIn(old)[0] ?? '', /^was signed at .*, and may be 30 days old at most$/);
  const early = await answerBy(policy, [bundle], { now: Date.now() - day });
  assert.match(whysIn(early)[0] ?? '', /which is to come$/);
});

test.run();
