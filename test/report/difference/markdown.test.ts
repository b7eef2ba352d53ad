import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { name } from '../../../orchestrator/report/difference/document.ts';
import { code, markdownText } from '../../../orchestrator/report/difference/markdown.ts';

test('what others wrote stands between backticks, more of them than are in it', () => {
  assert.is(code('v1.4.0'), '`v1.4.0`');
  assert.is(code('a `b` c'), '``a `b` c``');
  assert.is(code('`a``'), '``` `a`` ```');
  assert.is(code(' a'), '`  a `');
  assert.is(code('two\nlines \u001b[31m\u202e'), '`two\\u000alines \\u001b[31m\\u202e`');
  assert.is(code(''), '');
});

test('a document has headings of the level that is asked for, lists within lists, and tables that stay whole', () => {
  const text = markdownText(
    {
      title: ['Changes to ', name('<b>*x*</b>')],
      lead: [['1 * 2 < 3']],
      sections: [
        {
          title: 'Part',
          blocks: [
            { kind: 'list', items: [{ line: [name('a')], items: [{ line: ['b_c'] }] }] },
            { kind: 'table', head: ['one', 'two'], rows: [[[name('a|b')], []]] },
          ],
        },
      ],
    },
    3,
  );
  assert.is(
    text,
    `### Changes to \`<b>*x*</b>\`

1 \\* 2 \\< 3

#### Part

- \`a\`
  - b\\_c

| one | two |
| --- | --- |
| \`a\\|b\` |  |
`,
  );
});

test.run();
