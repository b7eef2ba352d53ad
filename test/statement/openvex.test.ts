import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { claimsOf, openVexSchema } from '../../orchestrator/statement/openvex.ts';
import { sha } from '../rig/verdicts.ts';

const product = (of: string, ...components: readonly string[]) => ({
  '@id': `pkg:generic/${of}`,
  hashes: { 'sha-256': sha(of) },
  subcomponents: components.map((id) => ({ '@id': id })),
});

function claims(...statements: readonly object[]) {
  return claimsOf(openVexSchema.parse({ '@context': 'https://openvex.dev/ns/v0.2.0', statements }));
}

test('each statement is a claim: what, in what, of what, and why', () => {
  const [claim, ...others] = claims({
    vulnerability: { name: 'CVE-2024-1', aliases: ['GO-2024-1'] },
    status: 'not_affected',
    justification: 'vulnerable_code_not_present',
    impact_statement: 'It is not linked.',
    products: [product('a', 'pkg:golang/lib@v1'), product('b', 'pkg:golang/lib@v1'), product('a')],
  });
  assert.equal(others, []);
  assert.equal(claim, {
    vulnerability: 'CVE-2024-1',
    aliases: ['GO-2024-1'],
    status: 'not_affected',
    justification: 'vulnerable_code_not_present',
    why: ['It is not linked.'],
    components: ['pkg:golang/lib@v1'],
    products: [sha('a'), sha('b')],
  });
});

test('what mends it comes after what was seen', () => {
  const [claim] = claims({
    vulnerability: { name: 'CVE-2024-1' },
    status: 'affected',
    status_notes: 'It is called.',
    action_statement: 'Take v2.',
    products: [product('a')],
  });
  assert.equal(claim?.why, ['It is called.', 'Take v2.']);
});

test('what has no name or no known state is left out: it says nothing', () => {
  const products = [product('a')];
  const known = { vulnerability: { name: 'CVE-2024-1' }, status: 'fixed', products };
  const strange = [
    { ...known, status: 'harmless' },
    { ...known, vulnerability: 'CVE-2024-2' },
    { ...known, vulnerability: {} },
  ];
  assert.is(claims(...strange, known).length, 1);
});

test.run();
