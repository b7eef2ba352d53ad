import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { joinComparisons } from '../../../orchestrator/oci/image/compare-images.ts';
import type { PlatformComparison } from '../../../orchestrator/oci/image/comparison.ts';
import { compareContent as compare, installed, told } from '../../rig/compare-images.ts';
import type { ImageContent } from '../../rig/image-layout.ts';
import type { LayerMember } from '../../rig/layer.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('compare images');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'compare-images-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const file: LayerMember = { path: 'file', content: 'x' };

test('the same image is identical, and nothing is set aside', async ({ folder }) => {
  assert.equal(told(await compare(folder, { layers: [[file]] }, { layers: [[file]] })), ['identical']);
});

test('every aspect of a file counts by its name', async ({ folder }) => {
  const base: LayerMember[] = [
    { path: 'a-mode', content: '' },
    { path: 'b-owner', content: '' },
    { path: 'c-content', content: 'abc' },
    { path: 'd-size', content: 'abc' },
    { path: 'e-target', symbolicLink: 'a' },
    { path: 'f-device', device: [1, 3] },
    { path: 'g-xattrs', content: '' },
    { path: 'h-kind', content: 'abc' },
    { path: 'i-gone', content: '' },
    { path: 'same', content: '', uid: 1 },
  ];
  const other: LayerMember[] = [
    { path: 'a-mode', content: '', mode: 0o4644 },
    { path: 'b-owner', content: '', gid: 5 },
    { path: 'c-content', content: 'abd' },
    { path: 'd-size', content: 'abcd' },
    { path: 'e-target', symbolicLink: 'b', mode: 0o777 },
    { path: 'f-device', device: [1, 5] },
    { path: 'g-xattrs', content: '', xattrs: { 'user.x': Buffer.from([0xff]) } },
    { path: 'h-kind', symbolicLink: 'abc' },
    { path: 'j-new/k', content: '' },
    { path: 'same', content: '', uid: 1 },
  ];
  const compared = await compare(folder, { layers: [base] }, { layers: [other] });
  assert.equal(told(compared), [
    'different',
    '/a-mode changed mode',
    '/b-owner changed owner',
    '/c-content changed content',
    '/d-size changed size content',
    '/e-target changed target',
    '/f-device changed device',
    '/g-xattrs changed xattrs',
    '/h-kind changed kind',
    '/i-gone removed',
    '/j-new added',
    '/j-new/k added',
  ]);
  assert.equal(compared.files[0]?.aspects, [{ aspect: 'mode', a: '0644', b: '4644' }]);
});

test('a program that differs is said to be one', async ({ folder }) => {
  const program = (byte: number): LayerMember => {
    const content = Buffer.alloc(64, byte);
    content.write('\x7fELF\x02\x01\x01\x00', 'latin1');
    content.writeUInt16LE(62, 18);
    return { path: 'program', content };
  };
  const compared = await compare(folder, { layers: [[program(1)]] }, { layers: [[program(2)]] });
  assert.equal(
    compared.files.map((each) => each.isProgram),
    [true],
  );
});

test('times, folders that nobody names, and hard links are set aside', async ({ folder }) => {
  const a: LayerMember[] = [
    { path: 'etc/one', content: 'x', mtime: 1 },
    { path: 'etc/two', content: 'x', mtime: 1 },
  ];
  const b: LayerMember[] = [
    { path: 'etc/' },
    { path: 'etc/one', content: 'x', mtime: 2 },
    { path: 'etc/two', hardLink: 'etc/one' },
  ];
  assert.equal(told(await compare(folder, { layers: [a] }, { layers: [b] })), [
    'equivalent',
    '(timestamps 2)',
    '(implied-folders 1)',
    '(hard-links 2)',
  ]);
  const owned: LayerMember[] = [{ path: 'etc/', mode: 0o700 }, ...a];
  assert.equal(told(await compare(folder, { layers: [a] }, { layers: [owned] })), [
    'different',
    '/etc changed mode',
  ]);
});

test('how files are divided over layers, packed and written is set aside', async ({ folder }) => {
  const second: LayerMember = { path: 'second', content: 'y' };
  const two = { layers: [[file], [second]] };
  assert.equal(told(await compare(folder, two, { layers: [[file, second]] })), [
    'equivalent',
    '(layer-count 1)',
  ]);
  assert.equal(told(await compare(folder, two, { layers: [[second], [file]] })), [
    'equivalent',
    '(layer-division 2)',
  ]);
  assert.equal(told(await compare(folder, two, { ...two, level: 0 })), [
    'equivalent',
    '(layer-compression 2)',
  ]);
  assert.equal(told(await compare(folder, two, { ...two, isPlain: true })), [
    'equivalent',
    '(layer-compression 2)',
  ]);
  const turned = { layers: [[second, file]] };
  assert.equal(told(await compare(folder, { layers: [[file, second]] }, turned)), [
    'equivalent',
    '(archive-encoding 1)',
  ]);
});

test('what upper layers hide is no file, and still told', async ({ folder }) => {
  const hidden: LayerMember = { path: 'secret', content: 'key' };
  const over: LayerMember[] = [{ path: '.wh.secret', content: '' }];
  const compared = await compare(folder, { layers: [[file, hidden], over] }, { layers: [[file], over] });
  assert.equal(told(compared), ['equivalent', '(archive-encoding 1)']);
});

test('rpm by rpm: the same packages set the bytes of the database aside, and nothing else of it', async ({
  folder,
}) => {
  const database = (content: string, mode: number): ImageContent => ({
    layers: [
      [
        { path: 'rpm/Packages', content, mode },
        { path: 'rpm/other', content },
        ...(mode === 0o644 ? [{ path: 'rpm/lock', content }] : []),
      ],
    ],
  });
  const files = new Set(['/rpm/Packages', '/rpm/lock']);
  const same = { files, packages: [installed('2024a')] };
  const compared = await compare(folder, database('1', 0o644), database('22', 0o600), [same, same]);
  assert.equal(told(compared), [
    'different',
    '/rpm/Packages changed mode',
    '/rpm/other changed size content',
    '(rpm-database 2)',
  ]);
  assert.equal(compared.packages, []);
  const alone = await compare(folder, database('1', 0o644), database('22', 0o644), [same, undefined]);
  assert.equal(told(alone), [
    'different',
    '/rpm/Packages changed size content',
    '/rpm/lock changed size content',
    '/rpm/other changed size content',
  ]);
});

test('the gravest platform counts, and one that only one image has', async ({ folder }) => {
  const image = { layers: [[file]] };
  const same = await compare(folder, image, image);
  const later = await compare(folder, image, { ...image, created: 'later' });
  const other = await compare(folder, image, { layers: [[]] });
  const verdictOf = (...platforms: readonly PlatformComparison[]) =>
    joinComparisons(platforms, [], []).verdict;
  assert.is(verdictOf(same, same), 'identical');
  assert.is(verdictOf(same, later), 'equivalent');
  assert.is(verdictOf(other, later, same), 'different');
  assert.is(joinComparisons([same], [], ['linux/arm64']).verdict, 'different');
});

test.run();
