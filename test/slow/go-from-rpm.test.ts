import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { compileWith, removeReadOnly, type Taken, takeGo } from '../rig/real-go.ts';
import { suite } from '../rig/suite.ts';

/** A Go in two packages as Amazon Linux has it, made by rpmbuild and unpacked by bsdtar. */
const test = suite<Taken>('a Go from packages');

test.before(async (taken, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'rpm-go-'));
  defer(() => removeReadOnly(folder));
  const goroot = await takeGo(folder, 'proxy', [{ kind: 'module-proxy' }]);
  Object.assign(taken, { folder, goroot });
});

/** Packs a GOROOT: its programs into one package, all the rest into another. Gives the packages' paths. */
function pack(goroot: string, folder: string): readonly string[] {
  const spec = `
%global __os_install_post %{nil}
%global debug_package %{nil}
%global _binary_payload w1.gzdio
Name: golang
Version: 1
Release: 1
Summary: a Go
License: BSD
AutoReqProv: no
%description
A Go.
%package bin
Summary: its programs
AutoReqProv: no
%description bin
Its programs.
%package src
Summary: all the rest
AutoReqProv: no
%description src
All the rest.
%install
mkdir -p %{buildroot}/usr/lib
cp -a ${goroot} %{buildroot}/usr/lib/golang
%files bin
/usr/lib/golang/bin
/usr/lib/golang/pkg/tool
%files src
/usr/lib/golang
%exclude /usr/lib/golang/bin
%exclude /usr/lib/golang/pkg/tool
`;
  mkdirSync(folder);
  writeFileSync(join(folder, 'golang.spec'), spec);
  const words = ['-bb', '--quiet', '--define', `_topdir ${folder}`, join(folder, 'golang.spec')];
  execFileSync('rpmbuild', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const made = join(folder, 'RPMS');
  return readdirSync(made, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.rpm'))
    .map((name) => join(made, name));
}

test('unpacked over one another they compile the same program', async ({ folder, goroot }) => {
  const packages = pack(goroot, join(folder, 'packages'));
  assert.is(packages.length, 2);
  const files = packages.map((from) => ({ from, sha256: digestOf(readFileSync(from)) }));
  const taken = await takeGo(folder, 'rpms', [{ kind: 'rpms', files }]);
  assert.ok(compileWith(taken, folder) === compileWith(goroot, folder), 'the program has other bytes');
  const origin = JSON.parse(readFileSync(join(taken, '..', 'toolchain.json'), 'utf8'));
  assert.equal(origin, { rpms: files.map(({ sha256 }) => sha256) });
});

test.run();
