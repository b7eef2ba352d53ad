import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baseImageSchema, type RootfsPart } from '../../../orchestrator/config/base/base-image.ts';
import { alternativeEntries } from '../../../orchestrator/task/base/alternatives.ts';
import { contentOf } from '../../../orchestrator/task/base/archive.ts';
import { type RootEntries, type RootEntry, resolveIn } from '../../../orchestrator/task/base/entry.ts';
import { addedEntries, datedEntries } from '../../../orchestrator/task/base/layer.ts';
import { applyRules, fileEntry, mergeRules } from '../../../orchestrator/task/base/rules.ts';

const epoch = 1_700_000_000;
const folder: RootEntry = { kind: 'folder', mode: 0o755, uid: 0, gid: 0, mtime: 5, xattrs: {} };
const link = (target: string): RootEntry => ({ ...folder, kind: 'symbolic-link', mode: 0o777, target });
const file = (text: string): RootEntry => fileEntry(Buffer.from(text), 0o644, 7);

const rulesOf = (rootfs: object): RootfsPart =>
  baseImageSchema.parse({ schema: '1', description: 'a', rootfs, distributions: {} }).rootfs;

async function apply(entries: RootEntries, rootfs: object, trust: RootEntries = new Map()) {
  const linkerCache = async () => Buffer.from('cache');
  return applyRules(entries, rulesOf(rootfs), { epoch, trust, linkerCache });
}

test('what is declared is there, by the links of the image', async () => {
  const entries: RootEntries = new Map([
    ['usr', folder],
    ['usr/bin', folder],
    ['bin', link('usr/bin')],
    ['etc', folder],
    ['etc/passwd', file('packaged')],
  ]);
  const done = await apply(entries, {
    directories: [
      { path: '/tmp', mode: '1777' },
      { path: '/home/nonroot', owner: { user: '65532', group: '65532' } },
    ],
    links: [
      { path: '/bin/sh', to: 'tool' },
      { path: '/etc/mtab', to: '/proc/mounts' },
    ],
    files: [{ path: '/etc/passwd', content: 'root\n', mode: '0600' }],
    linkerCache: 'true',
  });
  assert.ok(done.ok, JSON.stringify(done));
  assert.is(entries.get('tmp')?.mode, 0o1777);
  assert.equal([entries.get('home/nonroot')?.uid, entries.get('home/nonroot')?.gid], [65532, 65532]);
  assert.is(entries.get('home')?.kind, 'folder');
  assert.is(entries.get('usr/bin/sh')?.target, 'tool');
  assert.not.ok(entries.has('bin/sh'));
  const passwd = entries.get('etc/passwd');
  assert.is(passwd?.mode, 0o600);
  assert.is(passwd && (await contentOf(passwd)).toString(), 'root\n');
  assert.ok(entries.has('etc/ld.so.cache'));
});

test('removal takes folders with what is in them, and leaves what is to be kept', async () => {
  const paths = [
    'usr/share/doc/tool/README',
    'usr/share/doc/tool/LICENSE',
    'usr/share/doc/other/README',
    'usr/share/man/man1/tool.1',
    'usr/share/manual',
    'var/log/a.log',
    'var/log/b.txt',
  ];
  const entries: RootEntries = new Map();
  for (const path of paths) {
    for (let parent = path; parent.includes('/'); ) {
      parent = parent.slice(0, parent.lastIndexOf('/'));
      entries.set(parent, folder);
    }
    entries.set(path, file(path));
  }
  const done = await apply(entries, {
    remove: ['/usr/share/doc/**', '/usr/share/man', '/var/log/*.log'],
    keep: ['/usr/share/**/LICENSE'],
  });
  assert.ok(done.ok);
  assert.equal([...entries.keys()].sort(), [
    ...['usr', 'usr/share', 'usr/share/doc', 'usr/share/doc/tool', 'usr/share/doc/tool/LICENSE'],
    ...['usr/share/manual', 'var', 'var/log', 'var/log/b.txt'],
  ]);
});

test('of several parts, what one removes goes though another brings it', async () => {
  const entries: RootEntries = new Map();
  const alternative = { name: 'a-man', link: '/a', choices: [{ path: '/b', priority: '1' }] };
  const parts = [
    { remove: ['/etc/alternatives/*-man'] },
    { alternatives: [alternative], linkerCache: 'true' },
  ];
  const linkerCache = async () => Buffer.from('cache');
  const done = await applyRules(entries, mergeRules(parts.map(rulesOf)), {
    epoch,
    trust: new Map(),
    linkerCache,
  });
  assert.ok(done.ok);
  assert.ok(entries.has('a') && entries.has('etc/ld.so.cache'));
  assert.not.ok(entries.has('etc/alternatives/a-man'));
});

test('certificates go where they are declared, folders with all that is in them', async () => {
  const trust: RootEntries = new Map([
    ['etc', folder],
    ['etc/pki/tls.pem', file('bundle')],
    ['etc/pki/hashed', folder],
    ['etc/pki/hashed/a.pem', file('a')],
    ['etc/pki/hashed/0.0', link('a.pem')],
    ['etc/pki/hashed-not', file('b')],
  ]);
  const entries: RootEntries = new Map();
  const rules = [
    { path: '/etc/pki/tls.pem', format: 'pem-bundle' },
    { path: '/etc/pki/hashed', format: 'pem-directory-hash' },
  ];
  assert.ok((await apply(entries, { trust: rules }, trust)).ok);
  assert.equal([...entries.keys()].sort(), [
    ...['etc', 'etc/pki', 'etc/pki/hashed', 'etc/pki/hashed/0.0', 'etc/pki/hashed/a.pem', 'etc/pki/tls.pem'],
  ]);
});

test('what cannot have its place is refused', async () => {
  for (const [path, entries] of [
    ['/etc/passwd/x', new Map([['etc/passwd', file('a')]])],
    [
      '/a/x',
      new Map([
        ['a', link('b')],
        ['b', link('a')],
      ]),
    ],
    [
      '/etc',
      new Map([
        ['etc', folder],
        ['etc/passwd', file('a')],
      ]),
    ],
  ] as const) {
    const done = await apply(new Map<string, RootEntry>(entries), { files: [{ path, content: 'x' }] });
    assert.is(done.ok ? '' : done.error.reason, 'usage', path);
  }
});

test('links are followed as the kernel does, and not for ever', () => {
  const entries: RootEntries = new Map([
    ['lib64', link('usr/lib64')],
    ['usr/lib64', folder],
    ['usr/lib64/libc.so', link('../lib64/libc.so.6')],
    ['up', link('/../../usr/./lib64')],
  ]);
  assert.is(resolveIn(entries, '/lib64/libc.so'), 'usr/lib64/libc.so');
  assert.is(resolveIn(entries, '/lib64/libc.so', true), 'usr/lib64/libc.so.6');
  assert.is(resolveIn(entries, 'up/x'), 'usr/lib64/x');
});

test('an alternative has the record that chkconfig writes of it', () => {
  const choice = (kind: string) => ({
    path: `/usr/sbin/ip6tables-${kind}`,
    priority: 10,
    followers: ['restore', 'save'].map((each) => ({
      name: `ip6tables-${each}`,
      link: `/usr/sbin/ip6tables-${each}`,
      path: `/usr/sbin/ip6tables-${kind}-${each}`,
    })),
  });
  const made = alternativeEntries([
    { name: 'ip6tables', link: '/usr/sbin/ip6tables', choices: [choice('nft'), choice('legacy')] },
  ]);
  const [record, ...links] = made;
  assert.is(record?.path, '/var/lib/alternatives/ip6tables');
  // The size of that file in EKS Distro's images on Amazon Linux 2.
  assert.is(record?.content?.length, 297);
  assert.match(record?.content ?? '', /^auto\n\/usr\/sbin\/ip6tables\nip6tables-restore\n/);
  assert.equal(links.slice(0, 2), [
    { path: '/etc/alternatives/ip6tables', to: '/usr/sbin/ip6tables-nft' },
    { path: '/usr/sbin/ip6tables', to: '/etc/alternatives/ip6tables' },
  ]);
  assert.is(links.length, 6);
});

test('of alternatives the one that was set is in force, else the one with the highest priority', () => {
  const choices = [1, 3, 2].map((priority) => ({ path: `/bin/${priority}`, priority, followers: [] }));
  const chosen = (set?: string) =>
    alternativeEntries([{ name: 'a', link: '/a', choices, ...(set === undefined ? {} : { set }) }]);
  assert.is(chosen()[1]?.to, '/bin/3');
  assert.is(chosen('/bin/2')[1]?.to, '/bin/2');
  assert.match(
    chosen('/bin/2')[0]?.content ?? '',
    /^manual\n\/a\n\n\/bin\/1\n1\n\/bin\/3\n3\n\/bin\/2\n2\n$/,
  );
});

test('a layer has what is new or other, and the folders of that', () => {
  const before: RootEntries = new Map([
    ['etc', { ...folder, mtime: 1 }],
    ['etc/same', file('same')],
    ['etc/changed', file('old')],
    ['usr', folder],
    ['usr/same', file('same')],
  ]);
  const after: RootEntries = new Map([...before].map(([path, entry]) => [path, { ...entry }]));
  after.set('etc', { ...folder, mtime: epoch });
  after.set('etc/changed', file('new')).set('etc/owned', { ...file('a'), uid: 7 });
  const layer = addedEntries(before, after);
  assert.equal(layer.ok && [...layer.value.keys()].sort(), ['etc', 'etc/changed', 'etc/owned']);
  after.delete('usr/same');
  const lacking = addedEntries(before, after);
  assert.match(lacking.ok ? '' : JSON.stringify(lacking.error), /would lack \/usr\/same/);
});

test('files keep the day of their package, all else gets that of the image', () => {
  const dated = datedEntries(
    new Map([
      ['a', { ...file('a'), mtime: 123.5 }],
      ['b', { ...file('b'), mtime: epoch + 9 }],
      ['c', { ...folder, mtime: 123 }],
      ['d', { ...link('a'), mtime: epoch + 9 }],
    ]),
    epoch,
  );
  assert.equal(
    [...dated.values()].map(({ mtime }) => mtime),
    [123, epoch, epoch, epoch],
  );
});

test.run();
