import { posix } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atlasTexts } from '../../orchestrator/report/atlas/atlas.ts';
import { readMarkdown, renderMarkdown } from '../../orchestrator/report/documentation/markdown.ts';
import { readDocumentation } from '../../orchestrator/run/atlas/documentation.ts';
import { atlasProject, atlasRelease } from '../rig/atlas-data.ts';
import { repository } from '../rig/program.ts';

const html = (text: string) =>
  renderMarkdown(readMarkdown(text), (href) => (href === 'gone.md' ? undefined : href));

test('headings get the anchors that GitHub gives them, those of one name numbers', () => {
  const { headings } = readMarkdown('# From nothing: `a` to *b*!\n\n## Same\n\n## Same\n\n## 1. Get it\n');
  assert.equal(
    headings.map(({ anchor }) => anchor),
    ['from-nothing-a-to-b', 'same', 'same-1', '1-get-it'],
  );
});

test('the title is left to the page; what is no page is named, and no link', () => {
  assert.is(html('# Title\n\nText\n'), '<p>Text</p>\n');
  assert.is(html('[a](gone.md) [b](here.md) [c](gone.md)\n'), '<p>a <a href="here.md">b</a> c</p>\n');
});

test('no markup of a text is markup of the page, and no address runs anything', () => {
  const out = html(
    '<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> [x](javascript:alert(1)) [y](data:text/html,x)\n\n```sh\n</code><b>\n```\n\n| `<a>` | <b> |\n| --- | --- |\n| "><i> | x |\n',
  );
  const tags = [...out.matchAll(/<\/?([a-z]+)/g)].map(([, name]) => name);
  assert.equal([...new Set(tags)].sort(), [
    'code',
    'div',
    'p',
    'pre',
    'table',
    'tbody',
    'td',
    'th',
    'thead',
    'tr',
  ]);
  assert.not.match(out, /href=|style=/);
});

test('all of the documentation is in an atlas, and every link of it leads to a page or a heading there', async () => {
  const releases = [atlasRelease(1, [atlasProject('org/tool', [])])];
  const texts = await atlasTexts(releases, { documentation: await readDocumentation(repository) });
  const files = new Map(texts.map((each) => [each.path, each]));
  const paths = [...files.keys()].filter((path) => /^docs\/.*\.html$/.test(path));
  assert.ok(paths.length > 30 && paths.includes('docs/tutorial/private-ecr.html'), paths.join());
  const dead: string[] = [];
  for (const path of paths) {
    const page = String(await files.get(path)?.text());
    for (const [, href = ''] of page.matchAll(/<a href="([^"]*)"/g)) {
      if (/^https?:/.test(href)) continue;
      const [name = '', anchor] = href.split('#');
      const to = name === '' ? path : posix.join(posix.dirname(path), name);
      const target = files.get(to);
      const text = anchor === undefined ? '' : String(await target?.text());
      if (target === undefined || (anchor !== undefined && !text.includes(` id="${anchor}"`)))
        dead.push(`${path}: ${href}`);
    }
  }
  assert.equal(dead, []);
});

test.run();
