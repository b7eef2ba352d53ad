import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { patchesBySpec } from '../../orchestrator/config/lock/rpm-spec.ts';
import { suite } from '../rig/suite.ts';

/** Which patches a spec file applies, held against what rpmbuild gives to its `patch`. */
const test = suite<{ folder: string; log: string }>('the patches of a spec file and rpmbuild');

const names = ['a', 'b', 'c', 'd'].map((name) => `000${name}-${name}.patch`);
const head = `Name: x
Version: 1
Release: 1
Summary: x
License: x
Source0: x-1.tar
Patch1: ${names[0]}
Patch10: ${names[1]}
Patch2: ${names[2]}
patch0: ${names[3]}
%description
x
%prep
`;

test.before((context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'rpm-spec-'));
  defer(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'SOURCES'));
  mkdirSync(join(folder, 'x-1'));
  writeFileSync(join(folder, 'x-1', 'file'), 'text\n');
  execFileSync('tar', ['-cf', join(folder, 'SOURCES', 'x-1.tar'), '-C', folder, 'x-1']);
  for (const name of names) writeFileSync(join(folder, 'SOURCES', name), `+++ b/${name}\n`);
  const log = join(folder, 'log');
  // In the place of patch: what it is given says its name.
  writeFileSync(join(folder, 'patch'), `#!/bin/sh\nsed -n 's/^+++ b.//p' >> '${log}'\n`);
  chmodSync(join(folder, 'patch'), 0o755);
  Object.assign(context, { folder, log });
});

/** What rpmbuild applies, in its order. */
function applied(spec: string, { folder, log }: { folder: string; log: string }): readonly string[] {
  writeFileSync(log, '');
  writeFileSync(join(folder, 'x.spec'), spec);
  const macros = [`_topdir ${folder}`, `__patch ${join(folder, 'patch')}`];
  const words = ['-bp', '--nodeps', ...macros.flatMap((macro) => ['--define', macro])];
  execFileSync('rpmbuild', [...words, join(folder, 'x.spec')], { stdio: ['ignore', 'ignore', 'pipe'] });
  return readFileSync(log, 'utf8').trim().split('\n').filter(Boolean);
}

for (const [title, prep, count] of [
  ['one by one, and one that is commented out', '%setup -q\n%patch1 -p1\n#%%patch2 -p1\n%patch10 -p1\n', 2],
  ['in another order, by other spellings', '%setup -q\n%patch -P 10 -p1\n%patch -P2 -p1\n%patch 1 -p1\n', 3],
  ['several of one line', '%setup -q\n%patch -P 2 -P 1 -p1\n', 2],
  ['the one without a number', '%setup -q\n%patch -p1\n', 1],
  ['by %autosetup, however they are numbered', '%autosetup -p1\n', 4],
  ['by %autosetup that applies none', '%autosetup -N\n%patch10 -p1\n', 1],
  ['by %autopatch', '%setup -q\n%autopatch -p1\n', 4],
  ['none', '%setup -q\n', 0],
] as const) {
  test(title, (context) => {
    const found = applied(head + prep, context);
    assert.is(found.length, count);
    assert.equal(patchesBySpec(head + prep), found);
  });
}

test.run();
