import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { visible, visibleLines, visibleOutput } from '../../orchestrator/core/visible.ts';

const hostile = [
  ['\u001b]0;title\u0007', String.raw`\u001b]0;title\u0007`],
  ['\u009b2J', String.raw`\u009b2J`],
  ['a\rb', String.raw`a\u000db`],
  ['a\bb\u007f', String.raw`a\u0008b\u007f`],
  ['exe\u202Etxt', String.raw`exe\u202etxt`],
  ['\u2066x\u2069\u200b\u00ad\ufeff', String.raw`\u2066x\u2069\u200b\u00ad\ufeff`],
  ['a\u2028b\u2029c\u0085d', String.raw`a\u2028b\u2029c\u0085d`],
  ['\ud800x', String.raw`\ud800x`],
  ['\u{e0041}', String.raw`\udb40\udc41`],
] as const;

for (const [text, shown] of hostile) {
  test(`shown: ${shown}`, () => {
    assert.is(visible(text), shown);
    assert.is(visibleLines(`a\tb\n${text}`), `a\tb\n${shown}`);
    assert.is(visibleOutput(`${text}\n`, true), `${shown}\n`);
    assert.is(JSON.parse(visibleLines(JSON.stringify({ text }))).text, text, 'no longer the same JSON');
  });
}

test('text of any language stays as it is', () => {
  for (const text of ['Grüße, 中文, עברית, العربية, 🙂', 'e\u0301']) assert.is(visible(text), text);
});

test('line ends and tabs are no part of one line', () =>
  assert.is(visible('a\nb\tc'), String.raw`a\u000ab\u0009c`));

test("this program's colours stay where there are colours, and no other sequence does", () => {
  const ours = '\u001b[1m\u001b[31mred\u001b[39m\u001b[22m';
  assert.is(visibleOutput(ours, true), ours);
  assert.is(visibleOutput(ours, false), ours.replaceAll('\u001b', String.raw`\u001b`));
  for (const code of ['8', '7', '40', '38;5;0', '5', '1;31']) {
    assert.is(visibleOutput(`\u001b[${code}m`, true), `\\u001b[${code}m`);
  }
});

test.run();
