import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import { mostOfStatement, readStatement, statementText } from '../../orchestrator/statement/statement.ts';
import { sha } from '../rig/verdicts.ts';

const digest = { sha256: sha('tool') };
const good = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'tool', digest }],
  predicateType: 'https://example.com/said/v1',
  predicate: { of: 'it' },
};

/** What reading comes to: the text of what was read, or the complaint without the line that it shows. */
function read(text: string): string {
  const result = readStatement(text, 'a.json');
  if (result.ok) return statementText(result.value);
  assert.is(result.error.reason, 'configuration');
  return describeFailure(result.error).split('\n')[0] ?? '';
}
const readWith = (change: object) => read(JSON.stringify({ ...good, ...change }));

test('one text for one statement, whatever the order of members and subjects', () => {
  const text = statementText(good);
  assert.is(
    text,
    `{"_type":"https://in-toto.io/Statement/v1","predicate":{"of":"it"},"predicateType":"https://example.com/said/v1",` +
      `"subject":[{"digest":{"sha256":"${digest.sha256}"},"name":"tool"}]}`,
  );
  assert.is(read(text), text);
  const other = { name: 'another', digest: { sha256: sha('another'), sha512: 'a'.repeat(128) } };
  const both = [good.subject[0] ?? other, other];
  assert.is(readWith({ subject: both }), readWith({ subject: [...both].reverse() }));
  assert.match(readWith({ subject: both }), /"another".*"tool"/);
});

test('what in-toto has of a subject besides is let be, and not kept', () => {
  const subject = [{ name: 'tool', digest, uri: 'https://example.com/tool', annotations: { a: 1 } }];
  assert.is(readWith({ subject }), statementText(good));
});

const uncertain = 'the second time at';
const cases: readonly (readonly [what: string, text: string, complaint: string])[] = [
  ['no JSON', '{', 'a.json: error: holds no JSON object or list'],
  ['a list', '[]', 'a.json:1:1: error: Invalid input: expected object, received array'],
  ['a name twice', `${JSON.stringify(good).slice(0, -1)},"predicate":{}}`, uncertain],
  [
    'a name twice, in the predicate',
    JSON.stringify(good).replace('"of":"it"', '"of":1,"o\\u0066":2'),
    uncertain,
  ],
  ['a further member', JSON.stringify({ ...good, more: 1 }), 'unknown field "more"'],
  [
    'another version',
    JSON.stringify({ ...good, _type: 'https://in-toto.io/Statement/v0.1' }),
    '_type: expected',
  ],
  ['no subject', JSON.stringify({ ...good, subject: [] }), 'subject: nothing that something is said of'],
  ['no list of subjects', JSON.stringify({ ...good, subject: {} }), 'subject: expected a list of subjects'],
  ['too long', ' '.repeat(mostOfStatement + 1), 'a.json: error: has more than 32 MiB, which none needs'],
  ['no type', JSON.stringify({ ...good, predicateType: 'provenance' }), 'predicateType: expected a URI'],
  ['no predicate', JSON.stringify({ ...good, predicate: undefined }), 'predicate: expected an object'],
  ['a list as predicate', JSON.stringify({ ...good, predicate: [] }), 'predicate: expected an object'],
  ['infinity', JSON.stringify(good).replace('"it"', '1e999'), 'predicate: holds a number'],
  ['-0', JSON.stringify(good).replace('"it"', '[-0]'), 'predicate: holds a number'],
  ['too deep', JSON.stringify(good).replace('"it"', `${'['.repeat(300)}${']'.repeat(300)}`), '200 times'],
];

for (const [what, text, complaint] of cases) {
  test(`refused, with its place: ${what}`, () => {
    assert.ok(read(text).includes(complaint), read(text));
  });
}

const subjects: readonly (readonly [what: string, subject: object, complaint: string])[] = [
  ['without a name', { digest }, 'subject.0.name: expected a name'],
  ['with an empty name', { name: '', digest }, 'subject.0.name: expected a name'],
  ['without a digest', { name: 'tool' }, 'subject.0.digest: '],
  ['with an older algorithm alone', { name: 'tool', digest: { md5: 'a'.repeat(32) } }, 'has no sha256'],
  [
    'with an older algorithm, too',
    { name: 'tool', digest: { ...digest, sha1: 'a'.repeat(40) } },
    'digest.sha1: ',
  ],
  ['upper-case', { name: 'tool', digest: { sha256: 'A'.repeat(64) } }, 'expected 64 lower-case'],
  [
    'with a prefix',
    { name: 'tool', digest: { sha256: `sha256:${digest.sha256}` } },
    'expected 64 lower-case',
  ],
  ['cut off', { name: 'tool', digest: { sha256: 'a'.repeat(63) } }, 'expected 64 lower-case'],
  ['with a number', { name: 'tool', digest: { sha256: 1 } }, 'subject.0.digest.sha256: '],
  ['with a further member', { name: 'tool', digest, sha256: 'x' }, 'unknown field "sha256"'],
];

for (const [what, subject, complaint] of subjects) {
  test(`refused, with its place: a subject ${what}`, () => {
    const said = readWith({ subject: [subject] });
    assert.ok(said.includes(complaint), said);
    assert.match(said, /^a\.json:1:\d+: error: /);
  });
}

test('refused: two subjects of one name', () => {
  const twice = [...good.subject, { name: 'tool', digest: { sha256: sha('other') } }];
  assert.match(readWith({ subject: twice }), 'subject.1.name: there is a "tool" already');
});

test.run();
