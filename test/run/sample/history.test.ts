import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSampleHistory } from '../../../orchestrator/run/sample/history.ts';

const good = 'sources/sample/clock  2022-03-01T12:30:00+01:00  a,b  annotated:v1  Show the time';

test('reads commits by folder, in order, and passes over comments', () => {
  const read = readSampleHistory(
    'history.txt',
    `# comment\n\n${good}\nupstream 2022-05-10T09:00:00Z . - One\n${good.replace('a,b', '-').replace('annotated:v1', 'lightweight:v2')}\n`,
  );
  assert.ok(read.ok);
  assert.equal([...read.value.keys()], ['sources/sample/clock', 'upstream']);
  const commits = (read.value.get('sources/sample/clock') ?? []).map(({ missing, ...rest }) => rest);
  const common = { date: '2022-03-01T12:30:00+01:00', message: 'Show the time' };
  assert.equal(commits, [
    { ...common, adds: ['a', 'b'], tag: { kind: 'annotated', name: 'v1' } },
    { ...common, adds: [], tag: { kind: 'lightweight', name: 'v2' } },
  ]);
  assert.is(read.value.get('upstream')?.[0]?.adds, 'all');
});

for (const [what, line, message] of [
  [
    'too few columns',
    'upstream 2022-05-10T09:00:00Z . One',
    'expected five columns: folder, date, adds, tag, message',
  ],
  [
    'a date without a zone',
    good.replace('+01:00', ''),
    'expected a date such as 2022-03-01T12:30:00+01:00, not 2022-03-01T12:30:00',
  ],
  [
    'a day that is none',
    good.replace('03-01', '13-01'),
    'expected a date such as 2022-03-01T12:30:00+01:00, not 2022-13-01T12:30:00+01:00',
  ],
  [
    'a tag of no kind',
    good.replace('annotated:', ''),
    'expected annotated:NAME, lightweight:NAME or -, not v1',
  ],
] as const) {
  test(`refuses ${what}, with the line`, () => {
    const read = readSampleHistory('history.txt', `${good}\n${line}\n`);
    assert.ok(!read.ok);
    assert.equal(
      read.error.map((each) => [each.location.line, each.location.text, each.message]),
      [[2, line, message]],
    );
  });
}

test.run();
