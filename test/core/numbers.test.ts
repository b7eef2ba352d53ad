import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countOf } from '../../orchestrator/core/numbers.ts';

test('one is one, and none are several', () => {
  assert.equal(
    [0, 1, 2].map((count) => countOf(count, 'file')),
    ['0 files', '1 file', '2 files'],
  );
  assert.equal([countOf(1, 'patch', 'patches'), countOf(2, 'patch', 'patches')], ['1 patch', '2 patches']);
});

/** A number in a text, and what it counts beside it: `${count} files`. What stands before it may say what the number is instead. */
const byHand =
  /\$\{[^{}]*(?:\b(?:size|length|count|number|bytes|seconds|minutes|\w*[lL]imit|done|total|paths|layers|packages|value|has)\b|Math\.\w+\([^}]*|\w+ [+*/-] \w+)[^{}]*\} (?:more |other )?[a-z]+s\b/g;

/** Every other text with such a shape, whose word after the number is a verb, or has the number of something else. */
const verbs = / (?:is|was|has|does|names|requires|asks|takes|holds|says|needs|puts|its|this|as)$/;

test('no text counts by itself: 1 files', () => {
  const root = join(import.meta.dirname, '../../orchestrator');
  const found: string[] = [];
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const text = readFileSync(join(root, name), 'utf8');
    for (const [hit] of text.matchAll(byHand))
      if (!hit.includes('countOf(') && !verbs.test(hit)) found.push(`${name}: ${hit}`);
  }
  assert.equal(found, []);
});

test.run();
