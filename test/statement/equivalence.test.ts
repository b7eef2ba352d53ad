import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Json } from '../../orchestrator/core/canonical-json.ts';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import { isOfImage, readEquivalence, worstOf } from '../../orchestrator/statement/equivalence.ts';
import { fileEquivalence, imageEquivalence } from '../../orchestrator/statement/find-equivalence.ts';
import { readStatement, type Statement, statementText } from '../../orchestrator/statement/statement.ts';
import { imageOf, madeBy } from '../rig/made-by.ts';
import { fileVerdict, sha } from '../rig/verdicts.ts';

const { report } = madeBy();
const [same, other] = report.verdicts.map((verdict) => fileEquivalence(verdict, report));

/** The statement with something in its predicate, or in itself, changed. */
function changed(statement: Statement | undefined, predicate: object, rest: object = {}): Statement {
  if (statement === undefined) throw new Error('there is none');
  return { ...statement, predicate: { ...(statement.predicate as object), ...predicate } as Json, ...rest };
}

function why(statement: Statement): string {
  const read = readEquivalence(statement, 'a.json');
  return read.ok ? '' : (describeFailure(read.error).split('\n')[0] ?? '');
}

test('of a file that was built and published, by its published hash', () => {
  assert.equal(same?.subject, [{ name: 'org/tool/linux/amd64/tool', digest: { sha256: sha('a') } }]);
  assert.equal(same?.predicate, {
    ...{ release: 'v1-30-eks-5', lock: report.release.lock, project: 'org/tool' },
    ...{ platform: 'linux/amd64', file: 'tool', verdict: 'identical', normalizers: [] },
    published: { sha256: sha('a'), authority: 'built', where: 'projects/org/tool/1-30/CHECKSUMS:3' },
    built: { sha256: sha('a') },
  });
  assert.equal(other?.subject[0]?.digest, { sha256: sha('b') });
  assert.is(fileEquivalence(fileVerdict({ verdict: 'build-failed', expected: sha('a') }), report), undefined);
  assert.is(fileEquivalence(fileVerdict({ verdict: 'no-expectation', found: sha('a') }), report), undefined);
});

test('a cause is told where it is confirmed', () => {
  const explanation = {
    ...{ rule: 'go' as const, cause: 'Its Go was older.', evidence: [], fix: 'x', tried: [] },
  };
  const [, verdict = fileVerdict()] = report.verdicts;
  const causes = (['confirmed', 'high'] as const).map((confidence) => {
    const said = fileEquivalence({ ...verdict, explanation: { ...explanation, confidence } }, report);
    return (said?.predicate as { readonly cause?: string } | undefined)?.cause;
  });
  assert.equal(causes, ['Its Go was older.', undefined]);
});

test('of an image the worst of what is said of its programs', () => {
  const said = imageEquivalence(imageOf(), report);
  assert.equal(
    said.subject.map(({ name }) => name),
    ['org/tool', 'org/tool#linux/amd64', 'org/tool#linux/arm64'],
  );
  const read = readEquivalence(said, 'a.json');
  assert.ok(read.ok && isOfImage(read.value));
  assert.is(read.value.verdict, 'different');
  assert.equal(
    read.value.files.map(({ file, verdict, built }) => [file, verdict, built?.sha256]),
    [
      ['tool', 'identical', sha('a')],
      ['tool', 'different', sha('x')],
    ],
  );
  const pause = { project: 'org/tool', platform: 'linux/amd64', file: 'pause' } as const;
  const compiled = { by: 'x', sha256: sha('pause') };
  const unpublished = imageEquivalence(imageOf({ programs: [{ ...pause, compiled }] }), report);
  assert.equal((unpublished.predicate as { readonly verdict: Json }).verdict, 'no-expectation');
  assert.is(why(unpublished), '');
  assert.is(worstOf([]), 'no-expectation');
});

test('what is written is read', () => {
  for (const statement of [same, other]) {
    if (statement === undefined) throw new Error('there is none');
    const again = readStatement(statementText(statement), 'a.json');
    assert.ok(again.ok);
    const read = readEquivalence(again.value, 'a.json');
    assert.ok(read.ok);
    assert.equal(read.value, statement.predicate);
  }
});

const refused: readonly (readonly [what: string, statement: Statement, complaint: string])[] = [
  [
    'another type',
    changed(same, {}, { predicateType: 'https://slsa.dev/provenance/v1' }),
    'is of type https',
  ],
  ['identical of two hashes', changed(other, { verdict: 'identical' }), 'its hashes are two'],
  ['different of one hash', changed(same, { verdict: 'different' }), 'its hashes are one'],
  ['another file', changed(same, { file: 'ctl' }), 'is about org/tool/linux/amd64/ctl, and its subject is'],
  [
    'another subject',
    changed(same, { published: { sha256: sha('z'), authority: 'built' } }),
    'another published hash',
  ],
  ['a verdict that is none', changed(same, { verdict: 'Identical' }), 'predicate.verdict: '],
  ['a further member', changed(same, { verdikt: 'x' }), 'unknown field "verdikt"'],
  ['a member less', changed(same, { lock: undefined }), 'predicate.lock: '],
  ['a path as file', changed(same, { file: '../tool' }), "predicate.file: expected a file's name"],
  [
    'a better verdict than the worst',
    changed(imageEquivalence(imageOf(), report), { verdict: 'identical' }),
    'says identical, which is not the worst',
  ],
  [
    'an image under the name of another',
    changed(imageEquivalence(imageOf(), report), { image: 'org/other' }),
    'is about org/other, and has a subject org/tool',
  ],
];

for (const [what, statement, complaint] of refused) {
  test(`refused: ${what}`, () => {
    const said = why(JSON.parse(JSON.stringify(statement)));
    assert.ok(said.startsWith('a.json') && said.includes(complaint), said);
  });
}

test.run();
