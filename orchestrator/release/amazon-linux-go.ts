import type { EksGo, EksGoState } from './eks-go.ts';
import { eksGoFolder } from './eks-go.ts';

/** Fedora's, which Amazon Linux 2 had of it, and EKS Distro's Go 1.15 of Amazon Linux 2. */
const patchFile = `${eksGoFolder}/1.15/patches/0101-Don-t-use-the-bundled-tzdata-at-runtime-except-for-t.patch`;

/**
 * Amazon Linux 2's Go as far as a program shows it: the official source with one patch to `time`. Its packages are not public by
 * version; this was measured: of 2022-07-19 go-runner comes out so with 1.15.14 and 1.16.15, and not without the patch. Undefined
 * where the repository never had it.
 */
export function amazonLinuxGo(version: string, eksGo: EksGo): EksGoState | undefined {
  for (const { commit, time, patches } of eksGo.of('1.15')) {
    const patch = patches.find(({ path }) => path === patchFile);
    if (patch === undefined) continue;
    const name = `${version}-al2@${commit.slice(0, 8)}`;
    return { name, version, release: undefined, commit, time, isReleased: false, patches: [patch] };
  }
  return undefined;
}

/** By its name in a lock. */
export function amazonLinuxGoNamed(name: string, eksGo: EksGo): EksGoState | undefined {
  const [, version] = /^([0-9.]+)-al2@/.exec(name) ?? [];
  return version === undefined ? undefined : amazonLinuxGo(version, eksGo);
}
