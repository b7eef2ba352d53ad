import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  describeMissing,
  linkPrograms,
  neededPrograms,
  programPath,
  programsOf,
  readPrograms,
} from './programs.ts';

const list = `# program package tests
go - unit
sh dash unit

no-such-packer packer real
no-such-loader packer real sh
no-such-maker a-maker slow
`;

test('the list is read by stages, of which each has those before it', () => {
  const all = readPrograms(list);
  assert.equal(all[0], { name: 'go', inPackage: undefined, stage: 'unit', calledBy: undefined });
  assert.is(all[3]?.calledBy, 'sh');
  assert.equal(
    (['unit', 'real', 'slow'] as const).map((stage) => programsOf(stage, all).length),
    [2, 4, 5],
  );
  for (const bad of ['tar', 'tar tar', 'tar tar often', 'tar tar unit a b', 'tar  tar unit'])
    assert.throws(() => readPrograms(bad), bad);
});

test('what is missing is told by name, with one line that installs it', () => {
  const missing = describeMissing(programsOf('slow', readPrograms(list)), '/bin');
  assert.is(
    missing,
    `The tests need programs that are missing here:
  go (see "Needed" in README.md)
  no-such-packer (Debian's packer)
  no-such-loader (Debian's packer)
  no-such-maker (Debian's a-maker)
apt-get install --no-install-recommends a-maker packer
`,
  );
  assert.is(describeMissing(readPrograms('sh dash unit')), '');
});

test('a folder has links to what is here, for everybody, and a program that is not there is named', () => {
  const folder = linkPrograms(readPrograms(`${list}node - unit`));
  assert.equal(readdirSync(folder).sort(), ['go', 'node', 'sh']);
  assert.is(realpathSync(join(folder, 'node')), realpathSync(process.execPath));
  assert.match(programPath('sh'), /\/sh$/);
  assert.throws(() => programPath('no-such-packer'), /no-such-packer is not in \.ci\/programs/);
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  assert.throws(() => programPath('trust'), /missing on the PATH: trust \(Debian's p11-kit\)/);
  process.env['PATH'] = path;
});

test('what a version manager has on the PATH is taken for what everybody has, not for a program of Debian', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shims-'));
  const shims = ['go', 'no-such-packer'];
  for (const name of shims) writeFileSync(join(folder, name), '', { mode: 0o755 });
  const missing = describeMissing(programsOf('real', readPrograms(list)), `/bin:${folder}`);
  assert.equal(missing.match(/^ {2}\S+/gm), ['  no-such-packer', '  no-such-loader']);
  rmSync(folder, { recursive: true });
});

/** Packages that every Debian has: marked essential, or needed by one that is. */
const essential = [
  'bash',
  'coreutils',
  'dash',
  'grep',
  'gzip',
  'hostname',
  'mawk',
  'sed',
  'tar',
  'util-linux',
];

test('unit tests need nothing but what README names and what every Debian has', () => {
  const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
  const [needed = ''] = /^Needed: .*?\n\n/ms.exec(readme) ?? [];
  const others = programsOf('unit').filter(({ inPackage = '' }) => !essential.includes(inPackage));
  assert.equal(
    others.map(({ name }) => name),
    ['node', 'npm', 'git', 'go', 'make'],
  );
  for (const { name } of others) assert.match(needed.toLowerCase(), name);
  assert.ok(neededPrograms().length > 50);
});

test.run();
