import { posix } from 'node:path';
import type { Platform } from '../../core/platform.ts';

const mention =
  /(?:^|[-_./])(linux|windows|darwin)[-_./](amd64|arm64|386|arm|ppc64le|s390x|riscv64)(?=$|[-_./])/g;

/**
 * The platform that a path names last, as upstream writes it: `_output/1-30/bin/linux/arm64/kubelet`,
 * `bin/etcd/linux-amd64/etcd`, `kubernetes-server-linux-amd64.tar.gz`, `etcd-linux-amd64-v3.5.13.tar.gz`.
 * Undefined where it names none.
 */
export function platformInPath(path: string): Platform | undefined {
  const last = [...path.matchAll(mention)].at(-1);
  return last === undefined ? undefined : `${last[1]}/${last[2]}`;
}

/**
 * Of the paths of files with the wanted name, those that are for a platform: the ones that name it, or else, where none
 * names any, all of them.
 * @param around the platform that what they are in names.
 */
export function pathsFor(
  platform: Platform,
  paths: readonly string[],
  around: Platform | undefined,
): readonly string[] {
  const named = paths.filter((path) => (platformInPath(path) ?? around) === platform);
  if (named.length > 0) return named;
  return around === undefined ? paths.filter((path) => platformInPath(path) === undefined) : [];
}

/** A program's base name, and for Windows the one with `.exe`. */
export function fileNames(name: string, platform: Platform): readonly string[] {
  const plain = posix.basename(name);
  return platform.startsWith('windows/') && !plain.endsWith('.exe') ? [plain, `${plain}.exe`] : [plain];
}
