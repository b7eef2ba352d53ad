import type { WantedBase } from '../../orchestrator/plan/base-nodes.ts';
import type { BuiltPackage } from './base-packages.ts';
import { wantedBase } from './base-world.ts';
import type { RpmKey } from './rpms.ts';

const rootfs = {
  linksFirst: [{ path: '/bin', to: 'usr/bin' }],
  directories: [
    { path: '/usr/bin' },
    { path: '/home/nonroot', owner: { user: '65532', group: '65532' }, mode: '0700' },
  ],
  trust: [
    {
      path: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
      format: 'pem-bundle',
      purpose: 'server-auth',
    },
    // Each certificate of it is dated.
    { path: '/etc/pki/ca-trust/extracted/java/cacerts', format: 'java-cacerts', purpose: 'server-auth' },
  ],
  links: [{ path: '/etc/pki/tls/cert.pem', to: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem' }],
  files: [
    { path: '/etc/passwd', content: 'root:x:0:0::/root:/sbin/nologin\nkeeper:x:71:72::/:/sbin/nologin\n' },
  ],
  remove: ['/usr/share/doc/**', '/usr/share/zoneinfo/Far/Away/*-1*'],
  keep: ['/**/LICENSE'],
};

/** One out of packages, one with more on top, and one that differs in its configuration only. */
export function wantedImages(
  packages: readonly BuiltPackage[],
  url: string,
  key: RpmKey,
): Readonly<Record<'base' | 'child' | 'leaf', WantedBase>> {
  const from = { url, key };
  const named = (...names: readonly string[]) =>
    packages.filter(({ file }) => names.some((name) => file.includes(`/${name}-1-1.`)));
  const base = wantedBase(
    'small',
    {
      rootfs,
      user: '0',
      env: { PATH: '/usr/bin', NOTE: 'a "quoted" $word' },
      distributions: { al2: { keys: [key.id] } },
    },
    named('core', 'tool'),
    from,
  );
  const child = wantedBase(
    'larger',
    { user: '65532', distributions: { al2: { keys: [key.id] } } },
    named('core', 'tool', 'extra'),
    from,
    base,
  );
  const leaf = wantedBase(
    'nonroot',
    { user: '65532', distributions: { al2: {} } },
    named('core', 'tool'),
    from,
    base,
  );
  return { base, child, leaf };
}
