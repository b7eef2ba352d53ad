import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { comparedPatch, comparePatches } from '../../../orchestrator/release/difference/compare-patches.ts';
import type { ComparedPatch } from '../../../orchestrator/release/difference/difference.ts';

/** A patch by its path below some branch, and the first digit of its hash. */
function patch(file: string, content: string, subject = file, branch = '1-30'): ComparedPatch {
  const sha256 = content === 'unavailable' ? content : content.repeat(64);
  return { path: `projects/org/tool/${branch}/patches/${file}`, sha256, subject, fixes: [] };
}

function told(before: readonly ComparedPatch[], after: readonly ComparedPatch[]): readonly string[] {
  const { patches, reordered } = comparePatches(before, after);
  const fileOf = (each: ComparedPatch | undefined) => each?.path.split('/').at(-1) ?? '-';
  return [
    ...patches.map((each) => `${each.change} ${fileOf(each.before)} ${fileOf(each.after)}`),
    ...(reordered ? ['reordered'] : []),
  ];
}

test('the same content is the same patch, whatever its number and folder are', () => {
  assert.equal(told([patch('0001-a.patch', '1')], [patch('0007-b.patch', '1', 'x', '1-31')]), []);
});

test('what has the name, or else the subject, of another one is changed; the rest came and went', () => {
  assert.equal(
    told(
      [patch('0001-a.patch', '1'), patch('0002-b.patch', '2', 'B'), patch('0003-c.patch', '3')],
      [patch('0001-d.patch', '5'), patch('0002-a.patch', '4'), patch('0003-long-b.patch', '6', 'B')],
    ),
    [
      'changed 0001-a.patch 0002-a.patch',
      'added - 0001-d.patch',
      'changed 0002-b.patch 0003-long-b.patch',
      'removed 0003-c.patch -',
    ],
  );
});

test('another order of the same patches is told', () => {
  const [a, b, c] = [patch('0001-a.patch', '1'), patch('0002-b.patch', '2'), patch('0003-c.patch', '3')];
  assert.equal(told([a, b, c], [a, c, b]), ['reordered']);
  assert.equal(told([a, b, c], [b, c]), ['removed 0001-a.patch -']);
});

test('a content that was not at hand is perhaps another, and with itself the same', () => {
  const [lost, found] = [patch('0001-a.patch', 'unavailable'), patch('0001-a.patch', '1')];
  assert.equal(told([lost], [found]), ['unknown 0001-a.patch 0001-a.patch']);
  assert.equal(told([lost], [lost]), []);
  assert.equal(told([lost], [patch('0001-b.patch', 'unavailable')]), [
    'removed 0001-a.patch -',
    'added - 0001-b.patch',
  ]);
});

test('several of one name are taken in order, from either side', () => {
  const twice = (content: string) => [
    patch('0001-a.patch', content),
    patch('0002-a.patch', content === '1' ? '2' : '4'),
  ];
  const there = comparePatches(twice('1'), twice('3')).patches;
  const back = comparePatches(twice('3'), twice('1')).patches;
  assert.is(there.length, 2);
  assert.equal(
    back.map(({ before, after }) => [after?.sha256, before?.sha256]),
    there.map(({ before, after }) => [before?.sha256, after?.sha256]),
  );
});

test('a subject is that of the lock, or what the name says', () => {
  const path = 'projects/o/t/1-30/patches/0001-Fix-CVE-2024-24786.patch' as never;
  const sha256 = '1'.repeat(64) as never;
  assert.is(comparedPatch({ path, sha256, subject: 'Fix it' }).subject, 'Fix it');
  assert.is(comparedPatch({ path, sha256 }).subject, 'Fix CVE-2024-24786');
});

test.run();
