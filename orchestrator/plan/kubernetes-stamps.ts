import type { Lock, LockedProject } from '../config/lock/lock.ts';
import { kubernetesStamps } from '../config/project/kubernetes-stamps.ts';
import { replaceSome } from '../config/project/placeholders.ts';
import type { ProjectBuild } from '../config/project/project.ts';
import type { Failure } from '../core/failure.ts';

/** A recipe's build with what stands for Kubernetes' version in it. As it is, where the lock says nothing of it. */
export function stampKubernetes(
  build: ProjectBuild,
  locked: LockedProject | undefined,
  { branch }: Pick<Lock, 'branch'>,
): ProjectBuild {
  if (locked?.kubernetes === undefined) return build;
  const { rule } = locked.kubernetes.stamping;
  const filled = (values: Readonly<Record<string, string>>) => {
    const entries = Object.entries(values).map(([name, text]) => [
      name,
      fillKubernetes(text, locked, { branch }),
    ]);
    return Object.fromEntries(entries) as Record<string, string>;
  };
  const { scripts } = build;
  if (scripts?.stamp === undefined) return { ...build, stamps: filled(build.stamps) };
  const { file, values } = scripts.stamp;
  // Only under E6 did upstream write a file; before, its scripts set the variables.
  const stamp = { ...(rule === 'E6' && file !== undefined ? { file } : {}), values: filled(values) };
  return { ...build, stamps: filled(build.stamps), scripts: { ...scripts, stamp } };
}

/** A text with what stands for Kubernetes' version in it. */
export function fillKubernetes(
  text: string,
  locked: LockedProject | undefined,
  { branch }: Pick<Lock, 'branch'>,
): string {
  if (locked?.kubernetes === undefined) return text;
  const { rule, patched } = locked.kubernetes.stamping;
  return replaceSome(text, kubernetesStamps(rule, locked.tag, branch, patched));
}

/** Why builds that ask for Kubernetes' version cannot be planned: the lock is of a time when none said by which rule. */
export function whyNoKubernetes(
  builds: readonly ProjectBuild[],
  locked: LockedProject,
  { release }: Pick<Lock, 'release'>,
): Failure | undefined {
  const texts = builds.flatMap(({ stamps, scripts }) => [
    ...Object.values(stamps),
    ...Object.values(scripts?.stamp?.values ?? {}),
  ]);
  const isAsked = texts.some((text) => text.includes(marker));
  if (locked.kubernetes !== undefined || !isAsked) return undefined;
  const message = `The lock of ${release} does not say how Kubernetes was stamped: an older version made it.`;
  return { reason: 'usage', message, help: `Run "eksd-rebuild import ${release}" again.` };
}

const marker = '{kubernetes.';
