/** A platform as Go and OCI name it: `linux/amd64`. */
export type Platform = `${string}/${string}`;

/**
 * Every platform that a Go could build for since 1.13, by system (`go tool dist list`; internal/platform/zosarch.go): what a lock,
 * a recipe or a line of checksums names is one of these.
 */
const known: Readonly<Record<string, string>> = {
  aix: 'ppc64',
  android: '386 amd64 arm arm64',
  darwin: '386 amd64 arm arm64',
  dragonfly: 'amd64',
  freebsd: '386 amd64 arm arm64 riscv64',
  illumos: 'amd64',
  ios: 'amd64 arm64',
  js: 'wasm',
  linux: '386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x sparc64',
  nacl: '386 amd64p32 arm',
  netbsd: '386 amd64 arm arm64',
  openbsd: '386 amd64 arm arm64 mips64 ppc64 riscv64',
  plan9: '386 amd64 arm',
  solaris: 'amd64',
  wasip1: 'wasm',
  windows: '386 amd64 arm arm64',
};

export function isPlatform(text: string): text is Platform {
  const [system = '', processor = '', ...more] = text.split('/');
  const of = Object.hasOwn(known, system) ? known[system]?.split(' ') : undefined;
  return more.length === 0 && of?.includes(processor) === true;
}

/** The two halves of a platform. */
export function platformParts(platform: Platform): { readonly os: string; readonly arch: string } {
  const [os = '', arch = ''] = platform.split('/');
  return { os, arch };
}
