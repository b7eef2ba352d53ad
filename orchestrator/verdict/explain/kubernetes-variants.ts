import type { GoBuild, Lock, LockedProject } from '../../config/lock/lock.ts';
import type { Override } from '../../config/lock/override.ts';
import type { KubernetesVariant, LockedKubernetes } from '../../config/project/kubernetes.ts';
import { kubernetesStamps } from '../../config/project/kubernetes-stamps.ts';
import type { ProjectBuild } from '../../config/project/project.ts';
import { asDigest } from '../../core/digest.ts';
import { costs, type Variant } from './variant.ts';

/** What is inferred about a release's Kubernetes (`config/project/kubernetes.ts`), each as something to try. */
export function kubernetesVariants(
  locked: LockedProject,
  builds: readonly ProjectBuild[],
  lock: Pick<Lock, 'branch' | 'goBuilds'>,
): readonly Variant[] {
  const { kubernetes } = locked;
  if (kubernetes === undefined) return [];
  return kubernetes.variants.flatMap((name) => {
    const tried = describe(name, kubernetes);
    const override = overrideFor(name, { locked, kubernetes, builds, lock });
    return override === undefined ? [] : [{ name, ...tried, override }];
  });
}

function describe(name: KubernetesVariant, { go, stamping }: LockedKubernetes): Omit<Variant, 'override'> {
  const { link, checkout, packages, everything } = costs;
  switch (name) {
    case 'all-names':
      return { rule: 'link-values', what: 'every name of a version variable', weight: 4, cost: link };
    case 'go-of-builder':
      return { rule: 'go', what: `the builder's Go ${go.builder?.version}`, weight: 60, cost: everything };
    case 'go-official':
      return { rule: 'go', what: "the official Go, not the builder's own", weight: 30, cost: everything };
    case 'path-unspaced':
      return { rule: 'settings', what: 'paths without the space beside them', weight: 10, cost: packages };
    case 'tags-of-minor':
      return { rule: 'stamp', what: 'the tags of its own minor version', weight: 20, cost: checkout };
    case 'tags-none':
      return { rule: 'stamp', what: 'no tags in the checkout', weight: 10, cost: checkout };
    case 'short-head-8':
      return { rule: 'link-values', what: 'eight digits of the patched commit', weight: 5, cost: link };
    case 'stamping-E3':
    case 'stamping-E4':
    case 'stamping-E6':
      return {
        rule: 'link-values',
        what: `the version as rule ${name.slice(-2)} has it (not ${stamping.rule})`,
        weight: 15,
        cost: link,
      };
  }
}

interface Tried {
  readonly locked: LockedProject;
  readonly kubernetes: LockedKubernetes;
  readonly builds: readonly ProjectBuild[];
  readonly lock: Pick<Lock, 'branch' | 'goBuilds'>;
}

/** Undefined where there is nothing to change. */
function overrideFor(name: KubernetesVariant, tried: Tried): Override | undefined {
  const { locked, kubernetes, builds, lock } = tried;
  const stamps: Readonly<Record<string, string>> = Object.assign({}, ...builds.map((build) => build.stamps));
  switch (name) {
    case 'all-names':
      return { stamps: underAllNames(stamps) };
    case 'go-of-builder': {
      const { builder } = kubernetes.go;
      if (builder === undefined) return undefined;
      const build = builder.build === undefined ? undefined : lock.goBuilds?.[builder.build];
      return { go: { version: builder.version, patches: patchesOf(build) } };
    }
    case 'go-official':
      return locked.go === undefined ? undefined : { go: { version: locked.go.version, patches: [] } };
    case 'path-unspaced': {
      const flags = builds.flatMap((build) => build.flags);
      return { flags: flags.map((flag) => flag.replace(/ $/, '').replace(/^ /, '')) };
    }
    case 'tags-of-minor':
      return { tags: 'minor' };
    case 'tags-none':
      return { tags: 'none' };
    case 'short-head-8':
      return { stamps: changed(stamps, (text) => text.replace('{head.short}', '{head.short:8}')) };
    case 'stamping-E3':
    case 'stamping-E4':
    case 'stamping-E6':
      return { stamps: stampedBy(name.slice(-2) as 'E3' | 'E4' | 'E6', stamps, tried) };
  }
}

/** Where each of Kubernetes' version variables has been. */
const places = [
  'k8s.io/kubernetes/vendor/k8s.io/client-go/pkg/version',
  'k8s.io/kubernetes/vendor/k8s.io/component-base/version',
  'k8s.io/client-go/pkg/version',
  'k8s.io/component-base/version',
];

const keyOf = (name: string) => name.slice(name.lastIndexOf('.') + 1);

function underAllNames(stamps: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(stamps).flatMap(([name, text]) =>
    places.map((place) => [`${place}.${keyOf(name)}`, text]),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Those that a change changes. */
function changed(
  stamps: Readonly<Record<string, string>>,
  change: (text: string) => string,
): Record<string, string> {
  const entries = Object.entries(stamps).map(([name, text]) => [name, text, change(text)] as const);
  return Object.fromEntries(
    entries.filter(([, before, after]) => before !== after).map(([name, , after]) => [name, after]),
  );
}

function stampedBy(
  rule: 'E3' | 'E4' | 'E6',
  stamps: Readonly<Record<string, string>>,
  { locked, kubernetes, lock }: Tried,
): Record<string, string> {
  // The day of E3 stands in a lock only where E3 is its rule: elsewhere that of CHECKSUMS is the nearest that is known.
  const patched = kubernetes.stamping.patched ?? locked.checksums?.changed;
  const texts = kubernetesStamps(rule, locked.tag, lock.branch, patched);
  const byKey: Readonly<Record<string, string>> = {
    buildDate: texts['kubernetes.date'],
    gitCommit: texts['kubernetes.commit'],
    gitTreeState: texts['kubernetes.state'],
    gitVersion: texts['kubernetes.version'],
    gitMajor: texts['kubernetes.major'],
    gitMinor: texts['kubernetes.minor'],
  };
  const entries = Object.entries(stamps).map(([name, text]) => [name, byKey[keyOf(name)] ?? text]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function patchesOf(build: GoBuild | undefined): NonNullable<Override['go']>['patches'] {
  if (build === undefined) return [];
  return build.patches.flatMap(({ path, sha256, changes }) =>
    changes === undefined || sha256 === 'unavailable'
      ? []
      : [{ path, sha256: asDigest(sha256), repository: build.repository, commit: build.commit }],
  );
}
