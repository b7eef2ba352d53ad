import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { err, ok } from '../../../orchestrator/core/result.ts';
import type { LicenseClassifier } from '../../../orchestrator/task/licenses/classifier.ts';
import { mayHoldLicense, rememberLicenses } from '../../../orchestrator/task/licenses/memory.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('what is known of licences');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'license-memory-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const { signal } = new AbortController();
const terms = 'Permission to use this is granted, without warranty. '.repeat(9);
const header = (who: string) => `// Copyright ${who}\n// ${terms}\n\npackage x\n`;

/** Says of a text how long it is, and of a source file its first line; remembers what it was asked. */
function counting(asked: string[][]): LicenseClassifier {
  return {
    async identify(texts, sources) {
      asked.push([...texts, ...sources].map((path) => path.split('/').at(-1) ?? ''));
      return ok({
        texts: texts.map((path) => ({ path, percent: path.length, matches: [] })),
        comments: sources.map((path) => ({ path, names: ['MIT'], text: path.split('/').at(-1) ?? '' })),
      });
    },
  };
}

test('the same content is asked for once, wherever it is, and answered by its place', async ({ folder }) => {
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const asked: string[][] = [];
  const classifier = rememberLicenses(counting(asked));
  const [one, same, other] = [file('one', 'MIT'), file('same', 'MIT'), file('other', 'ISC')];
  const [a, b] = [file('a.go', header('A')), file('b.go', header('B'))];
  const first = await classifier.identify([one, same], [a], signal);
  const second = await classifier.identify([other, same, one], [b, a], signal);
  await classifier.identify([one], [a, b], signal);
  assert.equal(asked, [
    ['one', 'a.go'],
    ['other', 'b.go'],
  ]);
  if (!first.ok || !second.ok) throw new Error('it failed');
  assert.equal(
    first.value.texts.map(({ path, percent }) => [path, percent]),
    [
      [one, one.length],
      [same, one.length],
    ],
  );
  assert.equal(
    second.value.texts.map(({ path, percent }) => [path, percent]),
    [
      [other, other.length],
      [same, one.length],
      [one, one.length],
    ],
  );
  assert.equal(
    second.value.comments.map(({ path, text }) => [path, text]),
    [
      [b, 'b.go'],
      [a, 'a.go'],
    ],
  );
});

test('nobody is asked about files in whose comments no licence can be', async ({ folder }) => {
  const asked: string[][] = [];
  writeFileSync(join(folder, 'plain.go'), `// Copyright A\n\npackage x\n\nvar s = \`${terms}\`\n`);
  const found = await rememberLicenses(counting(asked)).identify([], [join(folder, 'plain.go')], signal);
  assert.equal(found, ok({ texts: [], comments: [] }));
  assert.equal(asked, []);
});

test('what failed is asked for again', async ({ folder }) => {
  writeFileSync(join(folder, 'a.go'), header('A'));
  let times = 0;
  const classifier = rememberLicenses({
    async identify() {
      times += 1;
      return err({ reason: 'aborted' });
    },
  });
  for (const _ of [1, 2]) await classifier.identify([], [join(folder, 'a.go')], signal);
  assert.is(times, 2);
});

for (const [what, text, may] of [
  ['line comments', header('A'), true],
  ['a block', `/* Copyright A\n${terms}*/\npackage x\n`, true],
  ['a block that ends the file', `package x\n\n\t/*\n${terms.replaceAll('. ', '.\n')}`, true],
  ['lines after white that is not of ASCII', `\u00a0// ${terms}\n\u00a0\u2003// more\n`, true],
  ['lines that do not end in line feeds alone', header('A').replaceAll('\n', '\r\n'), true],
  ['a short header', `// Copyright A\n\npackage x\n\n${'func f() {}\n'.repeat(99)}`, false],
  ['a string', `package x\n\nvar s = "${terms}"\n`, false],
  ['a long comment of other things', `// ${'It adds numbers. '.repeat(50)}\npackage x\n`, false],
  [
    'short comments with code between',
    '// Copyright A\npackage x\n// Copyright B\nvar x int\n'.repeat(50),
    false,
  ],
] as const) {
  test(`${what}: ${may ? 'may' : 'cannot'} hold a licence`, () => {
    assert.is(mayHoldLicense(Buffer.from(text)), may);
  });
}

test.run();
