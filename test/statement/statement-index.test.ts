import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import { branded, isReleaseName } from '../../orchestrator/core/names.ts';
import { placeOfStatement } from '../../orchestrator/statement/place.ts';
import {
  cyclonedxType,
  equivalenceType,
  isPredicateType,
  kindOf,
  predicateTypes,
  provenanceType,
  spdxType,
  vexType,
} from '../../orchestrator/statement/predicates.ts';
import { readStatementIndex, statementIndexText } from '../../orchestrator/statement/statement-index.ts';
import { sha } from '../rig/verdicts.ts';

const row = (name: string, type: typeof provenanceType | typeof equivalenceType) => ({
  subject: { name, sha256: sha(name) },
  predicateType: type,
  path: placeOfStatement(sha(name), type, false),
  sha256: sha(`${name} ${type}`),
});
const rows = [row('b', provenanceType), row('a', equivalenceType), row('a', provenanceType)];
const index = { version: 1 as const, release: branded(isReleaseName, 'v1-30-eks-5'), statements: rows };

test('the same text for the same statements, in whatever order they came', () => {
  const text = statementIndexText(index);
  assert.is(text, statementIndexText({ ...index, statements: [...rows].reverse() }));
  const read = readStatementIndex(text, 'index.json');
  assert.ok(read.ok);
  assert.equal(
    read.value.statements.map(({ path }) => path),
    [
      `sha256/${sha('a')}/equivalence.intoto.json`,
      `sha256/${sha('a')}/provenance.intoto.json`,
      `sha256/${sha('b')}/provenance.intoto.json`,
    ],
  );
});

test('where statements lie says what they are, which of several, and whether they are signed', () => {
  assert.is(placeOfStatement(sha('a'), vexType, true), `sha256/${sha('a')}/vex.sigstore.json`);
  assert.is(placeOfStatement(sha('a'), vexType, true, 2), `sha256/${sha('a')}/vex-2.sigstore.json`);
});

test('every type of predicate has a name of its own', () => {
  assert.equal(
    predicateTypes.map((type) => [type, kindOf(type)]),
    [
      ['https://slsa.dev/provenance/v1', 'provenance'],
      ['urn:eksd-rebuild:equivalence:1', 'equivalence'],
      ['https://slsa.dev/verification_summary/v1', 'summary'],
      [spdxType, 'spdx'],
      [cyclonedxType, 'cyclonedx'],
      ['https://openvex.dev/ns/v0.2.0', 'vex'],
    ],
  );
  assert.not.ok(isPredicateType('https://slsa.dev/provenance/v0.2'));
  assert.not.ok(isPredicateType('constructor'));
});

test('refused: a path that leaves the folder, another version, a member more', () => {
  const said = (change: (json: ReturnType<typeof JSON.parse>) => void) => {
    const json = JSON.parse(statementIndexText(index));
    change(json);
    const read = readStatementIndex(JSON.stringify(json), 'index.json');
    return read.ok ? '' : describeFailure(read.error);
  };
  assert.match(
    said((json) => (json.statements[0].path = '../../etc/passwd')),
    'statements.0.path: the path leaves its folder',
  );
  assert.match(
    said((json) => (json.version = 2)),
    'version: this version reads version 1 of the list',
  );
  assert.match(
    said((json) => (json.statements[1].more = 1)),
    'unknown field "more"',
  );
});

test.run();
