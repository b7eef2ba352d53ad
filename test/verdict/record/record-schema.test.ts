import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { type FileRecord, recordSchema, renderRecords } from '../../../orchestrator/verdict/record/record.ts';
import { recordOf } from '../../../orchestrator/verdict/record/record-of.ts';
import { fileVerdict, lockedWith, sha } from '../../rig/verdicts.ts';

const path = new URL('../../../orchestrator/verdict/record/record.schema.json', import.meta.url);

test('record.schema.json says what the program reads', () => {
  const title = 'A record: a line of records/<release>.jsonl';
  const rendered = `${JSON.stringify({ title, ...z.toJSONSchema(recordSchema, { io: 'input' }) }, null, 2)}\n`;
  if (process.env['UPDATE'] === '1') writeFileSync(path, rendered);
  assert.fixture(readFileSync(path, 'utf8'), rendered, 'run the test with UPDATE=1 to write it anew');
});

test('what is written is valid by it, and nothing more is', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const isValid = ajv.compile(JSON.parse(readFileSync(path, 'utf8')));
  const about = {
    release: 'v1-30-eks-5' as FileRecord['release'],
    date: '2024-05-01T10:00:00Z',
    locked: lockedWith(['linux/amd64 tool=published']),
    build: sha('build'),
    by: 'eksd-rebuild 0.1.0',
  };
  const records = [
    recordOf(fileVerdict({ expected: sha('published'), found: sha('published') }), about),
    recordOf(fileVerdict({ verdict: 'build-failed', why: 'It made no such file.' }), about),
    recordOf(fileVerdict({ verdict: 'source-unavailable', failure: { reason: 'aborted' } }), about),
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
