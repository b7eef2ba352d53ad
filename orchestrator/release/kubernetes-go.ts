import { readPatch } from '../config/lock/patch-text.ts';
import {
  compareKubernetesVersions,
  type KubernetesVersion,
  parseKubernetesVersion,
} from './kubernetes-version.ts';

/**
 * What `.go-version` says at the tags of a Kubernetes minor, each from the patch release on that stands before it. Read off
 * the CHANGELOG files of Kubernetes 1.35.0, in which upstream notes each change of that file ("is now built with Go ...");
 * the file itself was read at 1.25.16, 1.29.3, 1.30.1, 1.33.0-beta.0, 1.33.0 and 1.34.0, and in what patches of EKS Distro quote.
 * A `?` is inferred from what other branches had in the same weeks: the CHANGELOG names no exact version.
 */
const noted: Readonly<Record<number, string>> = {
  24: '12 1.19.7, 13 1.19.8, 14 1.19.9, 15 1.19.10, 16 1.20.6, 17 1.20.7',
  25: '8 1.19.7, 9 1.19.8, 10 1.19.9, 11 1.19.10, 12 1.20.6, 13 1.20.7, 14 1.20.8, 15 1.20.10',
  26: `3 1.19.7, 4 1.19.8, 5 1.19.9, 6 1.19.10, 7 1.20.6, 8 1.20.7, 9 1.20.8, 10 1.20.10, 11 1.20.11, 12 1.20.12,
    13 1.20.13, 14 1.21.7, 15 1.21.8`,
  27: `0-rc.1 1.20.3, 2 1.20.4, 3 1.20.5, 4 1.20.6, 5 1.20.7, 6 1.20.8, 7 1.20.10, 8 1.20.11, 9 1.20.12, 10 1.20.13,
    11 1.21.7, 12 1.21.8, 13 1.21.9, 15 1.21.11, 16 1.22.5`,
  28: `0-beta.0 1.20.6, 0-rc.1 1.20.7, 2 1.20.8, 3 1.20.10, 4 1.20.11, 5 1.20.12, 6 1.20.13, 7 1.21.7, 8 1.21.8,
    9 1.21.9, 11 1.21.11, 12 1.22.5, 14 1.22.6, 15 1.22.8`,
  29: `0-rc.0 1.21.4, 0-rc.2 1.21.5, 1 1.21.6, 2 1.21.7, 3 1.21.8, 4 1.21.9, 6 1.21.11, 7 1.22.5, 9 1.22.6, 10 1.22.8,
    12 1.22.9, 13 1.22.10, 14 1.22.12, 15 1.23.6`,
  30: `0-beta.0 1.22.1, 0-rc.2 1.22.2, 2 1.22.4, 3 1.22.5, 5 1.22.6, 6 1.22.8, 8 1.22.9, 9 1.22.10, 10 1.22.12,
    11 1.23.6?, 13 1.23.8, 14 1.23.10`,
  31: `0-beta.0 1.22.5, 1 1.22.6, 2 1.22.8, 4 1.22.9, 5 1.22.10, 6 1.22.12, 7 1.23.6?, 9 1.23.8, 10 1.23.10, 12 1.23.11,
    13 1.23.12, 14 1.24.9`,
  32: '0-alpha.2 1.23.2, 0-rc.0 1.23.3, 1 1.23.4, 2 1.23.6, 5 1.23.8, 6 1.23.10, 8 1.23.11, 9 1.23.12, 10 1.24.9, 11 1.24.11',
  33: '0-beta.0 1.24.0, 0-rc.0 1.24.2?, 0 1.24.2, 2 1.24.4, 4 1.24.5, 5 1.24.6, 6 1.24.9, 7 1.24.11',
  34: '0-beta.0 1.24.5, 0-rc.2 1.24.6, 2 1.24.9, 3 1.24.11',
};

/** The last patch release of each minor that those CHANGELOG files know of. */
const last: Readonly<Record<number, number>> = {
  ...{ 24: 17, 25: 16, 26: 15, 27: 16, 28: 15, 29: 15, 30: 14, 31: 14, 32: 11, 33: 7, 34: 3 },
};

/** What `.go-version` says at a tag, before any patch, and where that is known from. Undefined where nothing says so. */
export function goVersionAtTag(
  version: KubernetesVersion,
): { readonly version: string; readonly read: string; readonly isInferred: boolean } | undefined {
  const { minor, patch } = version;
  if (patch > (last[minor] ?? -1)) return undefined;
  const step = (noted[minor] ?? '')
    .split(/,\s+/)
    .map((text) => text.split(' '))
    .findLast(([from]) => {
      const start = parseKubernetesVersion(`1.${minor}.${from}`);
      return start !== undefined && compareKubernetesVersions(start, version) <= 0;
    });
  const [go, inferred] = step?.[1]?.split('?') ?? [];
  if (go === undefined) return undefined;
  const isInferred = inferred !== undefined;
  const read = isInferred ? 'inferred from other branches' : `kubernetes CHANGELOG-1.${minor}.md`;
  return { version: go, read, isInferred };
}

/** What a patch does to `.go-version`; `before` is undefined where it makes the file. Undefined where it leaves it alone. */
export function goVersionInPatch(
  text: string,
): { readonly before: string | undefined; readonly after: string } | undefined {
  if (!readPatch(text).some(({ names }) => names.includes('.go-version'))) return undefined;
  const part =
    /^diff --git a\/\.go-version b\/\.go-version\n([\s\S]*?)(?=^diff --git |^-- $|$(?![\s\S]))/m.exec(text);
  const line = (sign: string) => new RegExp(`^${sign}(1\\.[0-9.]+)\\s*$`, 'm').exec(part?.[1] ?? '')?.[1];
  const after = line('\\+');
  return after === undefined ? undefined : { before: line('-'), after };
}
