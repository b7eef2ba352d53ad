import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { lockSchema } from '../../orchestrator/config/lock/lock.ts';
import { projectSchema } from '../../orchestrator/config/project/project.ts';
import { settingsSchema } from '../../orchestrator/config/settings/settings.ts';
import { pageSchema } from '../../orchestrator/report/atlas/view/schema.ts';
import { answerSchema } from '../../orchestrator/statement/trust/answer.ts';
import { challengeSchema } from '../../orchestrator/statement/trust/challenge.ts';
import { policySchema } from '../../orchestrator/statement/trust/policy-schema.ts';

const folder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'orchestrator');

const files: readonly (readonly [file: string, title: string, schema: z.ZodType])[] = [
  ['config/project.schema.json', 'A recipe: projects/<org>/<repo>/project.yaml', projectSchema],
  ['config/settings.schema.json', 'Settings: eksd-rebuild.yaml, settings.yaml', settingsSchema],
  ['config/lock.schema.json', 'The pins of a release: releases/<tag>.lock.yaml', lockSchema],
  ['report/atlas/atlas.schema.json', 'The JSON beside a page of an atlas', pageSchema],
  ['statement/trust/policy.schema.json', 'Who is trusted: the policy of trust and challenge', policySchema],
  ['statement/trust/trust.schema.json', 'What trust --json prints', answerSchema],
  ['statement/trust/challenge.schema.json', 'What challenge --json prints', challengeSchema],
];

/** The schema for an editor, which takes `1` and `1.20` for numbers where we read every scalar as text. */
function render(title: string, schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // zod leaves out examples of what is read as something else; ours are what is written.
      const { examples } = z.globalRegistry.get(zodSchema) ?? {};
      if (Array.isArray(examples)) jsonSchema.examples = examples;
      if (jsonSchema.const === '1') {
        delete jsonSchema.const;
        Object.assign(jsonSchema, { type: ['string', 'number'], enum: ['1', 1] });
      }
      const pattern = new RegExp(jsonSchema.pattern ?? '^$');
      if (pattern.test('1') || pattern.test('1.20')) {
        Object.assign(jsonSchema, { type: ['string', 'number'] });
      }
    },
  });
  return `${JSON.stringify({ title, ...json }, null, 2)}\n`;
}

for (const [file, title, schema] of files) {
  test(`${file} says what the program reads`, () => {
    const path = join(folder, file);
    const rendered = render(title, schema);
    if (process.env['UPDATE'] === '1') writeFileSync(path, rendered);
    assert.fixture(readFileSync(path, 'utf8'), rendered, 'run the test with UPDATE=1 to write it anew');
  });
}

test.run();
