import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { compareContent as compare, installed } from '../../rig/compare-images.ts';
import type { LayerMember } from '../../rig/layer.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('compare packages');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'compare-packages-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const file: LayerMember = { path: 'file', content: 'x' };

test('packages that came, went, changed their version, or only what is said of them', async ({ folder }) => {
  const image = { layers: [[file]] };
  const files = new Set<string>();
  const a = [
    installed('1', { name: 'gone' }),
    installed('1', { name: 'newer', arch: 'x86_64' }),
    installed('1', { name: 'retold' }),
    installed('e', { name: 'gpg-pubkey', arch: '' }),
    installed('b', { name: 'gpg-pubkey', arch: '' }),
    installed('a', { name: 'gpg-pubkey', arch: '' }),
  ];
  const b = [
    installed('2', { name: 'newer', arch: 'x86_64', epoch: 1 }),
    installed('1', {
      name: 'retold',
      tags: new Map([
        ['SUMMARY', 'b'],
        ['tag 9', ''],
      ]),
    }),
    installed('1', { name: 'new' }),
    installed('b', { name: 'gpg-pubkey', arch: '' }),
    installed('c', { name: 'gpg-pubkey', arch: '' }),
    installed('d', { name: 'gpg-pubkey', arch: '' }),
  ];
  const { packages, verdict } = await compare(folder, image, image, [
    { files, packages: a },
    { files, packages: b },
  ]);
  // The bytes are the same, so what packages say cannot differ: the manifest decides.
  assert.is(verdict, 'identical');
  const other = await compare(folder, image, { ...image, created: 'later' }, [
    { files, packages: a },
    { files, packages: b },
  ]);
  assert.is(other.verdict, 'different');
  assert.equal(
    packages.map((each) => [each.name, each.a, each.b, ...each.tags].join(' ')),
    [
      'gone 1-1.amzn2 ',
      'gpg-pubkey a-1.amzn2 c-1.amzn2',
      'gpg-pubkey e-1.amzn2 d-1.amzn2',
      'new  1-1.amzn2',
      'newer 1-1.amzn2 1:2-1.amzn2',
      'retold 1-1.amzn2 1-1.amzn2 SUMMARY tag 9',
    ],
  );
});

test.run();
