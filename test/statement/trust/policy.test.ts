import { generateKeyPairSync } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../../orchestrator/core/describe-failure.ts';
import { expressionOf } from '../../../orchestrator/statement/trust/pattern.ts';
import { signerOf } from '../../../orchestrator/statement/trust/policy.ts';
import { newParty, policyText } from '../../rig/signed-statements.ts';
import { policyFrom, unwrap } from './rig.ts';

const [acme, beta] = [newParty('acme'), newParty('beta', 'ed25519')];
const good = policyText([acme, beta]);

const pem = (key: { export(options: { type: 'spki'; format: 'pem' }): string | Buffer }) =>
  key.export({ type: 'spki', format: 'pem' }).toString();
const privatePem = acme.key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** The same key with its point compressed (RFC 5480, 2.2), as OpenSSL keeps it. */
function compressed(given: string): string {
  const der = Buffer.from(given.replace(/-----[^-]*-----|\s/g, ''), 'base64');
  const [x, y] = [der.subarray(-64, -32), der.subarray(-32)];
  const head = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
  const point = Buffer.concat([Buffer.of(2 + ((y[31] ?? 0) & 1)), x]);
  return `-----BEGIN PUBLIC KEY-----\n${Buffer.concat([head, point]).toString('base64')}\n-----END PUBLIC KEY-----\n`;
}

/** Sigstore's trusted_root.json, as far as a policy is read. */
function rootOf(tlogs: readonly object[]): string {
  return JSON.stringify({ mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1', tlogs });
}

/** Files beside the policies. */
const files = {
  'acme.pem': acme.pem,
  'private.pem': privatePem,
  'rsa.pem': pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey),
  'p384.pem': pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey),
  'damaged.pem': acme.pem.replace(/\n(.{10})/, '\nAAAAAAAAAA'),
  'note.txt': 'hello\n',
  'acme.json': '{"mediaType":"text/plain"}',
  'nobody.json': rootOf([]),
  'root.json': rootOf([{ baseUrl: 'https://rekor.example' }]),
};

const withKey = (key: string) =>
  `schema: 1\nsigners:\n  acme:\n    keys: [${key}]\nagree: 1\nrequire: { equivalence: { verdicts: [identical] } }\n`;
const withIdentity = (identity: string, more = 'root: root.json\n') =>
  `schema: 1\nsigners:\n  acme:\n    identities:\n      - ${identity}\nagree: 1\nrequire: { equivalence: { verdicts: [identical] } }\n${more}`;
const issuer = 'issuer: "https://issuer.example"';

/** What is wrong with a policy, and what is said of it, with its place. */
const wrong: readonly (readonly [name: string, text: string, said: RegExp | string])[] = [
  ['an empty file', '', /^policy\.yaml:1:1: error: /],
  ['no YAML', 'schema: [', /^policy\.yaml:1:[0-9]+: error: malformed YAML/],
  ['an empty map', '{}', /signers: /],
  ['a field twice', `${good}agree: 2\n`, /malformed YAML: Map keys must be unique/],
  [
    'another schema',
    good.replace('schema: 1', 'schema: 2'),
    'policy.yaml:1:9: error: schema: this version reads policy schema 1',
  ],
  [
    'a typo in a field',
    good.replace('agree:', 'agre:'),
    /error: unknown field "agre"[\s\S]* {4}Is "agree" meant\?/,
  ],
  [
    'a typo in what is required',
    good.replace('equivalence:', 'equivalance:'),
    /unknown field "equivalance"[\s\S]* {4}Is "equivalence" meant\?/,
  ],
  [
    'a typo in a signer',
    good.replace('    keys:', '    key:'),
    /unknown field "key"[\s\S]* {4}Is "keys" meant\?/,
  ],
  [
    'nobody',
    good.replace(/signers:[\s\S]*agree/, 'signers: {}\nagree'),
    'policy.yaml:2:1: error: signers: names nobody: nothing would be trusted',
  ],
  [
    'a signer without anything of his own',
    good.replace(/signers:[\s\S]*agree/, 'signers: { acme: {} }\nagree'),
    /has neither "keys" nor "identities"/,
  ],
  ['a signer without a key', withKey(''), /an empty list asks for nothing/],
  ['a name that is none', withKey('acme.pem').replace('acme:', '"a\\u202eb":'), /expected a name: letters/],
  [
    'none that has to agree',
    good.replace('agree: 1', 'agree: 0'),
    /agree: expected a whole number from 1 to 1000: signers that have to agree/,
  ],
  ['fewer than none', good.replace('agree: 1', 'agree: -1'), /agree: expected a whole number from 1/],
  ['half of one', good.replace('agree: 1', 'agree: 0.5'), /agree: expected a whole number from 1/],
  ['nothing said of how many', good.replace('agree: 1\n', ''), /agree: /],
  [
    'more than there are',
    good.replace('agree: 1', 'agree: 3'),
    'policy.yaml:16:8: error: 3 would have to agree, and the policy trusts 2 signers',
  ],
  [
    'nothing required',
    good.replace(/require: .*/, 'require: {}'),
    /require: asks for nothing: everything would be trusted/,
  ],
  ['no requirement at all', good.replace(/require: .*\n/, ''), /require: /],
  ['no verdict that counts', good.replace('[identical]', '[]'), /an empty list asks for nothing/],
  [
    'a verdict that says nothing',
    good.replace('[identical]', '[explained]'),
    /expected identical or equivalent: no other verdict counts/,
  ],
  [
    'equivalent, whatever was set aside',
    good.replace('[identical]', '[equivalent]'),
    /"equivalent" takes "normalizers"/,
  ],
  [
    'normalizers for nothing',
    good.replace('[identical]', '[identical], normalizers: [gzip]'),
    /nothing is set aside where only identical files count/,
  ],
  [
    'no builder',
    good.replace(/require: .*/, 'require: { provenance: { builders: [] } }'),
    /an empty list asks for nothing/,
  ],
  ['no verifier', good.replace(/require: .*/, 'require: { summary: {} }'), /verifiers: /],
  ['a key that is not there', withKey('lost.pem'), 'policy.yaml:4:12: error: the key lost.pem is not there'],
  ['a key that is a folder', withKey('.'), /the key \. is a folder, and no file/],
  ['a key that is none', withKey('note.txt'), /the key note\.txt is no public key in PEM/],
  ['a private key', withKey('private.pem'), /the key private\.pem is no public key in PEM/],
  ['a damaged key', withKey('damaged.pem'), /the key damaged\.pem is no public key that can be read/],
  [
    'an RSA key',
    withKey('rsa.pem'),
    /the key rsa\.pem is of the kind rsa; Ed25519 and ECDSA P-256 are taken/,
  ],
  ['a key on another curve', withKey('p384.pem'), /the key p384\.pem is of the kind ec secp384r1/],
  ['a root that is none', `${good}root: note.txt\n`, /the trusted root holds no JSON object/],
  [
    'a root of another kind',
    `${good}root: acme.json\n`,
    /the trusted root is none of Sigstore: it has another media type/,
  ],
  ['a root that names nobody', `${good}root: nobody.json\n`, /the trusted root names nobody/],
  ['the same key twice', withKey('acme.pem, acme.pem'), "policy.yaml:4:22: error: this is acme's already"],
  ['one key of two', policyText([acme, { ...acme, name: 'beta' }]), /this is acme's already/],
  [
    'one key of two, once by a point that is compressed',
    policyText([acme, { ...acme, name: 'beta', pem: compressed(acme.pem) }]),
    /this is acme's already/,
  ],
  ['an identity without its issuer', withIdentity('{ identity: ci@acme.example }'), /issuer: /],
  ['neither identity nor pattern', withIdentity(`{ ${issuer} }`), /takes either "identity" or "pattern"/],
  [
    'both',
    withIdentity(`{ identity: a@b.example, pattern: "*@b.example", ${issuer} }`),
    /takes either "identity" or "pattern"/,
  ],
  ['a pattern for everybody', withIdentity(`{ pattern: "**", ${issuer} }`), /the pattern fits any host/],
  [
    'a pattern for any host',
    withIdentity(`{ pattern: "https://*.example/ci", ${issuer} }`),
    /the pattern fits any host/,
  ],
  [
    'a pattern for everybody at a host that is for everybody',
    withIdentity(`{ pattern: "https://github.com/**", ${issuer} }`),
    /the pattern fits anybody at github\.com/,
  ],
  [
    'a pattern for whoever has a name that begins so',
    withIdentity(`{ pattern: "https://GitHub.com/acme*/rebuild/ci.yml", ${issuer} }`),
    /the pattern fits anybody at GitHub\.com/,
  ],
  [
    'a pattern for any host of addresses',
    withIdentity(`{ pattern: "ci@*", ${issuer} }`),
    /the pattern fits any host/,
  ],
  [
    'a pattern that is none',
    withIdentity(`{ pattern: "ci@acme.example", ${issuer} }`),
    /the pattern has no \*/,
  ],
  [
    'identities without a root',
    withIdentity(`{ identity: ci@acme.example, ${issuer} }`, ''),
    /takes a "root": nothing else vouches for a certificate/,
  ],
  [
    'a root that is not there',
    withIdentity(`{ identity: ci@acme.example, ${issuer} }`, 'root: lost.json\n'),
    /the root lost\.json is not there/,
  ],
  ['an age that nobody vouches for', `${good}days: 30\n`, /takes a "root": nothing else vouches for a time/],
  ['an age of nothing', `${good}days: 0\nroot: note.txt\n`, /days: expected a whole number from 1 to 36500/],
  ['for no release', `${good}releases: []\n`, /releases: an empty list asks for nothing/],
];

for (const [name, text, said] of wrong) {
  test(`a policy with ${name}`, async () => {
    const read = await policyFrom(text, files);
    assert.ok(!read.ok, 'it was taken');
    assert.is(read.error.reason, 'configuration');
    const told = describeFailure(read.error);
    assert.match(told, /^policy\.yaml:[0-9]+:[0-9]+: error: /);
    if (typeof said === 'string') assert.ok(told.includes(said), told);
    else assert.match(told, said);
  });
}

test('a policy that is not there, or is no file', async () => {
  const { readPolicy } = await import('../../../orchestrator/statement/trust/policy.ts');
  const lost = await readPolicy('/lost/policy.yaml', 'policy.yaml');
  assert.is(lost.ok ? '' : describeFailure(lost.error).split('\n')[0], 'There is no policy policy.yaml.');
  const folder = await readPolicy('/', 'policy.yaml');
  assert.is(folder.ok ? '' : describeFailure(folder.error), 'policy.yaml: error: is a folder, and no file');
});

test('keys in files and in the policy itself, several of one signer', async () => {
  const text = withKey(`acme.pem, ${JSON.stringify(beta.pem)}`);
  const policy = unwrap(await policyFrom(text, files));
  assert.equal(
    policy.signers.map(({ name, keys }) => [name, keys.length]),
    [['acme', 2]],
  );
  const keys = policy.signers[0]?.keys ?? [];
  for (const { sha256 } of keys) assert.equal(signerOf({ key: sha256 }, policy), { ok: true, value: 'acme' });
  assert.equal(signerOf({ key: 'a'.repeat(64) }, policy).ok, false);
});

test('a pattern fits from end to end, and its dots are dots', () => {
  const fits = (pattern: string, text: string) => expressionOf(pattern).test(text);
  const workflow = 'https://github.com/acme/*/.github/workflows/ci.yml@refs/tags/**';
  assert.ok(fits(workflow, 'https://github.com/acme/a/.github/workflows/ci.yml@refs/tags/v1/x'));
  for (const other of [
    'https://github.com/acme/a/b/.github/workflows/ci.yml@refs/tags/v1',
    'https://github.com/acme/a/xgithub/workflows/ci.yml@refs/tags/v1',
    'https://github.com/acme/a/.github/workflows/ci.yml@refs/heads/main',
    'x https://github.com/acme/a/.github/workflows/ci.yml@refs/tags/v1',
    'https://github.com/acme\n/a/.github/workflows/ci.yml@refs/tags/v1',
  ])
    assert.not.ok(fits(workflow, other), other);
  assert.ok(fits('v1-30-*', 'v1-30-eks-5'));
  assert.not.ok(fits('v1-3?-eks-5', 'v1-30-eks-5'));
});

test('whoever would be two counts for neither', async () => {
  const identity = (pattern: string) =>
    `    identities:\n      - { pattern: ${JSON.stringify(pattern)}, ${issuer} }\n`;
  const text = `schema: 1\nsigners:\n  acme:\n${identity('*@acme.example')}  beta:\n${identity('ci*@acme.example')}agree: 1\nrequire: { equivalence: { verdicts: [identical] } }\nroot: root.json\n`;
  const policy = unwrap(await policyFrom(text, files));
  const by = (name: string) => signerOf({ identity: name, issuer: 'https://issuer.example' }, policy);
  assert.equal(by('joe@acme.example'), { ok: true, value: 'acme' });
  assert.match(
    by('ci@acme.example').ok ? '' : String((by('ci@acme.example') as { error: string }).error),
    /acme and beta at once/,
  );
  assert.not.ok(signerOf({ identity: 'joe@acme.example', issuer: 'https://other.example' }, policy).ok);
});

test.run();
