import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  describeContradiction,
  joinRecords,
  type Records,
  renew,
  takeIn,
} from '../../../orchestrator/verdict/record/join.ts';
import { type FileRecord, readRecords, renderRecords } from '../../../orchestrator/verdict/record/record.ts';
import { recordOf } from '../../../orchestrator/verdict/record/record-of.ts';
import type { FileVerdict } from '../../../orchestrator/verdict/verify/verdict.ts';
import { fileVerdict, lockedWith, sha } from '../../rig/verdicts.ts';

const about = {
  release: 'v1-30-eks-5' as FileRecord['release'],
  date: '2024-05-01T23:30:00-05:00',
  locked: lockedWith(['linux/amd64 tool=published']),
  build: sha('build'),
  by: 'eksd-rebuild 0.1.0',
};

const published = sha('published');

function record(given: Partial<FileVerdict> = {}, of: Partial<typeof about> = {}): FileRecord {
  const made = recordOf(fileVerdict({ expected: published, found: published, ...given }), {
    ...about,
    ...of,
  });
  if (made === undefined) throw new Error('no record');
  return made;
}

const explanation = {
  rule: 'stamp',
  ...{ cause: 'It was stamped.', evidence: [], fix: 'None.', tried: [] },
  confidence: 'confirmed',
} as const;
const different = { verdict: 'different', found: sha('ours') } as const;
const explained = { ...different, verdict: 'explained', explanation } as const;
const guessed = { ...different, explanation: { ...explanation, confidence: 'low' } } as const;
const unavailable = {
  verdict: 'source-unavailable',
  comparable: false,
  failure: { reason: 'source-unavailable', repository: 'r', wanted: 'w', detail: 'gone' },
} as const;

test('what the machine is to blame for is no record', () => {
  const failure = { reason: 'network', what: '', detail: '' } as const;
  assert.is(recordOf(fileVerdict({ verdict: 'infra-failed', failure }), about), undefined);
});

test('a record is a line, and reads back; the day is that of UTC', () => {
  const all = [
    record(),
    record(explained),
    record({ ...unavailable, platform: 'linux/arm64' }),
    record({ platform: 'darwin/arm64', name: 'a' }),
  ].map((each, at) => ({ ...each, name: `${each.name}${at}` }));
  const text = renderRecords(all);
  assert.is(renderRecords([...all].reverse()), text);
  const read = readRecords(text, 'x.jsonl');
  assert.ok(read.ok);
  assert.is(renderRecords(read.value), text);
  assert.is(all[0]?.date, '2024-05-02');
  assert.is(all[0]?.found, undefined, 'it is the expected');
  assert.equal(text.split('\n').length, 5);
});

const recordsByFile = (records: readonly FileRecord[]): Records => joinRecords(records).records;

/** What comes of two records of one file, by what is said of it first and then. */
const cases: readonly (readonly [
  title: string,
  first: FileRecord,
  then: FileRecord,
  renewed: string,
  taken: string,
])[] = [
  ['a cause stays', record(explained), record(different), 'explained', 'explained'],
  ['a cause is learned', record(different), record(explained), 'explained', 'explained'],
  ['a guess stays', record(guessed), record(different), 'different because', 'different because'],
  [
    'other bytes have no such cause',
    record(explained),
    record({ ...different, found: sha('x') }),
    'different',
    'explained',
  ],
  [
    'an other build has none',
    record(explained),
    record(different, { build: sha('other') }),
    'different',
    'explained',
  ],
  ['a source that one cannot have', record(), record(unavailable), 'identical', 'identical'],
  ['a source that one could not have', record(unavailable), record(), 'identical', 'identical'],
  [
    'of another expectation',
    record(),
    record({ ...unavailable, expected: sha('new') }),
    'source-unavailable',
    'identical',
  ],
  ['said anew', record(), record(different), 'different', 'identical'],
];

const shown = ({ verdict, cause }: FileRecord): string =>
  `${verdict}${cause === undefined || verdict !== 'different' ? '' : ' because'}`;

for (const [title, first, then, renewed, taken] of cases) {
  test(title, () => {
    const records = recordsByFile([first]);
    renew(records, [then]);
    assert.equal([...records.values()].map(shown), [renewed]);
    const others = recordsByFile([first]);
    takeIn(others, [then]);
    assert.equal([...others.values()].map(shown), [taken]);
  });
}

test('of one build come the same bytes: else both are named', () => {
  const [ours, theirs] = [record(), record(different)];
  assert.equal(takeIn(recordsByFile([ours]), [theirs]), [{ ours, theirs }]);
  assert.equal(takeIn(recordsByFile([ours]), [record(different, { build: sha('other') })]), []);
  assert.equal(takeIn(recordsByFile([ours]), [record()]), []);
});

test('of one place nothing is taken that contradicts itself, in whatever order and of whatever build', () => {
  const [ours, theirs] = [record(), record(different)];
  const elsewhere = record(different, { build: sha('other') });
  for (const [first, then] of [
    [ours, theirs],
    [theirs, ours],
    [ours, elsewhere],
    [record(different), record({ ...different, found: sha('x') })],
    [ours, record({ expected: sha('new'), found: sha('new') })],
  ] as const) {
    const { records, contradictions } = joinRecords([first, then]);
    assert.equal([records.size, contradictions], [0, [{ ours: first, theirs: then }]]);
  }
  assert.is(joinRecords([ours, theirs, ours]).records.size, 0);
  assert.is(
    describeContradiction({ ours, theirs }),
    `v1-30-eks-5 org/tool linux/amd64 tool is said to be identical and different (${sha('ours')})`,
  );
  for (const [first, then, verdict] of [
    [ours, record(), 'identical'],
    [record(unavailable), ours, 'identical'],
    [theirs, record(explained), 'explained'],
    [record(explained), elsewhere, 'explained'],
  ] as const) {
    const { records, contradictions } = joinRecords([first, then]);
    assert.equal([[...records.values()].map((each) => each.verdict), contradictions], [[verdict], []]);
  }
});

test('what is said of a file takes the place of what was said of all that its task makes', () => {
  const records = recordsByFile([record({ ...unavailable, name: '*' })]);
  renew(records, [record()]);
  assert.equal(
    [...records.values()].map(({ name }) => name),
    ['tool'],
  );
});

test.run();
