import { type KubernetesVersionTexts, kubernetesStamps } from '../config/kubernetes-stamps.ts';
import type { Lock, LockedProject } from '../config/lock.ts';
import {
  type KubernetesPlaceholder,
  kubernetesPlaceholders,
  replacePlaceholders,
} from '../config/placeholders.ts';
import type { ProjectBuild } from '../config/project.ts';
import type { Failure } from '../core/failure.ts';

/** A recipe's build with what stands for Kubernetes' version in it. As it is, where the lock says nothing of it. */
export function stampKubernetes(
  build: ProjectBuild,
  locked: LockedProject | undefined,
  { branch }: Pick<Lock, 'branch'>,
): ProjectBuild {
  if (locked?.kubernetes === undefined) return build;
  const { rule, patched } = locked.kubernetes.stamping;
  const texts = kubernetesStamps(rule, locked.tag, branch, patched);
  const stamps = Object.entries(build.stamps).map(([name, text]) => [name, withTexts(text, texts)]);
  return { ...build, stamps: Object.fromEntries(stamps) as Record<string, string> };
}

/** Why builds that ask for Kubernetes' version cannot be planned: the lock is of a time when none said by which rule. */
export function whyNoKubernetes(
  builds: readonly ProjectBuild[],
  locked: LockedProject,
  { release }: Pick<Lock, 'release'>,
): Failure | undefined {
  const isAsked = builds.some(({ stamps }) => Object.values(stamps).some((text) => text.includes(marker)));
  if (locked.kubernetes !== undefined || !isAsked) return undefined;
  const message = `The lock of ${release} does not say how Kubernetes was stamped: an older version made it.`;
  return { reason: 'usage', message, help: `Run "eksd-rebuild import ${release}" again.` };
}

const marker = '{kubernetes.';

function withTexts(text: string, texts: KubernetesVersionTexts): string {
  // What has none of ours is left with its doubled braces.
  if (!text.includes(marker)) return text;
  return replacePlaceholders(text, ({ text: whole, name }) => (isOurs(name) ? texts[name] : whole));
}

function isOurs(name: string): name is KubernetesPlaceholder {
  return Object.hasOwn(kubernetesPlaceholders, name);
}
