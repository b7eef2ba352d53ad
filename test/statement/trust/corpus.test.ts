import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  bundleOf,
  equivalenceOf,
  policyText,
  provenanceOf,
  signedText,
  summaryOf,
} from '../../rig/signed-statements.ts';
import { bundles } from './forged-bundles.ts';
import { statements } from './forged-statements.ts';
import { acme, answerBy, eddy, type Forged, policyFrom, published, unwrap, whysIn } from './rig.ts';

const requiring = {
  equivalence: '{ equivalence: { verdicts: [identical] } }',
  provenance: '{ provenance: { builders: ["urn:eksd-rebuild"] } }',
  summary: '{ summary: { verifiers: ["urn:eksd-rebuild"], levels: [SLSA_BUILD_LEVEL_1] } }',
};
const scopes = {
  equivalence: 'releases: [v1-30-eks-5]\nprojects: ["etcd-io/*"]\n',
  provenance: 'releases: [v1-30-eks-5]\nprojects: ["etcd-io/*"]\n',
  // A summary is of a lock, and names neither.
  summary: '',
};

async function policyFor(kind: keyof typeof requiring) {
  const text = policyText([acme, eddy], { require: requiring[kind], more: scopes[kind] });
  return unwrap(await policyFrom(text));
}

test('what is neither forged nor broken is enough', async () => {
  const made = {
    equivalence: equivalenceOf(published),
    provenance: provenanceOf(published),
    summary: summaryOf(published),
  };
  for (const kind of ['equivalence', 'provenance', 'summary'] as const) {
    for (const party of [acme, eddy]) {
      const answer = await answerBy(await policyFor(kind), [signedText(party, made[kind])]);
      assert.ok(answer.isTrusted, `${kind} by ${party.name}: ${whysIn(answer).join('; ')}`);
    }
  }
  const spaced = JSON.stringify(bundleOf(acme, JSON.stringify(equivalenceOf(published), null, 2)), null, 2);
  assert.ok((await answerBy(await policyFor('equivalence'), [spaced])).isTrusted);
});

const corpus: readonly Forged[] = [...bundles, ...statements];

for (const [what, some] of Object.entries({ bundle: bundles, statement: statements })) {
  for (const { name, found, why, kind = 'equivalence' } of some) {
    test(`a forged or broken ${what}: ${name}`, async () => {
      const answer = await answerBy(await policyFor(kind), [found]);
      assert.is(answer.isTrusted, false);
      const [only, ...more] = whysIn(answer);
      assert.match(only ?? 'nothing was said against it', why);
      assert.equal(more, []);
    });
  }
}

test('what is forged takes nothing from what is not beside it', async () => {
  const policy = await policyFor('equivalence');
  const others = corpus.filter(
    ({ kind, name }) => kind === undefined && name !== 'different' && name !== 'explained',
  );
  const answer = await answerBy(policy, [
    ...others.map(({ found }) => found),
    signedText(eddy, equivalenceOf(published)),
  ]);
  assert.ok(answer.isTrusted);
  assert.is(whysIn(answer).length, others.length);
  assert.ok(corpus.length >= 40);
});

test.run();
