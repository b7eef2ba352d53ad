import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AdvisorySpec } from './package-repository.ts';
import type { RpmSpec } from './rpms.ts';

/** Packages as a small distribution has them, old versions included, on both processors. */
export const packages: readonly RpmSpec[] = [
  { name: 'setup', version: '2.8', release: '9', arch: 'noarch' },
  { name: 'setup', version: '2.8', release: '10', arch: 'noarch', files: { '/etc/shells': '/bin/sh\n' } },
  { name: 'tzdata', version: '2024a', release: '1', epoch: 1, arch: 'noarch' },
  { name: 'tzdata', version: '2024b', release: '1', epoch: 1, arch: 'noarch' },
  // A larger number, and yet older: an epoch comes first.
  { name: 'tzdata', version: '2030', release: '1', arch: 'noarch' },
  ...(['x86_64', 'aarch64'] as const).flatMap((arch): readonly RpmSpec[] => [
    ...['62', '63', '64'].flatMap((release): readonly RpmSpec[] => [
      {
        ...{ name: 'glibc', version: '2.26', release, arch },
        requires: [`glibc-common = 2.26-${release}`],
        provides: ['libc.so.6()(64bit)'],
      },
      {
        ...{ name: 'glibc-common', version: '2.26', release, arch },
        requires: [`glibc = 2.26-${release}`, '/bin/sh'],
      },
    ]),
    {
      ...{ name: 'bash', version: '4.2', release: '1', arch },
      requires: ['libc.so.6()(64bit)'],
      provides: ['/bin/sh'],
      files: { '/usr/bin/bash': { content: '#', mode: '0755' } },
    },
    { name: 'libz', version: '1.2', release: '1~rc1', arch, provides: ['libz.so.1()(64bit)'] },
    {
      ...{ name: 'libz', version: '1.2', release: '1', arch },
      requires: ['libc.so.6()(64bit)'],
      provides: ['libz.so.1()(64bit)'],
    },
    { name: 'libz-compat', version: '9', release: '1', arch, provides: ['libz.so.1()(64bit)'] },
    { name: 'locale-data', version: '1', release: '1', arch, requires: ['setup >= 2.8-10'] },
    { name: 'unneeded', version: '1', release: '1', arch },
    {
      ...{ name: 'app', version: '1', release: '1', arch },
      requires: [
        ...['libz.so.1()(64bit)', '/usr/bin/bash', 'config(app-data) >= 2'],
        ...['(locale-data if setup)', '(unneeded if nothing-of-that-name)', '(absent or bash >= 4)'],
      ],
    },
    { name: 'app', version: '0.9', release: '1', arch },
    { name: 'app-data', version: '2', release: '1', arch, provides: ['config(app-data) = 2'] },
  ]),
];

export const advisories: readonly AdvisorySpec[] = [
  {
    id: 'ALAS2-2024-1',
    type: 'security',
    severity: 'important',
    cves: ['CVE-2024-33599', 'CVE-2024-2961'],
    // Not glibc-common, though neither can be had without the other.
    packages: (['x86_64', 'aarch64'] as const).map((arch) => {
      return { name: 'glibc', version: '2.26', release: '64', arch };
    }),
  },
  {
    id: 'ALAS2-2024-2',
    type: 'security',
    severity: 'medium',
    cves: ['CVE-2024-1'],
    packages: [{ name: 'glibc', version: '2.26', release: '63', arch: 'x86_64' }],
  },
  {
    id: 'ALAS2-2024-3',
    type: 'bugfix',
    packages: [{ name: 'tzdata', version: '2024b', release: '1', epoch: 1, arch: 'noarch' }],
  },
  {
    id: 'ALAS2-2020-9',
    type: 'security',
    severity: 'low',
    cves: ['CVE-2020-1'],
    packages: [
      { name: 'setup', version: '2.8', release: '9', arch: 'noarch' },
      { name: 'tzdata', version: '2024a', release: '1', epoch: 1, arch: 'noarch' },
    ],
  },
];

/** Texts of `base-image.yaml` by the name of the image. */
export const definitions: Readonly<Record<string, string>> = {
  'eks-distro-minimal-base': `schema: 1
description: a small base
distributions:
  al2: {packages: [setup, tzdata]}
`,
  'eks-distro-minimal-base-glibc': `schema: 1
description: a base with a library
parent: eks-distro-minimal-base
distributions:
  al2:
    packages: [glibc, glibc-common]
    without: [{name: bash, because: no shell is in the image}]
`,
  whole: `schema: 1
description: a base with what its programs need
distributions:
  al2: {dependencies: resolved, packages: [app, setup]}
`,
  incomplete: `schema: 1
description: a base that cannot be made
distributions:
  al2:
    packages: [app, bash, glib, glibc, glibc-common, locale-data, setup]
`,
};

/** A repository as that of the builder images: two commits that set tags, with lists of packages beside. */
export function publishedLists(folder: string): void {
  const git = (...words: readonly string[]): void => {
    const identity = ['-c', 'user.name=bot', '-c', 'user.email=bot@example.com'];
    execFileSync('git', [...identity, '-C', folder, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const commit = (base: string, glibc: string, release: string): void => {
    const list = (arch: string): string =>
      [
        ...[`glibc-2.26-${release}.${arch}`, `glibc-common-2.26-${release}.${arch}`],
        ...['gpg-pubkey-c87f5b1a-593863f8', 'setup-2.8-10.noarch', 'tzdata-2024a-1.noarch'],
      ].join('\n');
    const names = 'eks-distro-minimal-base';
    const files: Readonly<Record<string, string>> = {
      'EKS_DISTRO_TAG_FILE.yaml': `al2:\n  ${names}: ${base}\n  ${names}-glibc: ${glibc}\nal2023:\n  ${names}: null\n`,
      'eks-distro-base-minimal-packages/2/linux_amd64/glibc': list('x86_64'),
      'eks-distro-base-minimal-packages/2/linux_arm64/glibc': list('aarch64'),
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    git('add', '.');
    git('commit', '--quiet', '-m', 'Update base image in tag file(s)');
  };
  mkdirSync(folder, { recursive: true });
  git('init', '--quiet', '--initial-branch', 'main');
  // The tag comes to one image first, and to the other with the next commit.
  commit('2024-05-01-1714590102.2', '2024-04-01-1711929684.2', '61');
  commit('2024-05-01-1714590102.2', '2024-05-01-1714590102.2', '62');
  commit('2024-06-01-1717200000.2', '2024-06-01-1717200000.2', '64');
}
