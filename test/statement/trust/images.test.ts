import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  equivalenceOf,
  imageOf,
  lockDigest,
  newParty,
  policyText,
  sha,
  signedText,
  summaryOf,
} from '../../rig/signed-statements.ts';
import { answerBy, policyFrom, unwrap, whysIn } from './rig.ts';

const [acme, beta] = [newParty('acme'), newParty('beta')];
const image = sha('an image');
const [etcd, etcdctl] = [sha('etcd'), sha('etcdctl')];
const files = [
  { file: 'etcd', published: etcd },
  { file: 'etcdctl', published: etcdctl },
];
const holds = imageOf(image, files);
const policy = async (agree: number, require: string) =>
  unwrap(await policyFrom(policyText([acme, beta], { agree, require })));

test('a summary is of an image whose programs it has, by the same signer, and of no other', async () => {
  const both = '{ equivalence: { verdicts: [identical] }, summary: { verifiers: ["urn:eksd-rebuild"] } }';
  const one = await policy(1, both);
  const passed = summaryOf(lockDigest);
  passed.subject.push(...[etcd, etcdctl].map((sha256, at) => ({ name: `file ${at}`, digest: { sha256 } })));
  const part = summaryOf(lockDigest);
  part.subject.push({ name: 'file', digest: { sha256: etcd } });
  const asked = (summary: object, by = acme, said = holds) =>
    answerBy(one, [signedText(acme, said)], {
      subject: image,
      more: { [lockDigest]: [signedText(by, summary)] },
    });
  assert.ok((await asked(passed)).isTrusted);
  for (const [why, answer] of [
    ['half of what is in it', await asked(part)],
    ['of one who does not say what is in it', await asked(passed, beta)],
    [
      'of an image with nothing in it',
      await asked(passed, acme, imageOf(image, [], { verdict: 'no-expectation' })),
    ],
  ] as const) {
    assert.not.ok(answer.isTrusted, why);
    assert.ok(whysIn(answer).includes('is about something else'), why);
  }
  const failed = await asked({ ...passed, predicate: { ...passed.predicate, verificationResult: 'FAILED' } });
  assert.equal(whysIn(failed), ['says that verification failed']);
});

test('who takes back what he said of a program, takes back what he said of the image that it is in', async () => {
  const require = '{ equivalence: { verdicts: [identical] } }';
  const found = [signedText(acme, holds), signedText(beta, holds)];
  const denied = (by = acme) => ({ [etcdctl]: [signedText(by, otherwise)] });
  const otherwise = equivalenceOf(etcdctl, { file: 'etcdctl', built: sha('other') });
  const ask = async (agree: number, more: Readonly<Record<string, readonly string[]>>) =>
    answerBy(await policy(agree, require), found, { subject: image, more });
  assert.ok((await ask(2, {})).isTrusted);
  assert.ok(
    (await ask(2, { [etcdctl]: [signedText(beta, equivalenceOf(etcdctl, { file: 'etcdctl' }))] })).isTrusted,
  );
  const one = await ask(2, denied());
  assert.not.ok(one.isTrusted);
  assert.equal([...whysIn(one)].sort(), [
    'is contradicted by another of the same signer',
    'says different of etcd-io/etcd/linux/amd64/etcdctl, which is in it',
  ]);
  assert.ok((await ask(1, denied())).isTrusted, 'where one is enough, and another says so');
  assert.ok((await ask(2, denied(newParty('stranger')))).isTrusted, "a stranger's word is none");
});

test.run();
