import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LockedPackage } from '../../orchestrator/config/base/base-lock.ts';
import type { Architecture } from '../../orchestrator/config/base/distribution.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { programPath } from './programs.ts';
import type { RpmKey } from './rpms.ts';

/** A certificate authority's certificate in PEM, made by openssl. */
export function makeCertificate(folder: string): string {
  const [key, file] = [join(folder, 'ca.key'), join(folder, 'ca.pem')];
  const subject = ['-subj', '/CN=Tests of base images/O=Example', '-days', '3650'];
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', [...words, '-keyout', key, '-out', file, ...subject], { stdio: 'ignore' });
  return readFileSync(file, 'utf8');
}

/**
 * A distribution in small: `core` (noarch: users, folders, certificates), `tool` (with a file capability, a hard link, a file of
 * another user, a configuration file, documentation, a scriptlet), `extra` (on top, with a file that `core` has folders for).
 */
function spec(certificate: string): string {
  return `
%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
%global _binary_payload w1.gzdio
%global _buildhost builder.example.com
%global use_source_date_epoch_as_buildtime 1
%global clamp_mtime_to_source_date_epoch 1
Name: distribution
Version: 1
Release: 1
Summary: a distribution of a test
License: none
AutoReqProv: no
%description
A distribution of a test.
%package -n core
Summary: users, folders and certificates
BuildArch: noarch
AutoReqProv: no
%description -n core
Users, folders and certificates.
%package -n tool
Summary: a program
AutoReqProv: no
Requires: core
%description -n tool
A program.
%package -n extra
Summary: another program
AutoReqProv: no
Requires: tool, core
%description -n extra
Another program.
%install
cd %{buildroot}
mkdir -p etc/pki/ca-trust/source etc/tool tmp usr/bin usr/lib64 usr/share/pki/ca-trust-source/anchors var/lib
mkdir -p usr/share/doc/tool usr/share/licenses/tool usr/share/zoneinfo/Far/Away
echo 'root:x:0:0:root:/root:/sbin/nologin' > etc/passwd
echo 'keeper:x:71:72::/:/sbin/nologin' >> etc/passwd
printf 'root:x:0:\\nkeepers:x:72:\\n' > etc/group
ln -s usr/bin bin
echo ${Buffer.from(certificate).toString('base64')} | base64 -d > usr/share/pki/ca-trust-source/anchors/ca.pem
echo "a program for %{_target_cpu}" > usr/bin/tool
ln usr/bin/tool usr/bin/tool-again
ln -s tool usr/bin/tool-link
echo "may ping" > usr/bin/pinger
echo "level = 1" > etc/tool/tool.conf
echo "read me" > usr/share/doc/tool/README
echo "do as you like" > usr/share/licenses/tool/LICENSE
for i in $(seq 400); do echo $i > usr/share/zoneinfo/Far/Away/zone-with-a-name-that-is-long-$i; done
echo "more" > usr/bin/extra
echo "level = 2" > etc/tool/extra.conf
%post -n tool
touch /scriptlet-ran
%files -n core
%dir /etc
%dir /etc/pki/ca-trust
%dir /etc/pki/ca-trust/source
%dir %attr(1777,root,root) /tmp
%dir /usr/bin
%dir %attr(0555,root,root) /usr/lib64
%dir /var/lib
/bin
%config /etc/passwd
%config /etc/group
/usr/share/pki
%files -n tool
/usr/bin/tool
/usr/bin/tool-again
/usr/bin/tool-link
%caps(cap_net_raw=ep) /usr/bin/pinger
%dir %attr(0750,keeper,keepers) /etc/tool
%attr(0640,keeper,keepers) %config(noreplace) /etc/tool/tool.conf
%doc /usr/share/doc/tool/README
%license /usr/share/licenses/tool/LICENSE
/usr/share/zoneinfo
%files -n extra
%attr(4755,root,root) /usr/bin/extra
/etc/tool/extra.conf
`;
}

export interface BuiltPackage {
  /** Absolute. */
  readonly file: string;
  readonly arch: Architecture | 'noarch';
  /** As a lock has it, its URL below a base. */
  locked(base: string): LockedPackage;
}

/** Builds the distribution for both processors; signed where a key is given. @param folder is made. */
export function buildDistribution(folder: string, key: RpmKey | undefined): readonly BuiltPackage[] {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'distribution.spec'), spec(makeCertificate(folder)));
  for (const target of ['x86_64', 'aarch64']) {
    const words = ['-bb', '--quiet', '--target', target, '--define', `_topdir ${folder}`];
    execFileSync('rpmbuild', [...words, join(folder, 'distribution.spec')], {
      env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }
  const files = readdirSync(join(folder, 'RPMS'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.rpm'))
    .map((name) => join(folder, 'RPMS', name))
    .sort();
  if (key !== undefined) sign(files, key);
  return files.map((file) => {
    const [name = '', arch = ''] = /([a-z]+)-1-1\.(\w+)\.rpm$/.exec(file)?.slice(1) ?? [];
    const content = readFileSync(file);
    const locked = (base: string): LockedPackage => {
      return {
        ...{ name, epoch: 0, version: '1', release: '1', arch, size: content.length },
        ...{ sha256: digestOf(content), url: `${base}/${file.slice(folder.length + 1)}` },
      };
    };
    return { file, arch: arch as BuiltPackage['arch'], locked };
  });
}

function sign(files: readonly string[], key: RpmKey): void {
  // Debian's rpm looks for a gpg2, which Debian does not have.
  const macros = [`_gpg_name ${key.name}`, `_gpg_path ${key.home}`, `__gpg ${programPath('gpg')}`];
  const words = macros.flatMap((macro) => ['--define', macro]);
  execFileSync('rpmsign', [...words, '--addsign', ...files], { stdio: ['ignore', 'ignore', 'pipe'] });
}
