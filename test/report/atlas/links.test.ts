import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { SaxesParser } from 'saxes';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { visibleLines } from '../../../orchestrator/core/visible.ts';
import { atlasTexts } from '../../../orchestrator/report/atlas/atlas.ts';
import type { AtlasRelease } from '../../../orchestrator/report/atlas/data.ts';
import {
  atlasFile,
  atlasProject,
  atlasRelease,
  buildDigest,
  foundDigest,
  saidOf,
} from '../../rig/atlas-data.ts';

const evil = `<img src=x onerror="alert(1)">'"&\u202e\u0007]]>${'long '.repeat(2000)}`;

const otherBuild = digestOf('another build');

const different = saidOf('different', {
  ...{ found: foundDigest, build: buildDigest },
  cause: { kind: 'link-values', text: evil, confidence: 'high' },
});

/** All that a page may have to lead to, and names that no file can have. */
const releases: readonly AtlasRelease[] = [
  atlasRelease(1, [
    atlasProject('org/tool', [atlasFile('tool', { said: saidOf('identical', { build: otherBuild }) })]),
  ]),
  atlasRelease(2, [
    atlasProject(
      'org/tool',
      [atlasFile('tool', { said: different }), atlasFile('tool', { platform: 'linux/arm64' })],
      {
        patches: [{ path: `patches/${evil}`, sha256: 'unavailable', subject: evil, fixes: [evil] }],
      },
    ),
    atlasProject('org/none', []),
    atlasProject(`../${evil}/..`, [atlasFile(evil)], { version: evil, go: evil, repository: evil }),
  ]),
  atlasRelease(3, [atlasProject('org/tool', [atlasFile('*', { said: saidOf('not-built') })])], {
    ...{ name: evil, branch: evil, date: '', upstream: undefined },
    baseImages: [{ name: evil, tag: evil, digest: evil }],
  }),
  atlasRelease(4, [], { name: 'con', branch: '..' }),
  atlasRelease(5, [], { name: 'a%2Fb', branch: 'a/b' }),
  atlasRelease(6, [], { name: 'a/b', branch: 'a/../b' }),
  // What differs in capitals alone, and what capitals look like once they are escaped.
  atlasRelease(7, [
    ...['Org/Tool', 'org/%54ool', 'org/%2554ool'].map((name) => atlasProject(name, [atlasFile('tool')])),
  ]),
  ...['CON', '%43ON', '%43%4F%4E', 'Nul.x'].map((name) => atlasRelease(8, [], { name, branch: 'CON' })),
];

/** Of the first build alone a shell does all. */
const stepsOf = async (_: unknown, digest: string) => {
  const again = digest === buildDigest ? { script: evil } : { script: 'make all\n', values: 'TAG=v1\n' };
  return { release: 'v1-30-eks-2', confirmed: 'yes' as const, ...again };
};
const changesBetween = async () => [
  { what: evil, how: [evil], patches: [{ change: 'added' as const, what: evil, fixes: [evil] }] },
];

async function textsOf(given: readonly AtlasRelease[], base?: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const { path, text } of await atlasTexts(given, { base, stepsOf, changesBetween }))
    texts.set(path, await text());
  return texts;
}
const texts = await textsOf(releases);
const isPage = new Ajv2020({ discriminator: true, strict: false }).compile(
  JSON.parse(readFileSync('orchestrator/report/atlas/atlas.schema.json', 'utf8')),
);
const pages = [...texts].filter(([path]) => path.endsWith('.html'));

test('every name has a file of its own, which every file system takes', async () => {
  const paths = (await atlasTexts(releases)).map(({ path }) => path);
  assert.is(new Set(paths.map((path) => path.toLowerCase())).size, paths.length);
  assert.ok(paths.includes('project/org/tool.html') && paths.includes('release/v1-30-eks-2.html'));
  for (const path of paths) {
    assert.match(path, /^[A-Za-z0-9._+%/-]+$/);
    assert.is(posix.normalize(path), path);
    for (const part of path.split('/')) {
      assert.ok(part.length <= 255, `${part.length}`);
      assert.not.match(part, /^((con|nul)(\..*)?|\.\.?|.*\.)$/i);
    }
  }
});

test('every link leads to a file, and to a place in it', () => {
  let count = 0;
  for (const [path, text] of pages) {
    for (const [, link = ''] of text.matchAll(/(?:href|src)="([^"]*)"/g)) {
      if (link.startsWith('https://github.com/')) continue;
      const [to = '', anchor] = link.split('#');
      const target = to === '' ? path : posix.join(posix.dirname(path), decodeURIComponent(to));
      assert.ok(texts.has(target), `${path} leads to ${target}`);
      if (anchor !== undefined) assert.match(texts.get(target) ?? '', `id="${anchor}"`);
      count += 1;
    }
  }
  assert.ok(count > 2000, `${count}`);
});

test('nothing that was read is markup, acts on a page, or is left out', () => {
  for (const [path, text] of texts) {
    if (path.endsWith('.json') || path.endsWith('.js')) continue;
    assert.not.match(text, '<img');
    assert.is(visibleLines(text), text);
  }
  const page = texts.get(`build/${buildDigest.slice(0, 20)}.html`) ?? '';
  assert.match(page, '&lt;img src=x onerror=&quot;alert(1)');
  assert.match(page, '\\u202e\\u0007');
  assert.match(page, '<summary>&lt;img', 'what is long is folded');
});

test('a script stands once, under its SHA-256, and leads to all builds that are done by it', () => {
  const sha256 = digestOf('make all\n');
  const place = `script/${sha256.slice(0, 20)}`;
  assert.is(texts.get(`${place}.sh`), 'make all\n');
  assert.is(texts.get(`build/${otherBuild.slice(0, 20)}.values`), 'TAG=v1\n');
  const builds = [{ digest: otherBuild, project: 'org/tool', version: 'v1.0.0', go: '1.21.9' }];
  const { $schema: _, schema: __, ...about } = JSON.parse(texts.get(`${place}.json`) ?? '');
  assert.equal(about, { page: 'script', sha256, runs: true, builds });
  const scripts = [...texts.keys()].filter((path) => path.startsWith('script/'));
  assert.equal(
    scripts.filter((path) => path.endsWith('.sh')),
    [`${place}.sh`],
    'what is to be read is no script',
  );
  assert.is(scripts.filter((path) => path.endsWith('.html')).length, 2);
});

test('a page may load its style sheet and its script and nothing else, and states that itself', () => {
  for (const [, text] of pages) {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? '';
    assert.match(
      policy,
      /^default-src 'none'; style-src 'self'; (script-src 'self'; )?base-uri 'none'; form-action 'none'$/,
    );
    assert.is(policy.includes('script-src'), text.includes('<script'));
    assert.equal(text.match(/<script[^>]*>[^<]/), null, 'no script is in the page');
    assert.not.match(text.replace(/"[^"]*"/g, '""'), /<[^>]* (style|on[a-z]+)=/);
  }
});

test('beside every page is JSON that says the same', () => {
  for (const [path] of pages) {
    const text = texts.get(path.replace(/html$/, 'json')) ?? '';
    const isRight = isPage(JSON.parse(text));
    assert.ok(isRight, `${path}: ${JSON.stringify(isPage.errors?.slice(0, 3))}`);
    assert.is(posix.join(posix.dirname(path), JSON.parse(text).$schema), 'atlas.schema.json');
  }
  assert.not.ok(isPage({ $schema: '', schema: 1, page: 'branch' }));
  const { projects } = JSON.parse(texts.get('release/v1-30-eks-2.json') ?? '');
  const tool = projects.find(({ name }: { name: string }) => name === 'org/tool');
  assert.equal(tool.counts, { identical: 0, comparable: 1, all: 2, unknown: 1 });
  assert.equal(
    tool.files.map(({ platform, verdict }: Record<string, string>) => [platform, verdict]),
    [['linux/arm64', undefined]],
    'what was built is in the JSON of its build',
  );
  assert.equal(tool.builds, [buildDigest]);
  const build = JSON.parse(texts.get(`build/${buildDigest.slice(0, 20)}.json`) ?? '');
  const [file] = build.files;
  assert.equal(
    [file.name, file.platform, file.verdict, file.found, file.releases],
    ['tool', 'linux/amd64', 'different', foundDigest, undefined],
  );
  const steps = { release: 'v1-30-eks-2', confirmed: 'yes', script: digestOf(evil), runs: false };
  assert.equal(build.steps, steps);
});

/** Element names and text of what has to be XML. @throws where it is none. */
function parseXml(text: string): string {
  const parts: string[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name }) => parts.push(`<${name}>`));
  parser.on('text', (words) => parts.push(words));
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(text).close();
  return parts.join('');
}

test('feed, badges and map are XML', async () => {
  const base = 'https://atlas.example.com/"\'><script>&a/]]>/';
  const xml = [...(await textsOf(releases, base))].filter(([path]) => /\.(svg|atom|xml)$/.test(path));
  assert.ok(xml.length > 15);
  for (const [path, text] of xml) assert.type(parseXml(text), 'string', path);
  const map = parseXml(xml.find(([path]) => path === 'sitemap.xml')?.[1] ?? '');
  assert.ok(map.includes(`<url><loc>${base}release/v1-30-eks-2.html`), 'an address is what it was');
});

test('with an address there is a map of all pages, and links of the feed are whole', async () => {
  const placed = await textsOf(releases, 'https://atlas.example.com/eks/');
  const found = [
    ...(placed.get('sitemap.xml') ?? '').matchAll(/<loc>https:\/\/atlas\.example\.com\/eks\/(.*?)<\/loc>/g),
  ];
  assert.equal(
    found.map(([, path = '']) => decodeURIComponent(path)).sort(),
    pages.map(([path]) => path).sort(),
  );
  assert.match(placed.get('robots.txt') ?? '', 'Sitemap: https://atlas.example.com/eks/sitemap.xml\n');
  assert.match(
    placed.get('feed.atom') ?? '',
    'href="https://atlas.example.com/eks/release/v1-30-eks-2.html"',
  );
  assert.not.ok(texts.has('robots.txt'));
});

test('the feed says in one line what changed, and what is the first', () => {
  const summaries = [...(texts.get('feed.atom') ?? '').matchAll(/<summary>(.*?)<\/summary>/gs)].map(
    ([, text]) => text ?? '',
  );
  assert.ok(summaries.includes('The first of its branch here.'));
  for (const summary of summaries) assert.not.match(summary, /\\u000a|\n/);
});

test('the order in which releases come is nothing', async () => {
  assert.equal(await textsOf([...releases].reverse()), texts);
});

test.run();
