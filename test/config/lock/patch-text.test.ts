import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readPatch, whyUnsafePatch } from '../../../orchestrator/config/lock/patch-text.ts';

const mail = [
  'From 1b72f9628715c4aebea1d063862cf03265eefef1 Mon Sep 17 00:00:00 2001',
  'From: Somebody <somebody@test.example>',
  'Subject: [PATCH 1/2] A subject',
  '',
  'A message with a line that looks like a diff:',
  '--- ../no/diff',
  '',
  '---',
  ' one.txt | 2 +-',
  '',
  'diff --git a/one.txt b/one.txt',
  'index 111..222 100644',
  '--- a/one.txt',
  '+++ b/one.txt',
  '@@ -3,3 +3,3 @@ heading',
  ' context',
  // The removed line says `-- ../../evil`, the added one `++ /etc/evil`.
  '--- ../../evil',
  '+++ /etc/evil',
  ' context',
  '@@ -20 +20,2 @@',
  '-old',
  '+new',
  '\\ No newline at end of file',
  '+newer',
  'diff --git a/two b.txt b/two b.txt',
  'similarity index 100%',
  'rename from two b.txt',
  'rename to folder/two.txt',
  'diff --git "a/\\303\\251\\t" "b/\\303\\251\\t"',
  'new file mode 100644',
  '--- /dev/null',
  '+++ "b/\\303\\251\\t"',
  '@@ -0,0 +1 @@',
  '+x',
  '-- ',
  '2.39.5',
];

test('files and hunks are found, and lines inside hunks are not taken for headers', () => {
  assert.equal(readPatch(mail.join('\n')), [
    { names: ['one.txt'], hunks: [3, 20] },
    { names: ['two b.txt', 'folder/two.txt'], hunks: [] },
    { names: ['é\t'], hunks: [0] },
  ]);
  assert.is(whyUnsafePatch(readPatch(mail.join('\n'))), undefined);
});

test('line ends of two characters make no difference', () => {
  assert.equal(readPatch(mail.join('\r\n')), readPatch(mail.join('\n')));
});

test('a plain diff without git headers is read as well', () => {
  const plain = [
    '--- a/x\t2024-01-01',
    '+++ b/x\t2024-01-02',
    '@@ -1 +1 @@',
    '-a',
    '+b',
    '--- a/y',
    '+++ b/y',
    '@@ -2,0 +3 @@',
    '+c',
  ];
  assert.equal(readPatch(plain.join('\n')), [
    { names: ['x'], hunks: [1] },
    { names: ['y'], hunks: [2] },
  ]);
});

test('a path that leaves the checkout or lies in a git folder is found, wherever it stands', () => {
  const unsafe = (...lines: string[]) => whyUnsafePatch(readPatch(lines.join('\n')));
  const hunk = ['@@ -0,0 +1 @@', '+x'];
  assert.equal(unsafe('diff --git a/../x b/../x', 'new file mode 100644', ...hunk), {
    path: '../x',
    why: 'leaves its folder',
  });
  assert.is(unsafe('diff --git a/a b/a', '--- /dev/null', '+++ b/a/../../x', ...hunk)?.path, 'a/../../x');
  assert.is(unsafe('--- /dev/null', '+++ /etc/x', ...hunk)?.why, 'is absolute');
  assert.is(unsafe('diff --git a/a b/b', 'rename from a', 'rename to ../b')?.path, '../b');
  assert.is(unsafe('diff --git a/a b/a', '--- a/a', '+++ "b/\\056./x"', ...hunk)?.path, '../x');
  assert.is(unsafe('diff --git a/.git/config b/.git/config', ...hunk)?.why, 'lies in a git folder');
  assert.is(unsafe('diff --git a/s/.GIT/x b/s/.GIT/x', ...hunk)?.path, 's/.GIT/x');
  assert.is(
    unsafe('diff --git a/.github/x b/.github/x', '--- a/.github/x', '+++ b/.github/x', ...hunk),
    undefined,
  );
});

test.run();
