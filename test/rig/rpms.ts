import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from './programs.ts';

/** A package that `rpmbuild` makes. */
export interface RpmSpec {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly epoch?: number;
  readonly arch: 'x86_64' | 'aarch64' | 'noarch';
  /** As in a spec file: `glibc >= 2.26`, `(a if b)`. */
  readonly requires?: readonly string[];
  readonly provides?: readonly string[];
  readonly conflicts?: readonly string[];
  readonly obsoletes?: readonly string[];
  /** Content by absolute path; `mode` as in `%attr`, 0644 by default. */
  readonly files?: Readonly<Record<string, string | { readonly content: string; readonly mode: string }>>;
  /** Targets by absolute path. */
  readonly links?: Readonly<Record<string, string>>;
  /** Folders with their modes. */
  readonly directories?: Readonly<Record<string, string>>;
  /** Shell text by tag: `post`, `preun`. */
  readonly scripts?: Readonly<Record<string, string>>;
}

/** A key pair of the tests' own, and what rpm needs to sign with it. */
export interface RpmKey {
  /** As rpm lists it, after `gpg-pubkey-`. */
  readonly id: string;
  readonly armored: string;
  readonly home: string;
  readonly name: string;
}

/** Makes a key without a passphrase. @param folder its home; short, as gpg's agent puts a socket into it. */
export function makeRpmKey(folder: string): RpmKey {
  mkdirSync(folder, { mode: 0o700 });
  const name = 'packages@example.com';
  const gpg = (...args: readonly string[]): string =>
    execFileSync('gpg', ['--homedir', folder, '--batch', '--quiet', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  gpg('--passphrase', '', '--quick-generate-key', name, 'rsa2048', 'sign', 'never');
  const [, , , , id = '', created = ''] =
    gpg('--with-colons', '--list-keys')
      .split('\n')
      .find((line) => line.startsWith('pub:'))
      ?.split(':') ?? [];
  const armored = gpg('--armor', '--export', name);
  const time = Number(created).toString(16);
  return { id: `${id.slice(-8).toLowerCase()}-${time}`, armored, home: folder, name };
}

/** Ends the agent that gpg left behind for a key's home. */
export function endRpmKey(key: RpmKey): void {
  execFileSync('gpgconf', ['--homedir', key.home, '--kill', 'all'], { stdio: 'ignore' });
}

/**
 * Builds packages into a folder, signed where a key is given. Gives the absolute path of each.
 * One `rpmbuild` makes many: every package is a subpackage of a spec, packages of one name going to different specs.
 */
export function buildRpms(folder: string, specs: readonly RpmSpec[], key?: RpmKey): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const rounds = new Map<string, RpmSpec[]>();
  for (const spec of specs) {
    const target = spec.arch === 'noarch' ? 'x86_64' : spec.arch;
    for (let round = 0; ; round++) {
      const together = rounds.get(`${target} ${round}`) ?? [];
      if (together.some(({ name }) => name === spec.name)) continue;
      rounds.set(`${target} ${round}`, [...together, spec]);
      break;
    }
  }
  for (const [index, [round, together]] of [...rounds].entries()) {
    const file = join(folder, `${index}.spec`);
    writeFileSync(file, renderSpec(together));
    const words = ['-bb', '--quiet', '--target', round.split(' ')[0] ?? '', '--define', `_topdir ${folder}`];
    execFileSync('rpmbuild', [...words, file], {
      env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }
  const made = readdirSync(join(folder, 'RPMS'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.rpm'))
    .map((name) => join(folder, 'RPMS', name))
    .sort();
  if (key !== undefined) {
    // Debian's rpm looks for a gpg2, which Debian does not have.
    const macros = [`_gpg_name ${key.name}`, `_gpg_path ${key.home}`, `__gpg ${programPath('gpg')}`];
    const words = macros.flatMap((macro) => ['--define', macro]);
    execFileSync('rpmsign', [...words, '--addsign', ...made], { stdio: ['ignore', 'ignore', 'pipe'] });
  }
  return made;
}

function renderSpec(specs: readonly RpmSpec[]): string {
  const install = specs.flatMap(installLines);
  return [
    '%global debug_package %{nil}',
    '%global __os_install_post %{nil}',
    '%global _build_id_links none',
    '%global _binary_payload w1.gzdio',
    '%global _buildhost builder.example.com',
    '%global use_source_date_epoch_as_buildtime 1',
    '%global clamp_mtime_to_source_date_epoch 1',
    ...['Name: made-by-tests', 'Version: 1', 'Release: 1', 'Summary: packages of a test', 'License: none'],
    ...['AutoReqProv: no', '%description', 'Packages of a test.'],
    ...specs.flatMap(packageLines),
    ...['%install', ...install, ...specs.flatMap(filesLines)],
    '',
  ].join('\n');
}

function packageLines(spec: RpmSpec): readonly string[] {
  const { name, version, release, epoch, arch, scripts = {} } = spec;
  const tags = [
    `%package -n ${name}`,
    ...(epoch === undefined ? [] : [`Epoch: ${epoch}`]),
    ...[`Version: ${version}`, `Release: ${release}`, `Summary: the package ${name} of a test`],
    ...(arch === 'noarch' ? ['BuildArch: noarch'] : []),
    'AutoReqProv: no',
    ...(spec.requires ?? []).map((each) => `Requires: ${each}`),
    ...(spec.provides ?? []).map((each) => `Provides: ${each}`),
    ...(spec.conflicts ?? []).map((each) => `Conflicts: ${each}`),
    ...(spec.obsoletes ?? []).map((each) => `Obsoletes: ${each}`),
    ...[`%description -n ${name}`, `The package ${name}.`],
  ];
  const sections = Object.entries(scripts).flatMap(([tag, text]) => [`%${tag} -n ${name}`, text]);
  return [...tags, ...sections];
}

/** Lines of `%install`; packages of one spec must not bring the same path with different content. */
function installLines(spec: RpmSpec): readonly string[] {
  const at = (path: string): string => `"%{buildroot}${path}"`;
  const folderOf = (path: string): string => path.replace(/\/[^/]*$/, '');
  return [
    ...Object.keys(spec.directories ?? {}).map((path) => `mkdir -p ${at(path)}`),
    ...Object.entries(spec.files ?? {}).flatMap(([path, file]) => {
      const content = typeof file === 'string' ? file : file.content;
      const packed = Buffer.from(content).toString('base64');
      return [`mkdir -p ${at(folderOf(path))}`, `echo ${packed || "''"} | base64 -d > ${at(path)}`];
    }),
    ...Object.entries(spec.links ?? {}).flatMap(([path, to]) => [
      `mkdir -p ${at(folderOf(path))}`,
      `ln -s "${to}" ${at(path)}`,
    ]),
  ];
}

function filesLines(spec: RpmSpec): readonly string[] {
  return [
    `%files -n ${spec.name}`,
    ...Object.entries(spec.directories ?? {}).map(([path, mode]) => `%dir %attr(${mode},root,root) ${path}`),
    ...Object.entries(spec.files ?? {}).map(
      ([path, file]) => `%attr(${typeof file === 'string' ? '0644' : file.mode},root,root) ${path}`,
    ),
    ...Object.keys(spec.links ?? {}),
  ];
}
