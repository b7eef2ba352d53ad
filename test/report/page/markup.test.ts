import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { html, trusted } from '../../../orchestrator/report/page/markup.ts';

test('whatever is put into a template is text, in an element and in an attribute', () => {
  const name = `<script>alert("x" + 'y')</script>&amp;`;
  const safe = '&lt;script&gt;alert(&quot;x&quot; + &#39;y&#39;)&lt;/script&gt;&amp;amp;';
  assert.is(html`<b title="${name}">${name}</b>`.markup, `<b title="${safe}">${safe}</b>`);
});

test('markup within markup stays, lists are joined, nothing is nothing', () => {
  const items = ['a', '<'].map((text) => html`<li>${text}</li>`);
  assert.is(html`<ul>${items}</ul>${undefined}${false}${0}`.markup, '<ul><li>a</li><li>&lt;</li></ul>0');
  assert.is(html`${trusted('<hr>')}${[html`<br>`, ['&']]}`.markup, '<hr><br>&amp;');
});

test('text that looks like markup is no markup', () => {
  assert.is(html`${JSON.stringify({ markup: '<i>' })}`.markup, '{&quot;markup&quot;:&quot;&lt;i&gt;&quot;}');
});

test.run();
