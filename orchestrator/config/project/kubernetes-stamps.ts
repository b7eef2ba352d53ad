import type { StampingRule } from './kubernetes.ts';
import type { KubernetesPlaceholder } from './placeholders.ts';

/** What a version is made of, each a text with placeholders that the source fills in. */
export type KubernetesVersionTexts = { readonly [Name in KubernetesPlaceholder]: string };

/**
 * What a stamping rule puts into Kubernetes' programs (`kubernetes.ts`). Kubernetes' own script derives the minor
 * version from the version text, and marks it with `+` where something follows a dash; under E6 upstream let it do that
 * with the plain tag, and lengthened the version text afterwards.
 * @param branch `1-30`
 * @param patched when the branch's patches were last changed: for E3.
 */
export function kubernetesStamps(
  rule: StampingRule,
  tag: string,
  branch: string,
  patched: string | undefined,
): KubernetesVersionTexts {
  const [, major = '', minor = '', more = ''] = /^v([0-9]+)\.([0-9]+)\.[0-9]+(-.*)?$/.exec(tag) ?? [];
  if (rule === 'E6') {
    return {
      'kubernetes.date': '{commit.date.utc}',
      'kubernetes.epoch': '{commit.unix}',
      'kubernetes.commit': '{head}',
      'kubernetes.state': 'archive',
      'kubernetes.version': '{tag}-eks-{head.short}',
      'kubernetes.major': major,
      'kubernetes.minor': more === '' ? minor : `${minor}+`,
    };
  }
  return {
    'kubernetes.date': rule === 'E3' ? (patched ?? '') : '{head.author.utc}',
    'kubernetes.epoch': rule === 'E3' ? epochOf(patched) : '{head.author.unix}',
    'kubernetes.commit': '{commit}',
    'kubernetes.state': 'clean',
    'kubernetes.version': `{tag}-eks-${branch}`,
    'kubernetes.major': major,
    'kubernetes.minor': `${minor}+`,
  };
}

/** @param instant RFC 3339. */
function epochOf(instant: string | undefined): string {
  return instant === undefined ? '' : String(Date.parse(instant) / 1000);
}
