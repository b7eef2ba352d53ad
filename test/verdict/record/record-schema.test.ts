import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { Platform } from '../../../orchestrator/core/platform.ts';
import { type FileRecord, recordSchema, renderRecords } from '../../../orchestrator/verdict/record/record.ts';
import { recordOf } from '../../../orchestrator/verdict/record/record-of.ts';
import type { NodeBuild } from '../../../orchestrator/verdict/verify/build-outcome.ts';
import { compareProject } from '../../../orchestrator/verdict/verify/compare.ts';
import { fileVerdict, lockedWith, sha, treeOf } from '../../rig/verdicts.ts';

const path = new URL('../../../orchestrator/verdict/record/record.schema.json', import.meta.url);

test('record.schema.json says what the program reads', () => {
  const title = 'A record: a line of records/<release>.jsonl';
  const rendered = `${JSON.stringify({ title, ...z.toJSONSchema(recordSchema, { io: 'input' }) }, null, 2)}\n`;
  if (process.env['UPDATE'] === '1') writeFileSync(path, rendered);
  assert.fixture(readFileSync(path, 'utf8'), rendered, 'run the test with UPDATE=1 to write it anew');
});

const { default: add } = addFormats;

/** Of one file; by the program, and by the schema that others have. */
function isTaken(record: object): readonly boolean[] {
  const ajv = new Ajv2020({ strict: false });
  add(ajv);
  return [
    recordSchema.safeParse(record).success,
    ajv.validate(JSON.parse(readFileSync(path, 'utf8')), record),
  ];
}

const base = {
  ...{ schema: 1, release: 'v1-30-eks-5', date: '2024-05-01', project: 'org/tool', platform: 'linux/amd64' },
  ...{ name: 'tool', authority: 'built', version: 'v1.0.0', by: 'eksd-rebuild 0.1.0' },
};
const [expected, found] = [sha('published'), sha('ours')];

test('what contradicts itself is no record', () => {
  const sound = [
    { verdict: 'identical', comparable: true, expected },
    { verdict: 'explained', comparable: true, expected, found },
    { verdict: 'different', comparable: true, expected, found },
    { verdict: 'build-failed', comparable: true, expected },
    { verdict: 'build-failed', comparable: false, expected },
    { verdict: 'build-failed', comparable: false },
    { verdict: 'toolchain-unavailable', comparable: false, expected },
    { verdict: 'stale-expectation', comparable: false, expected, found },
    { verdict: 'no-expectation', comparable: false, found },
    { verdict: 'not-built', comparable: false, expected },
  ];
  for (const record of sound)
    assert.equal(isTaken({ ...base, ...record }), [true, true], JSON.stringify(record));
  const unsound = [
    { verdict: 'identical', comparable: false, expected },
    { verdict: 'identical', comparable: true },
    { verdict: 'identical', comparable: true, expected, found },
    { verdict: 'different', comparable: true, expected },
    { verdict: 'different', comparable: false, expected, found },
    { verdict: 'different', comparable: true, found },
    { verdict: 'build-failed', comparable: true },
    { verdict: 'build-failed', comparable: true, expected, found },
    { verdict: 'source-unavailable', comparable: true, expected },
    { verdict: 'stale-expectation', comparable: true, expected, found },
    { verdict: 'no-expectation', comparable: false, expected, found },
    { verdict: 'infra-failed', comparable: false, expected },
  ];
  for (const record of unsound)
    assert.equal(isTaken({ ...base, ...record }), [false, false], JSON.stringify(record));
  // What a JSON schema has no words for.
  const same = { ...base, verdict: 'stale-expectation', comparable: false, expected, found: expected };
  assert.equal(isTaken(same), [false, true]);
});

const about = {
  release: 'v1-30-eks-5' as FileRecord['release'],
  date: '2024-05-01T10:00:00Z',
  build: sha('build'),
  by: 'eksd-rebuild 0.1.0',
};

test('whatever comes of a comparison is recorded so that it reads back', () => {
  const seen = new Set<string>();
  const outcomes: readonly NodeBuild['outcome'][] = [
    ...['published', 'ours'].map((made) => ({ status: 'built', entries: treeOf(`tool=${made}`) }) as const),
    { status: 'failed', failure: { reason: 'toolchain-unavailable', version: '1.2', detail: 'gone' } },
  ];
  for (const authority of ['built', 'copied'] as const)
    for (const userPatches of [false, true])
      for (const outcome of outcomes) {
        const files = ['linux/amd64 tool=published', 'linux/amd64 other=x', 'linux/arm64 tool=published'];
        const locked = lockedWith(files, authority);
        const builds = new Map([
          ['linux/amd64' as Platform, [{ node: 'build', makes: ['tool', 'more'], outcome }]],
        ]);
        const of = { project: 'org/tool', locked, platforms: 'all', builds, userPatches } as const;
        for (const verdict of compareProject(of)) {
          const record = recordOf(verdict, { ...about, locked });
          seen.add(verdict.verdict);
          assert.equal(isTaken(JSON.parse(JSON.stringify(record))), [true, true], JSON.stringify(record));
        }
      }
  const all = ['build-failed', 'different', 'identical', 'no-expectation', 'not-built'];
  assert.equal([...seen].sort(), [...all, 'stale-expectation', 'toolchain-unavailable']);
});

test('what is written is valid by it, and nothing more is', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const isValid = ajv.compile(JSON.parse(readFileSync(path, 'utf8')));
  const of = { ...about, locked: lockedWith(['linux/amd64 tool=published']) };
  const records = [
    recordOf(fileVerdict({ expected: sha('published'), found: sha('published') }), of),
    recordOf(
      fileVerdict({ verdict: 'build-failed', expected: sha('published'), why: 'It made no such file.' }),
      of,
    ),
    recordOf(
      fileVerdict({ verdict: 'source-unavailable', comparable: false, failure: { reason: 'aborted' } }),
      of,
    ),
  ].filter((record) => record !== undefined);
  assert.is(records.length, 3);
  for (const line of renderRecords(records).trim().split('\n')) {
    const record: object = JSON.parse(line);
    assert.ok(isValid(record), JSON.stringify(isValid.errors));
    assert.not.ok(isValid({ ...record, time: 1 }));
    assert.not.ok(isValid({ ...record, verdict: 'fine' }));
  }
});

test.run();
