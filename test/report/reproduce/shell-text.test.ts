import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  assignments,
  beyond,
  comment,
  continued,
  scriptWord,
} from '../../../orchestrator/report/reproduce/shell-text.ts';

/** What a shell makes of a word. */
function read(word: string): string {
  const script = `goroot='/the go'; work="/w'o"; printf %s ${word}`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
}

const places = new Map([
  ['$SCRATCH', '"$work"/build'],
  ['$SCRATCH/source', '"$work"/checkout'],
  ['$TREE(toolchain go1.21.10)/go', '"$goroot"'],
]);

test('a shell reads a word back as it was, with its own folders in the place of the names', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['-X a=b', '-X a=b'],
    ['it\'s $HOME `id` \\ "x" !', 'it\'s $HOME `id` \\ "x" !'],
    ['a\nb', 'a\nb'],
    ['', ''],
    ['~root', '~root'],
    ['$SCRATCH/tmp dir', "/w'o/build/tmp dir"],
    ['$SCRATCH/source/x', "/w'o/checkout/x"],
    ['$TREE(toolchain go1.21.10)/go/bin:/bin:$SCRATCH', "/the go/bin:/bin:/w'o/build"],
    ['$OUTPUT/x', '$OUTPUT/x'],
  ];
  for (const [text, expected] of cases) assert.is(read(scriptWord(text, places)), expected);
});

test('variables are words, too, and long commands are broken between words', () => {
  const words = assignments({ A: "1'2", B: '' }, places);
  const command = continued([
    'env -i',
    ...words,
    `LONG=${'x'.repeat(120)}`,
    `sh -c 'printf "%s|%s|" "$A" "$B"; printf %s "$LONG" | wc -c'`,
  ]);
  assert.ok(command.includes('\\\n'));
  assert.is(
    execFileSync('/bin/sh', ['-c', command.replace('env -i', 'env -i PATH=/bin')], { encoding: 'utf8' }),
    "1'2||120\n",
  );
});

test('an environment beyond another one, where it has all of it', () => {
  assert.equal(beyond({ A: '1', B: '3', C: '4' }, { A: '1', B: '2' }), { B: '3', C: '4' });
  assert.is(beyond({ A: '1' }, { A: '1', B: '2' }), undefined);
});

test('a comment stays on its line', () => {
  assert.is(comment('a\nrm -rf /\r\u2028b'), '# a rm -rf / b');
});

test.run();
