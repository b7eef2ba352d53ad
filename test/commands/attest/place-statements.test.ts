import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { placeStatements } from '../../../orchestrator/commands/attest/place-statements.ts';
import { equivalenceType, provenanceType, summaryType } from '../../../orchestrator/statement/predicates.ts';
import type { Statement } from '../../../orchestrator/statement/statement.ts';
import { sha } from '../../rig/verdicts.ts';

const about = (predicateType: string, ...subjects: readonly string[]): Statement => ({
  predicateType,
  predicate: {},
  subject: subjects.map((text) => {
    const [name = '', content = name] = text.split('=');
    return { name, digest: { sha256: sha(content) } };
  }),
});
const pathsOf = (statements: readonly Statement[], isSigned = false) =>
  placeStatements(statements, isSigned).map(({ places }) => [...places.values()]);

test('each lies under the digest of every subject; a summary under that of the lock alone', () => {
  const image = about(provenanceType, 'image', 'image#linux/amd64');
  const summary = about(summaryType, 'lock', 'tool');
  assert.equal(pathsOf([summary, image]), [
    [
      `sha256/${sha('image')}/provenance.intoto.json`,
      `sha256/${sha('image#linux/amd64')}/provenance.intoto.json`,
    ],
    [`sha256/${sha('lock')}/summary.intoto.json`],
  ]);
  assert.equal(pathsOf([summary], true), [[`sha256/${sha('lock')}/summary.sigstore.json`]]);
});

test('what is said of the same bytes under several names is numbered by these, in whatever order it came', () => {
  const twins = [about(provenanceType, 'b=x'), about(provenanceType, 'a=x'), about(equivalenceType, 'b=x')];
  const expected = [
    [`sha256/${sha('x')}/provenance.intoto.json`],
    [`sha256/${sha('x')}/provenance-2.intoto.json`],
    [`sha256/${sha('x')}/equivalence.intoto.json`],
  ];
  assert.equal(pathsOf(twins), expected);
  const names = placeStatements([...twins].reverse(), false).map(
    ({ statement }) => statement.subject[0]?.name,
  );
  assert.equal(names, ['a', 'b', 'b']);
});

test('one whose two subjects are the same bytes lies there once', () => {
  assert.equal(pathsOf([about(provenanceType, 'a=x', 'b=x')]), [
    [`sha256/${sha('x')}/provenance.intoto.json`],
  ]);
});

test.run();
