import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import type { ArchiveLimits } from '../../../orchestrator/tool/tar/limits.ts';
import { readArchiveFile } from '../../../orchestrator/verdict/archive/read.ts';
import { type LayerMember, layerFile } from '../../rig/layer.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('hostile archives');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'hostile-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

async function read(folder: string, content: Uint8Array, limits?: ArchiveLimits) {
  writeFileSync(join(folder, 'a'), content);
  const { signal } = new AbortController();
  const options = { name: 'a', signal, inside: true, ...(limits === undefined ? {} : { limits }) };
  const found = await readArchiveFile(join(folder, 'a'), options);
  assert.equal(readdirSync(folder), ['a'], 'nothing is written');
  return found;
}

const file = (path: string, content = 'x'): LayerMember => ({ path, content });
const link = (path: string, symbolicLink: string): LayerMember => ({ path, symbolicLink });

/** What unpackers handle in their own ways, or what does harm. `!`: what would leave the folder. */
const odd: readonly (readonly [members: readonly LayerMember[], oddities: readonly string[]])[] = [
  [[file('../evil')], ['! ../evil leaves its folder']],
  [[file('a/../../evil')], ['! a/../../evil leaves its folder']],
  [[file('/etc/passwd')], ['! /etc/passwd is absolute']],
  [[file('C:/Windows/evil')], ['! C:/Windows/evil is absolute']],
  [[file('..\\evil')], ['! ..\\evil holds a backslash']],
  [[file('a//b')], ['! a//b holds an empty or "." segment']],
  [[link('a', '../../etc')], ['! a leads out to ../../etc']],
  [[link('a', '/etc/shadow')], ['! a leads out to /etc/shadow']],
  [[link('a/b', '../../c')], ['! a/b leads out to ../../c']],
  // By its letters it stays: `up` is the folder itself, and what is above that is outside.
  [[{ path: 'd/' }, link('d/up', '..'), link('out', 'd/up/..')], ['! out leads out to d/up/..']],
  [[link('a', 'b'), link('b', 'a')], []],
  [[link('a', 'b'), { path: 'b/' }, file('a/x')], ['! a/x lies below a symbolic link']],
  [[{ path: 'a', hardLink: '/etc/shadow' }], ['! a leads out to /etc/shadow']],
  [[{ path: 'a', hardLink: '../x' }], ['! a leads out to ../x']],
  [[{ path: 'a', hardLink: 'b' }, file('b')], ['  a is a link to b, which is not before it']],
  [[{ path: 'null', device: [1, 3] }], ['  null is a device (1:3)']],
  [[{ path: 'pipe', isFifo: true }], ['  pipe is a pipe']],
  [[file('a'), file('./a', 'y')], ['  ./a is there more than once']],
  [[file('README'), file('readme')], ['  readme differs from README in case only']],
  [[file('K'), file('\u212a')], ['  \u212a differs from K in case only']],
  [[file('a\u001b[2J')], ['  a\u001b[2J holds a character that is not seen']],
  [[file('txt.\u202eexe')], ['  txt.\u202eexe holds a character that is not seen']],
  [
    [{ path: 'x', content: 'x', pax: { path: `a${'/b'.repeat(3000)}` } }],
    [`  a${'/b'.repeat(49)}/... is longer than 4095 bytes`],
  ],
];

for (const [members, oddities] of odd) {
  test(`what is odd is told: ${oddities[0] ?? members.map(({ path }) => path).join(' ')}`, async ({
    folder,
  }) => {
    const found = await read(folder, gzipSync(layerFile(members)));
    assert.ok(found.ok, JSON.stringify(found));
    assert.equal(
      found.value.oddities.map(({ member, why, isUnsafe }) => `${isUnsafe ? '!' : ' '} ${member} ${why}`),
      oddities,
    );
  });
}

const small: ArchiveLimits = { unpacked: 1e6, ratio: 50, ratioFrom: 1e7, members: 100 };
const good = layerFile([file('a', 'x'.repeat(5000))]);

function changed(at: number, text: string): Buffer {
  const content = Buffer.from(good);
  content.write(text, at, 'latin1');
  return content;
}

/** A header whose checksum is right again. */
function resummed(content: Buffer): Buffer {
  content.write('        ', 148);
  const sum = content.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  content.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return content;
}

/** What cannot be read, or holds too much, and why. */
const unreadable: readonly (readonly [
  what: string,
  content: () => Uint8Array,
  why: string,
  limits?: ArchiveLimits,
])[] = [
  ['nothing', () => Buffer.alloc(0), 'It is empty.'],
  ['a text', () => Buffer.from('no archive at all, '.repeat(100)), 'A header has a wrong checksum.'],
  ['a short text', () => Buffer.from('no archive'), 'It ends in the middle of a header.'],
  ['a damaged header', () => changed(0, 'b'), 'A header has a wrong checksum.'],
  ['a cut one', () => good.subarray(0, 2000), 'It ends in the middle of a.'],
  [
    'a cut packed one',
    () => gzipSync(good).subarray(0, 60),
    'Its compression is damaged: unexpected end of file.',
  ],
  [
    'a damaged packed one',
    () => {
      const packed = gzipSync(good);
      packed.writeUInt8((packed[packed.length - 5] ?? 0) ^ 1, packed.length - 5);
      return packed;
    },
    'Its compression is damaged: incorrect data check.',
  ],
  ['a zip', () => Buffer.from('504b0304', 'hex'), 'It is compressed with zip, which this Node cannot read.'],
  [
    'an xz',
    () => Buffer.from('fd377a585a00', 'hex'),
    'It is compressed with xz, which this Node cannot read.',
  ],
  ['a sparse file', () => resummed(changed(156, 'S')), 'A member is of a kind that is not read here (S): a.'],
  [
    'a number that is none',
    () => resummed(changed(124, '\x81'.repeat(12))),
    'A header has a number that is none.',
  ],
  ['a size below zero', () => resummed(changed(124, '\xff'.repeat(12))), 'A header has no size: a.'],
  [
    'a kind of nobody',
    () => resummed(changed(156, 'Z')),
    'A member is of a kind that is not read here (Z): a.',
  ],
  [
    'a pax header of its own',
    () => layerFile([{ path: 'a', content: 'x', pax: { comment: 'x'.repeat(2 ** 21) } }]),
    'A header has 2097',
  ],
  [
    'a pax size below zero',
    () => layerFile([{ path: 'a', content: 'x', pax: { size: '-1' } }]),
    'A pax header says size is "-1".',
  ],
  [
    'a pax size that is none',
    () => layerFile([{ path: 'a', content: 'x', pax: { size: '1e400' } }]),
    'A pax header says size is "1e400".',
  ],
  [
    'a size beyond the end',
    () => layerFile([{ path: 'a', content: 'x', pax: { size: '999999' } }]),
    'It ends in the middle of a.',
  ],
  [
    'zeros that pack to nothing',
    () => gzipSync(layerFile([{ path: 'a', content: Buffer.alloc(64 * 2 ** 20) }])),
    'It unpacks to more than 200 times its size.',
  ],
  [
    'too much',
    () => layerFile([file('a', 'x'.repeat(2e6))]),
    'It unpacks to more than 1000000 bytes.',
    small,
  ],
  [
    'too many',
    () => layerFile(Array.from({ length: 101 }, (_, at) => file(`${at}`))),
    'It has more than 100 members.',
    small,
  ],
  [
    'too much, in an archive in it',
    () => layerFile([{ path: 'in.tar.gz', content: gzipSync(layerFile([file('a', 'x'.repeat(2e6))])) }]),
    'It unpacks to more than 1000000 bytes.',
    small,
  ],
  [
    'too many, in archives in it',
    () => {
      const inner = gzipSync(layerFile(Array.from({ length: 60 }, (_, at) => file(`${at}`))));
      return layerFile([1, 2].map((at) => ({ path: `${at}.tar.gz`, content: inner })));
    },
    'It has more than 100 members.',
    small,
  ],
  [
    'too much after the end',
    () => gzipSync(Buffer.concat([good, Buffer.alloc(2e6)])),
    'It unpacks to more than 1000000 bytes.',
    small,
  ],
];

for (const [what, content, why, limits] of unreadable) {
  test(`what cannot be read is refused: ${what}`, async ({ folder }) => {
    const found = await read(folder, content(), limits);
    if (found.ok) throw new Error('it was read');
    assert.equal(
      [found.error.reason, 'message' in found.error && found.error.message],
      ['usage', 'Cannot read the archive a.'],
    );
    assert.match('help' in found.error ? found.error.help : '', why);
  });
}

test('the ratio is that of the outermost, whatever lies in it', async ({ folder }) => {
  const inner = layerFile([file('a', randomBytes(3e5).toString('hex'))]);
  const outer = gzipSync(
    layerFile([file('b', randomBytes(3e5).toString('hex')), { path: 'in.tar', content: inner }]),
  );
  const limits: ArchiveLimits = { unpacked: 1e7, ratio: 3, ratioFrom: 1e5, members: 100 };
  const found = await read(folder, outer, limits);
  assert.ok(found.ok, JSON.stringify(found));
  const tighter = await read(folder, outer, { ...limits, ratio: 2.5 });
  assert.match(JSON.stringify(tighter), 'more than 2.5 times its size');
});

test('archives are looked for in one another three times, and no further', async ({ folder }) => {
  const program = Buffer.concat([Buffer.from('7f454c46020101', 'hex'), Buffer.alloc(4096)]);
  let content = layerFile([{ path: 'program', content: program }]);
  for (const name of ['one.tar', 'two.tar', 'three.tar']) {
    const found = await read(folder, content);
    const expected = name === 'one.tar' ? 0 : 1;
    assert.is(found.ok && found.value.programs.length, expected, name);
    content = layerFile([{ path: name, content }]);
  }
  const last = await read(folder, content);
  assert.is(last.ok && last.value.programs.length, 0);
});

test('what begins as an archive and is none, or is a damaged one, stays a file', async ({ folder }) => {
  const whole = layerFile([
    { path: 'page.gz', content: gzipSync('a page of a manual, '.repeat(100)) },
    { path: 'cut.tar.gz', content: gzipSync(good).subarray(0, 60) },
    file('after'),
  ]);
  const found = await read(folder, whole);
  assert.equal(found.ok && [...found.value.members.keys()], ['page.gz', 'cut.tar.gz', 'after']);
  const bytes = gzipSync(good).subarray(0, 60);
  const { createHash } = await import('node:crypto');
  assert.is(
    found.ok && found.value.members.get('cut.tar.gz')?.sha256,
    createHash('sha256').update(bytes).digest('hex'),
  );
});

test.run();
