import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { equivalenceSchema } from '../../orchestrator/statement/equivalence.ts';
import {
  archiveParameters,
  fileParameters,
  imageParameters,
} from '../../orchestrator/statement/provenance-schema.ts';

const folder = join(import.meta.dirname, '../../docs/predicates');

const files: readonly (readonly [file: string, title: string, schema: z.ZodType])[] = [
  ['equivalence.schema.json', 'The predicate urn:eksd-rebuild:equivalence:1', equivalenceSchema],
  ['provenance-file.schema.json', 'The external parameters of urn:eksd-rebuild:file:1', fileParameters],
  [
    'provenance-archive.schema.json',
    'The external parameters of urn:eksd-rebuild:archive:1',
    archiveParameters,
  ],
  ['provenance-image.schema.json', 'The external parameters of urn:eksd-rebuild:image:1', imageParameters],
];

for (const [file, title, schema] of files) {
  test(`${file} says what the program reads`, () => {
    const rendered = `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input' }) }, null, 2)}\n`;
    const path = join(folder, file);
    if (process.env['UPDATE'] === '1') writeFileSync(path, rendered);
    assert.fixture(readFileSync(path, 'utf8'), rendered, 'run the test with UPDATE=1 to write it anew');
  });
}

test.run();
