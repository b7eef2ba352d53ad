import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ok } from '../../../orchestrator/core/result.ts';
import { verifyBundle } from '../../../orchestrator/statement/sign/verify-bundle.ts';
import { decide } from '../../../orchestrator/statement/trust/decide.ts';
import type { Verify } from '../../../orchestrator/statement/trust/look-into.ts';
import type { Policy } from '../../../orchestrator/statement/trust/policy.ts';
import {
  equivalenceOf,
  lockDigest,
  newParty,
  policyText,
  provenanceOf,
  sha,
  signedText,
  summaryOf,
} from '../../rig/signed-statements.ts';
import { answerBy, policyFrom, published, unwrap, whysIn } from './rig.ts';

const parties = ['acme', 'beta', 'gamma'].map((name) => newParty(name));
const [acme, beta, gamma] = parties as [(typeof parties)[0], (typeof parties)[0], (typeof parties)[0]];
const says = (party: typeof acme) => signedText(party, equivalenceOf(published));
const denies = (party: typeof acme) => signedText(party, equivalenceOf(published, { built: sha('ours') }));
const policy = async (agree: number, more = {}) =>
  unwrap(await policyFrom(policyText(parties, { agree, ...more })));

test('as many as have to agree, and no fewer', async () => {
  const two = await policy(2);
  assert.not.ok((await answerBy(two, [])).isTrusted);
  assert.not.ok((await answerBy(two, [says(acme)])).isTrusted);
  const answer = await answerBy(two, [says(beta), says(acme)]);
  assert.ok(answer.isTrusted);
  assert.equal(
    answer.requirements[0]?.agreed.map(({ signer }) => signer),
    ['acme', 'beta'],
  );
});

test('who signs twice counts once, also by two keys of his', async () => {
  const two = await policy(2);
  assert.not.ok((await answerBy(two, [says(acme), says(acme), says(acme)])).isTrusted);
  const other = newParty('other');
  const text = policyText([acme, beta], { agree: 2 }).replace(
    '  beta:',
    `      - ${JSON.stringify(other.pem)}\n  beta:`,
  );
  const policyOfTwo = unwrap(await policyFrom(text));
  assert.not.ok((await answerBy(policyOfTwo, [says(acme), says(other)])).isTrusted);
  assert.ok((await answerBy(policyOfTwo, [says(other), says(beta)])).isTrusted);
});

test('who says that it is so and that it is not is not believed', async () => {
  const answer = await answerBy(await policy(1), [says(acme), denies(acme)]);
  assert.not.ok(answer.isTrusted);
  assert.equal(whysIn(answer), ['is contradicted by another of the same signer', 'says different']);
});

test('two that are false and agree outvote one that is true: the answer is what the policy asks for, and tells who says otherwise', async () => {
  const forged = [denies(gamma), says(acme), says(beta)];
  const answer = await answerBy(await policy(2), forged);
  assert.ok(answer.isTrusted);
  assert.equal(answer.requirements[0]?.others, [
    { place: 'place/0', signer: 'gamma', says: 'different', why: 'says different' },
  ]);
  assert.not.ok(
    (await answerBy(await policy(3), forged)).isTrusted,
    'where all have to agree, one is enough to say no',
  );
});

test('each requirement is met by itself', async () => {
  const require =
    '{ equivalence: { verdicts: [identical] }, provenance: { builders: ["urn:eksd-rebuild"] } }';
  const both = await policy(1, { require });
  const made = signedText(beta, provenanceOf(published));
  assert.not.ok((await answerBy(both, [says(acme)])).isTrusted);
  assert.not.ok((await answerBy(both, [made])).isTrusted);
  const answer = await answerBy(both, [says(acme), made]);
  assert.ok(answer.isTrusted);
  assert.equal(
    answer.requirements.map(({ kind, isMet }) => [kind, isMet]),
    [
      ['equivalence', true],
      ['provenance', true],
    ],
  );
});

test('what may be set aside', async () => {
  const require = '{ equivalence: { verdicts: [identical, equivalent], normalizers: [gzip, times] } }';
  const some = await policy(1, { require });
  const by = (normalizers: readonly string[]) =>
    answerBy(some, [
      signedText(acme, equivalenceOf(published, { built: sha('ours'), verdict: 'equivalent', normalizers })),
    ]);
  assert.ok((await by(['gzip'])).isTrusted);
  assert.ok((await by(['gzip', 'times'])).isTrusted);
  assert.equal(whysIn(await by(['gzip', 'owners'])), ['sets aside what the policy does not: owners']);
  assert.equal(whysIn(await by([])), ['says equivalent, and not what was set aside']);
});

test('a summary lies by the lock that other statements name', async () => {
  const require = '{ summary: { verifiers: ["urn:eksd-rebuild"] } }';
  const one = await policy(1, { require });
  const more = { [lockDigest]: [signedText(beta, summaryOf(published))] };
  assert.not.ok((await answerBy(one, [], { more })).isTrusted, 'nobody says which lock');
  assert.ok((await answerBy(one, [says(acme)], { more })).isTrusted);
  const stranger = newParty('stranger');
  assert.not.ok((await answerBy(one, [says(stranger)], { more })).isTrusted);
  const other = { [lockDigest]: [signedText(beta, summaryOf(sha('other')))] };
  assert.equal(whysIn(await answerBy(one, [says(acme)], { more: other })), ['is about something else']);
});

/** As `verifyBundle`, but with a time that somebody vouches for. */
const at =
  (time: Date | undefined): Verify =>
  async (...given) => {
    const verified = await verifyBundle(...given);
    return verified.ok && time !== undefined ? ok({ ...verified.value, time }) : verified;
  };

test('how old it may be, by a time that somebody vouches for', async () => {
  const month: Policy = { ...(await policy(1)), days: 30 };
  const now = Date.parse('2026-03-31T00:00:00Z');
  const by = (time: string | undefined, given: Policy = month) =>
    answerBy(given, [says(acme)], { now, verify: at(time === undefined ? undefined : new Date(time)) });
  const fresh = await by('2026-03-01T00:00:00Z');
  assert.ok(fresh.isTrusted);
  assert.is(fresh.requirements[0]?.agreed[0]?.time, '2026-03-01T00:00:00.000Z');
  assert.ok((await by('2026-03-31T00:04:00Z')).isTrusted, 'clocks differ a little');
  assert.equal(whysIn(await by('2026-02-28T23:59:59Z')), [
    'was signed at 2026-02-28T23:59:59.000Z, and may be 30 days old at most',
  ]);
  const toCome = ['was signed at 2026-04-01T00:00:00.000Z, which is to come'];
  assert.equal(whysIn(await by('2026-04-01T00:00:00Z')), toCome);
  assert.equal(whysIn(await by('2026-04-01T00:00:00Z', await policy(1))), toCome);
  assert.equal(whysIn(await by(undefined)), [
    'has no time that anybody vouches for, and the policy limits how old it may be',
  ]);
});

test('a policy that asks for nothing, or of nobody, trusts nothing', () => {
  const weighed = [{ place: 'p', signer: 'acme', kind: 'equivalence', says: 'identical' }] as const;
  assert.not.ok(decide(weighed, { agree: 1, require: {} }).isTrusted);
  assert.not.ok(decide([], { agree: 0, require: { equivalence: { verdicts: ['identical'] } } }).isTrusted);
});

test.run();
