import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Descriptor } from '../../orchestrator/core/oci.ts';
import { debianMirror } from './debian-mirror.ts';
import { type ImageContent, writeImageLayout } from './image-layout.ts';
import type { LayerMember } from './layer.ts';
import { programPath } from './programs.ts';

/** An rpm with its configuration, on this machine: absolute paths. */
export interface RpmPrograms {
  /** The folder of `rpm` and `rpmkeys`. */
  readonly programs: string;
  /** Libraries that come before those of the machine. */
  readonly libraries: string | undefined;
  /** `/usr/lib/rpm`, with `macros` and `rpmrc`. */
  readonly configuration: string;
}

/** The rpm of the machine. */
export function machineRpm(): RpmPrograms {
  return { programs: dirname(programPath('rpm')), libraries: undefined, configuration: '/usr/lib/rpm' };
}

/**
 * Debian 11's rpm 4.16, out of Debian's own packages: as old as Amazon Linux 2023's, and the last that writes Berkeley DB, as
 * Amazon Linux 2's does. Nothing is installed. @param folder is made.
 */
export function fetchRpm416(folder: string): RpmPrograms {
  for (const each of ['state/lists/partial', 'cache/archives/partial', 'debs', 'root']) {
    mkdirSync(join(folder, each), { recursive: true });
  }
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(join(folder, 'sources.list'), `deb [signed-by=${keyring}] ${debianMirror()} bullseye main\n`);
  const options = {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State': join(folder, 'state'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': 'root',
  };
  const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const apt = (...args: readonly string[]): string =>
    execFileSync('apt-get', [...words, '-qq', ...args], {
      cwd: join(folder, 'debs'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  apt('update');
  const packages = [
    'rpm',
    'rpm-common',
    'librpm9',
    'librpmio9',
    'librpmbuild9',
    'librpmsign9',
    'liblua5.2-0',
  ];
  apt('download', ...packages.map((name) => `${name}/bullseye`));
  const root = join(folder, 'root');
  for (const file of readdirSync(join(folder, 'debs'))) {
    execFileSync('dpkg-deb', ['--extract', join(folder, 'debs', file), root]);
  }
  const [triplet = ''] = readdirSync(join(root, 'usr/lib')).filter((name) => name.includes('-linux-'));
  return {
    programs: join(root, 'usr/bin'),
    libraries: join(root, 'usr/lib', triplet),
    configuration: join(root, 'usr/lib/rpm'),
  };
}

/** What the install steps of base images use besides rpm. */
const tools = ['sh', 'mkdir', 'rm', 'ln', 'trust'];

/**
 * Writes an image tree with an rpm, a shell and p11-kit, for this machine's processor: what a distribution's own image
 * is to the real ones. @param database the kind of database that it makes. @param keys armored ones that it came with, by file name.
 * @param others images of other processors, which nothing is run in. Gives what the layout's `index.json` names.
 */
export function writeRpmBuilder(
  folder: string,
  rpm: RpmPrograms,
  database: 'sqlite' | 'bdb',
  keys: Readonly<Record<string, string>> = {},
  ...others: readonly ImageContent[]
): Descriptor {
  const root = `${folder}.root`;
  for (const each of ['bin', 'etc/rpm', 'lib', 'lib64', 'tmp', 'usr/lib', 'usr/share', 'var/lib']) {
    mkdirSync(join(root, each), { recursive: true });
  }
  const add = (file: string, to: string, libraries?: string): void => {
    cpSync(file, join(root, to), { dereference: true });
    const env = { PATH: process.env['PATH'], ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}) };
    for (const [, library = ''] of execFileSync('ldd', [file], { env, encoding: 'utf8' }).matchAll(
      /(\/\S+) \(0x/g,
    )) {
      const place = library.includes('ld-linux') ? library : join('lib', basename(library));
      cpSync(library, join(root, place), { dereference: true });
    }
  };
  for (const name of tools) add(programPath(name), `bin/${name}`);
  for (const name of ['rpm', 'rpmkeys']) add(join(rpm.programs, name), `bin/${name}`, rpm.libraries);
  cpSync(rpm.configuration, join(root, 'usr/lib/rpm'), { recursive: true, verbatimSymlinks: true });
  addTrust(root, add);
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n');
  writeFileSync(join(root, 'etc/ld.so.conf'), '/lib\n');
  const macros = ['%_dbpath /var/lib/rpm', `%_db_backend ${database}`];
  writeFileSync(join(root, 'etc/rpm/macros'), `${macros.join('\n')}\n`);
  const trusted = join(root, 'etc/pki/rpm-gpg');
  mkdirSync(trusted, { recursive: true });
  for (const [name, text] of Object.entries(keys)) writeFileSync(join(trusted, name), text);
  const env = ['PATH=/bin', 'LD_LIBRARY_PATH=/lib'];
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return writeImageLayout(
    folder,
    { architecture, layers: [membersOf(root)], config: { Env: env } },
    ...others,
  );
}

/** p11-kit's module, told to look where Amazon Linux's does: its place is compiled in, and Debian's is another. */
function addTrust(root: string, add: (file: string, to: string) => void): void {
  const places = readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'pkcs11/p11-kit-trust.so'));
  const library = places.find((place) => existsSync(place));
  if (library === undefined) throw new Error("p11-kit-trust.so is missing (Debian's p11-kit-modules)");
  mkdirSync(join(root, dirname(library)), { recursive: true });
  add(library, library);
  const modules = join(root, 'usr/share/p11-kit/modules');
  mkdirSync(modules, { recursive: true });
  const paths = '/etc/pki/ca-trust/source:/usr/share/pki/ca-trust-source';
  const lines = ['module: p11-kit-trust.so', 'trust-policy: yes', `x-init-reserved: paths='${paths}'`];
  writeFileSync(join(modules, 'p11-kit-trust.module'), `${lines.join('\n')}\n`);
}

function membersOf(root: string): readonly LayerMember[] {
  return readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry): LayerMember[] => {
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(root.length + 1);
    if (entry.isSymbolicLink()) return [{ path, symbolicLink: readlinkSync(file) }];
    if (entry.isDirectory()) return [{ path: `${path}/`, mode: path === 'tmp' ? 0o1777 : 0o755 }];
    return [{ path, content: readFileSync(file), mode: statSync(file).mode & 0o7777 }];
  });
}
