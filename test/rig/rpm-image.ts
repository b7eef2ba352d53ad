import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LayerMember } from './layer.ts';

/** Runs a program of rpm, dbpath and files below a folder of the test's own, as on a machine of the year 2024. */
function rpm(program: string, args: readonly string[], folder: string): string {
  return execFileSync(program, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, LC_ALL: 'C', SOURCE_DATE_EPOCH: '1716854400' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Builds a package without files of its own but one. Gives its path. */
export function buildRpm(folder: string, name: string, version: string, summary = 'For a test'): string {
  const top = join(folder, 'rpmbuild');
  mkdirSync(top, { recursive: true });
  const spec = join(top, `${name}.spec`);
  writeFileSync(
    spec,
    `Name: ${name}
Version: ${version}
Release: 1.test
Summary: ${summary}
License: Apache-2.0
BuildArch: noarch
%description
${summary}.
%install
mkdir -p %{buildroot}/usr/share/${name}
echo ${version} > %{buildroot}/usr/share/${name}/version
%files
/usr/share/${name}
`,
  );
  const macros = ['--define', `_topdir ${top}`, '--define', '_buildhost build.example.com'];
  rpm(
    'rpmbuild',
    ['-bb', '--quiet', ...macros, '--define', 'use_source_date_epoch_as_buildtime 1', spec],
    folder,
  );
  return join(top, 'RPMS', 'noarch', `${name}-${version}-1.test.noarch.rpm`);
}

/** Installs packages into an empty root. */
export function installRpms(folder: string, root: string, packages: readonly string[]): void {
  mkdirSync(root, { recursive: true });
  const database = ['--dbpath', '/var/lib/rpm'];
  rpm('rpm', ['--root', root, ...database, '-i', '--nodeps', '--nosignature', ...packages], folder);
}

/** What rpm itself says is in a database: `name epoch version release arch` in order of names. */
export function listRpms(folder: string, database: string, backend: string): readonly string[] {
  const format = '%{NAME} %{EPOCH} %{VERSION} %{RELEASE} %{ARCH}\n';
  const macros = ['--define', `_db_backend ${backend}`];
  const told = rpm('rpm', ['--dbpath', database, ...macros, '-qa', '--qf', format], folder);
  return told.trim().split('\n').sort();
}

/** The same headers as a database of Berkeley DB, by its own loader: the format up to rpm 4.15. */
export function toBerkeley(sqlite: string, folder: string): string {
  const script =
    'import sqlite3,sys,struct\nfor n,b in sqlite3.connect(sys.argv[1]).execute("select hnum, blob from Packages"):\n print(" "+struct.pack("<I",n).hex()); print(" "+b.hex())';
  const records = execFileSync('python3', ['-c', script, sqlite], { encoding: 'utf8' });
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'Packages');
  // Under number 0 rpm keeps the number that it gave out last.
  const input = `VERSION=3\nformat=bytevalue\ntype=hash\nHEADER=END\n 00000000\n ff000000\n${records}DATA=END\n`;
  execFileSync('db5.3_load', [file], { input });
  return folder;
}

/** The files of a database, as members of a layer. */
export function databaseMembers(folder: string): readonly LayerMember[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => ({ path: `var/lib/rpm/${name}`, content: readFileSync(join(folder, name)) }));
}
