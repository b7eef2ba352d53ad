import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attributionNotes, renderAttribution } from '../../../orchestrator/task/licenses/attribution.ts';
import type { Identified } from '../../../orchestrator/task/licenses/classifier.ts';
import type { CollectedModule } from '../../../orchestrator/task/licenses/collect.ts';
import { makeEntries } from '../../../orchestrator/task/licenses/entries.ts';
import { licenseFileKind } from '../../../orchestrator/task/licenses/files.ts';

/** A file's ids, and how much of it was recognised. */
type Found = readonly [text: string, ids: readonly string[], percent?: number, size?: number];

/** A module `a.b/m` whose files are given by folder and name, and the entries of it. */
function entriesOf(
  folders: Readonly<Record<string, Readonly<Record<string, Found>>>>,
  comments: readonly (readonly [source: string, id: string, text: string])[] = [],
  given: Partial<CollectedModule> = {},
) {
  const files = Object.entries(folders).flatMap(([folder, names]) =>
    Object.entries(names).map(([name, found]) => ({ folder, name, path: `/m/${folder}/${name}`, found })),
  );
  const module: CollectedModule = {
    path: 'a.b/m',
    version: 'v1.0.0',
    origin: 'other',
    replacement: undefined,
    folders: new Map(
      Object.keys(folders).map((folder) => {
        const own = files.filter((file) => file.folder === folder);
        const kept = own.map(({ name, path }) => ({ kind: licenseFileKind(name) ?? 'license', name, path }));
        return [folder, kept] as const;
      }),
    ),
    sources: new Map([...comments.map(([source]) => source), 'm.go'].map((name) => [name, `/m/${name}`])),
    ...given,
  };
  const identified: Identified = {
    texts: files.map(({ path, found: [, ids, percent = 100, size = 1000] }) => {
      return { path, percent, matches: ids.map((id) => ({ id, size, isUrl: false })) };
    }),
    comments: comments.map(([source, id, text]) => ({ path: `/m/${source}`, names: [id], text })),
  };
  return makeEntries([module], identified, new Map(files.map(({ path, found: [text] }) => [path, text])));
}

const summary = (entries: ReturnType<typeof entriesOf>) =>
  entries.map(({ name, ids, texts, trouble }) => [
    name,
    ids.join(' '),
    texts.map(({ path }) => path.slice('a.b/m/'.length)),
    trouble,
  ]);

test('a folder with a licence of its own is an entry, and a notice without one belongs to the module', () => {
  const entries = entriesOf({
    '': { LICENSE: ['root', ['Apache-2.0']] },
    'third/x': { COPYING: ['x', ['ISC']], NOTICE: ['of x', []] },
    y: { NOTICE: ['of y', []] },
  });
  assert.equal(summary(entries), [
    ['a.b/m', 'Apache-2.0', ['LICENSE', 'y/NOTICE'], undefined],
    ['a.b/m/third/x', 'ISC', ['third/x/COPYING', 'third/x/NOTICE'], undefined],
  ]);
});

test('AUTHORS is kept where the licence sends its reader there', () => {
  const authors: Found = ['names', []];
  const kept = entriesOf({ '': { AUTHORS: authors, LICENSE: ['as named in the AUTHORS file', ['MIT']] } });
  const left = entriesOf({ '': { AUTHORS: authors, LICENSE: ['THE AUTHORS ARE NOT LIABLE', ['MIT']] } });
  assert.equal([kept[0]?.texts.length, left[0]?.texts.length], [2, 1]);
});

test('a README counts where there is no licence: whole ones anywhere, a word of it as the last resort', () => {
  const word: Found = ['under MIT', ['MIT'], 2, 60];
  const whole: Found = ['all of MIT', ['MIT'], 40, 1000];
  const license: Found = ['BSD', ['BSD-3-Clause']];
  assert.equal(summary(entriesOf({ '': { LICENSE: license, 'README.md': whole } })), [
    ['a.b/m', 'BSD-3-Clause', ['LICENSE'], undefined],
  ]);
  assert.equal(summary(entriesOf({ '': { LICENSE: license }, x: { README: whole }, y: { README: word } })), [
    ['a.b/m', 'BSD-3-Clause', ['LICENSE'], undefined],
    ['a.b/m/x', 'MIT', ['x/README'], undefined],
  ]);
  assert.equal(summary(entriesOf({ '': { README: word } })), [['a.b/m', 'MIT', ['README'], undefined]]);
});

test('a module is without a licence only where something of it lies in no licensed folder', () => {
  const folders = { '': {}, x: { LICENSE: ['x', ['MIT']] as Found } };
  assert.equal(summary(entriesOf(folders)), [
    ['a.b/m', '', [], 'none'],
    ['a.b/m/x', 'MIT', ['x/LICENSE'], undefined],
  ]);
  assert.equal(summary(entriesOf(folders, [], { sources: new Map([['x/x.go', '/m/x/x.go']]) })), [
    ['a.b/m/x', 'MIT', ['x/LICENSE'], undefined],
  ]);
});

test('what is recognised only in part, or not at all, is said', () => {
  assert.is(entriesOf({ '': { LICENSE: ['odd', ['MIT'], 40] } })[0]?.trouble, 'unknown');
  assert.is(entriesOf({ '': { LICENSE: ['odd', []] } })[0]?.trouble, 'unknown');
  assert.is(entriesOf({ '': { COPYRIGHT: ['c', []], LICENSE: ['l', ['MIT']] } })[0]?.trouble, undefined);
});

const apache = { '': { LICENSE: ['terms', ['Apache-2.0']] as Found } };

test('a licence in a source file that no file has is an entry, once for each text', () => {
  const text = 'Copyright 2011 Somebody\nterms of BSD\n';
  const entries = entriesOf(apache, [
    ['z/z.go', 'BSD-3-Clause', text],
    ['neg/a.go', 'BSD-3-Clause', text],
    ['neg/a.go', 'MIT', 'Copyright 2012 Another\n'],
  ]);
  assert.equal(summary(entries).slice(1), [
    ['a.b/m/neg', 'BSD-3-Clause', ['neg/a.go.license'], undefined],
    ['a.b/m/neg', 'MIT', ['neg/a.go.2.license'], undefined],
  ]);
  assert.equal(entries[1]?.sources, ['neg/a.go', 'z/z.go']);
});

test('the usual header is none, nor what the files name already, in whatever year', () => {
  assert.is(entriesOf(apache, [['a.go', 'Apache-2.0', 'Copyright 2014 Anyone\nLicensed under']]).length, 1);
  assert.is(entriesOf(apache, [['a.go', 'MIT', 'terms of nobody']]).length, 2);
  const mit = { '': { LICENSE: ['Copyright 2010 Me\nMIT', ['MIT']] as Found } };
  assert.is(entriesOf(mit, [['a.go', 'MIT', 'Copyright (c) 2019 Me\nMIT']]).length, 1);
  assert.is(entriesOf(mit, [['a.go', 'MIT', 'Copyright (c) 2019 You\nMIT']]).length, 2);
});

test('each text is shown once, with all that are under it', () => {
  const same: Found = ['\nthe terms  \nof it\n\n', ['MIT']];
  const printed = renderAttribution(
    entriesOf({ '': { LICENSE: same }, x: { LICENSE: ['the terms\nof it', ['MIT']] } }),
  );
  const rule = '-'.repeat(80);
  assert.is(
    printed,
    [
      ...[
        '** a.b/m; version v1.0.0 --',
        'https://pkg.go.dev/a.b/m@v1.0.0',
        'License: MIT',
        'Text 1 below.',
        '',
      ],
      ...[
        '** a.b/m/x; version v1.0.0 --',
        'https://pkg.go.dev/a.b/m@v1.0.0',
        'License: MIT',
        'Text 1 below.',
        '',
      ],
      ...[
        rule,
        'Text 1, of',
        'LICENSES/a.b/m/LICENSE',
        'LICENSES/a.b/m/x/LICENSE',
        rule,
        '',
        'the terms',
        'of it',
        '',
      ],
    ].join('\n'),
  );
});

test('notes name what has to be looked at, and there is none where nothing has', () => {
  const noted = (id: string) => attributionNotes(entriesOf({ '': { LICENSE: ['t', [id]] } }));
  assert.equal(noted('MIT'), []);
  assert.equal(noted('GPL-3.0-only'), [
    'Linked under a licence that covers the whole program (see ATTRIBUTION.txt): a.b/m v1.0.0.',
  ]);
  assert.equal(noted('MPL-2.0'), [
    'Linked under a licence that asks to offer the source (see ATTRIBUTION.txt): a.b/m v1.0.0.',
  ]);
});

test.run();
