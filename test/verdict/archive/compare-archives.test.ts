import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import * as assert from 'uvu/assert';
import { compareBytes, gnuTar, gzip, releaseFolder, told } from '../../rig/archives.ts';
import { layerFile } from '../../rig/layer.ts';
import { createRepository } from '../../rig/repository.ts';
import { suite } from '../../rig/suite.ts';

/** Archives that GNU tar, gzip and node-tar make: what reads them writes none of them. */
const test = suite<{ parent: string; folder: string }>('compare archives');

test.before.each((context) => {
  context.parent = mkdtempSync(join(tmpdir(), 'compare-archives-'));
  context.folder = releaseFolder(context.parent);
});

test.after.each(({ parent }) => rmSync(parent, { recursive: true }));

const sorted = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@1700000000'];

/** One folder, packed in two ways: what is set aside. `members` counts all of the folder's. */
const equivalent: readonly (readonly [
  what: string,
  a: (folder: string) => Buffer,
  b: (folder: string) => Buffer,
  aside: readonly string[],
])[] = [
  [
    'the time and the name in the gzip header',
    (folder) => gzip(gnuTar(folder, ...sorted), '-n'),
    (folder) => {
      const other = gzip(gnuTar(folder, ...sorted), '-n');
      other.writeUInt32LE(1_700_000_000, 4);
      return other;
    },
    ['(gzip-header 1)'],
  ],
  [
    'another level',
    (folder) => gzip(gnuTar(folder, ...sorted), '-n', '-1'),
    (folder) => gzip(gnuTar(folder, ...sorted), '-n', '-9'),
    ['(gzip-header 1)', '(compression 1)'],
  ],
  [
    'not packed',
    (folder) => gnuTar(folder, ...sorted),
    (folder) => gzip(gnuTar(folder, ...sorted), '-n'),
    ['(compression 1)'],
  ],
  [
    'the order: as few as have to be moved',
    (folder) => gnuTar(folder, '--no-recursion', './ATTRIBUTION.txt', './bin/kubelet', './bin/hyperkube'),
    (folder) => gnuTar(folder, '--no-recursion', './bin/kubelet', './bin/hyperkube', './ATTRIBUTION.txt'),
    ['(order 1)'],
  ],
  [
    'times',
    (folder) => gnuTar(folder, '--no-recursion', '--mtime=@1', './ATTRIBUTION.txt', './bin/kubelet'),
    (folder) => gnuTar(folder, '--no-recursion', '--mtime=@2', './ATTRIBUTION.txt', './bin/kubelet'),
    ['(times 2)'],
  ],
  [
    'owners by number and by name',
    (folder) => gnuTar(folder, '--no-recursion', '--owner=7:7', '--group=8:8', './bin/kubelet'),
    (folder) => gnuTar(folder, '--no-recursion', '--owner=root:0', '--group=root:0', './bin/kubelet'),
    ['(owners 1)'],
  ],
  [
    'a umask: all modes that it makes other',
    (folder) =>
      gnuTar(folder, '--no-recursion', '--mode=u=rwX,go=rX', './bin', './bin/kubelet', './ATTRIBUTION.txt'),
    (folder) =>
      gnuTar(folder, '--no-recursion', '--mode=u=rwX,g=rX,o=', './bin', './bin/kubelet', './ATTRIBUTION.txt'),
    ['(umask 3)'],
  ],
  [
    'names with ./ before them',
    (folder) => gnuTar(folder, '--no-recursion', 'ATTRIBUTION.txt', 'bin/kubelet'),
    (folder) => gnuTar(folder, '--no-recursion', './ATTRIBUTION.txt', './bin/kubelet'),
    ['(names 2)'],
  ],
  [
    'folders that have members of their own',
    (folder) => gnuTar(folder, '--no-recursion', './bin/kubelet'),
    (folder) => gnuTar(folder, '--no-recursion', '.', './bin', './bin/kubelet'),
    ['(folders 2)'],
  ],
  [
    'one file with two names, or two files',
    (folder) => gnuTar(folder, '--no-recursion', './bin/kubectl', './bin/kubectl-again'),
    (folder) =>
      gnuTar(folder, '--no-recursion', '--hard-dereference', './bin/kubectl', './bin/kubectl-again'),
    ['(hard-links 1)'],
  ],
  [
    'ustar and GNU',
    (folder) => gnuTar(folder, '--no-recursion', '--format=ustar', './bin/kubelet', './ATTRIBUTION.txt'),
    (folder) => gnuTar(folder, '--no-recursion', '--format=gnu', './bin/kubelet', './ATTRIBUTION.txt'),
    ['(format 2)'],
  ],
  [
    'another number of zeros at the end',
    (folder) => gnuTar(folder, '--no-recursion', '--blocking-factor=1', './bin/kubelet'),
    (folder) => gnuTar(folder, '--no-recursion', '--blocking-factor=20', './bin/kubelet'),
    ['(padding 1)'],
  ],
];

for (const [what, a, b, aside] of equivalent) {
  test(`equivalent, and by what: ${what}`, async ({ parent, folder }) => {
    const [inA, inB] = [a(folder), b(folder)];
    assert.equal(told(await compareBytes(parent, inA, inB)), ['equivalent', ...aside]);
    assert.equal(told(await compareBytes(parent, inB, inA)), ['equivalent', ...aside], 'the other way round');
    assert.equal(told(await compareBytes(parent, inA, Buffer.from(inA))), ['identical']);
  });
}

test('pax: names too long for a header, times with fractions', async ({ parent, folder }) => {
  const gnu = gnuTar(folder, ...sorted, '--format=gnu');
  const pax = gnuTar(
    folder,
    '--sort=name',
    '--format=pax',
    '--owner=5',
    '--group=5',
    '--mtime=@1700000000.5',
  );
  const { verdict, members, setAside } = await compareBytes(parent, gnu, pax);
  assert.equal([verdict, members], ['equivalent', []]);
  assert.equal(
    setAside.map(({ name }) => name).filter((name) => name !== 'padding'),
    ['times', 'owners', 'format'],
  );
  assert.ok(setAside.every(({ count }) => count > 0));
});

test("node-tar's archive and GNU tar's", async ({ parent, folder }) => {
  const file = join(parent, 'node.tgz');
  await create({ cwd: folder, file, gzip: true, portable: true }, ['.']);
  const { readFileSync } = await import('node:fs');
  const compared = await compareBytes(parent, readFileSync(file), gzip(gnuTar(folder)));
  assert.equal([compared.verdict, compared.members], ['equivalent', []]);
  assert.ok(compared.setAside.some(({ name }) => name === 'format'));
});

/** What is changed in the folder between two archives, or in how it is packed, and what differs. */
const changes: readonly (readonly [
  what: string,
  change: (folder: string) => void,
  difference: readonly string[],
])[] = [
  [
    'content',
    (folder) => writeFileSync(join(folder, 'bin/kubelet'), 'other'),
    ['bin/kubelet changed content'],
  ],
  [
    'one mode',
    (folder) => chmodSync(join(folder, 'ATTRIBUTION.txt'), 0o600),
    ['ATTRIBUTION.txt changed mode'],
  ],
  ['set-user-id', (folder) => chmodSync(join(folder, 'bin/kubelet'), 0o4755), ['bin/kubelet changed mode']],
  [
    'for everybody to write',
    (folder) => chmodSync(join(folder, 'bin/kubelet'), 0o777),
    ['bin/kubelet changed mode'],
  ],
  ['nobody runs it', (folder) => chmodSync(join(folder, 'bin/kubelet'), 0o644), ['bin/kubelet changed mode']],
  [
    'the target of a link',
    (folder) => {
      unlinkSync(join(folder, 'bin/hyperkube'));
      symlinkSync('kubectl', join(folder, 'bin/hyperkube'));
    },
    ['bin/hyperkube changed target'],
  ],
  [
    'a link in the place of a file',
    (folder) => {
      unlinkSync(join(folder, 'bin/kubelet'));
      symlinkSync('kubectl', join(folder, 'bin/kubelet'));
    },
    ['bin/kubelet changed kind'],
  ],
  ['one more', (folder) => writeFileSync(join(folder, 'bin/more'), 'x'), ['bin/more added']],
  ['one less', (folder) => unlinkSync(join(folder, 'ATTRIBUTION.txt')), ['ATTRIBUTION.txt removed']],
];

for (const [what, change, difference] of changes) {
  test(`different, and where: ${what}`, async ({ parent, folder }) => {
    const before = gzip(gnuTar(folder, ...sorted));
    change(folder);
    const compared = await compareBytes(parent, before, gzip(gnuTar(folder, ...sorted)));
    assert.equal(told(compared).slice(0, 1 + difference.length), ['different', ...difference]);
    assert.is(compared.members.length, difference.length);
  });
}

test('facts of both sides are told', async ({ parent, folder }) => {
  const before = gnuTar(folder, ...sorted);
  writeFileSync(join(folder, 'bin/kubelet'), 'other');
  const { members } = await compareBytes(parent, before, gnuTar(folder, ...sorted));
  const [first] = members;
  assert.equal([first?.a?.size, first?.b?.size, first?.b?.mode], [600, 5, '0755']);
  // printf other | sha256sum
  assert.is(first?.b?.sha256, 'd9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa');
});

test('what nobody unpacks is told, and counts', async ({ parent }) => {
  const plain = layerFile([{ path: 'a', content: 'x' }]);
  const hidden = Buffer.concat([plain, Buffer.from('hidden')]);
  assert.equal(told(await compareBytes(parent, plain, hidden)).slice(0, 2), [
    'different',
    ' changed trailing',
  ]);
  const [one, other] = [
    gzip(plain, '-n'),
    Buffer.concat([gzip(plain, '-n'), Buffer.alloc(4), Buffer.from('hidden')]),
  ];
  assert.equal(told(await compareBytes(parent, one, other)).slice(0, 2), ['different', ' changed trailing']);
});

test('a member that another one of its path stands behind', async ({ parent }) => {
  const last = { path: 'a', content: 'last' };
  const once = layerFile([last]);
  const twice = layerFile([{ path: 'a', content: 'first' }, last]);
  assert.equal(told(await compareBytes(parent, once, twice)).slice(0, 2), [
    'different',
    'a changed replaces',
  ]);
});

test('what git archives of two commits with the same files', async ({ parent }) => {
  const archives: Buffer[] = [];
  for (const message of ['one', 'two']) {
    const repository = join(parent, `${message}.git`);
    await createRepository(repository, { commits: [{ files: { 'a/b': 'x' }, message }] });
    archives.push(execFileSync('git', ['-C', repository, 'archive', '--format=tar', 'main']));
  }
  const [one, two] = archives as [Buffer, Buffer];
  const compared = await compareBytes(parent, one, two);
  assert.equal(told(compared), ['equivalent', '(comment 1)']);
  assert.match(compared.a.comment ?? '', /^[0-9a-f]{40}$/);
});

test('headers that say the same in other bytes', async ({ parent }) => {
  const plain = layerFile([{ path: 'a', content: 'x' }]);
  const other = layerFile([{ path: 'a', content: 'x', pax: { comment: 'one' } }]);
  const more = layerFile([{ path: 'a', content: 'x', pax: { comment: 'two' } }]);
  assert.equal(told(await compareBytes(parent, plain, other)), ['equivalent', '(format 1)']);
  assert.equal(told(await compareBytes(parent, other, more)), ['equivalent', '(encoding 1)']);
});

test.run();
