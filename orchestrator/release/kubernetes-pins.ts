import type { UnsealedLock } from '../config/lock/lock-file.ts';
import type { KubernetesVariant, LockedKubernetes } from '../config/project/kubernetes.ts';
import { defined } from '../core/defined.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { FileVersion } from './history.ts';
import { goVersionAtTag } from './kubernetes-go.ts';
import { stampingIn } from './kubernetes-stamping.ts';
import {
  eraOf,
  type KubernetesVersion,
  oldestMinor,
  parseKubernetesVersion,
  takesGoOfCheckout,
  trimsPaths,
} from './kubernetes-version.ts';
import { patchFactsOf } from './patch-facts.ts';
import type { Tree } from './upstream.ts';

type Pins = UnsealedLock['projects'][string];

/** A file of Kubernetes at one of its tags, where its repository is at hand. */
export type ReadAtTag = (repository: string, tag: string, path: string) => Promise<string | undefined>;

/**
 * Adds what only Kubernetes has to its pins: the era, the stamping rule, and the Go that its own scripts take, which from
 * some version on is not the builder image's. A tag that is none of Kubernetes' is left as it is.
 *
 * What `.go-version` says after the patches: what the last patch writes there; else what upstream's CHANGELOG says of the
 * tag; where that says nothing exact, what the repository has, should it be at hand. In this order, so that a lock is the
 * same whatever is at hand.
 * Where that is the builder image's version, it was the builder image's own.
 * Errors: `source-unavailable` where the repository lacks upstream's script; `usage` for a version before all releases; those of reading.
 */
export async function withKubernetes(
  pins: Pins,
  patches: readonly FileVersion[],
  tree: Tree,
  branch: string,
  readAtTag: ReadAtTag | undefined,
): Promise<Result<Pins, Failure>> {
  const version = parseKubernetesVersion(pins.tag);
  if (version === undefined) return ok(pins);
  const stamping = await stampingIn(tree, branch);
  if (!stamping.ok) return stamping;
  if (stamping.value === undefined) return ok(pins);
  if (version.minor < oldestMinor) {
    const message = `GIT_TAG of kubernetes/kubernetes on branch ${branch} is ${pins.tag}, which is older than any release.`;
    return err({ reason: 'usage', message, help: "It is upstream's file that says so." });
  }
  const era = eraOf(version);
  const patched = takesGoOfCheckout(version) ? await patchedGo(patches, tree) : ok(undefined);
  if (!patched.ok) return patched;
  const own = takesGoOfCheckout(version)
    ? (patched.value ?? (await goAtTag(version, pins, readAtTag)))
    : undefined;
  const go: LockedKubernetes['go'] = {
    rule: takesGoOfCheckout(version) ? 'checkout' : 'builder',
    state: takesGoOfCheckout(version) && own === undefined ? 'unresolved' : 'known',
    ...(own !== undefined && pins.go !== undefined && pins.go.version !== own.version
      ? { builder: builderOf(pins.go) }
      : {}),
  };
  const { checksums, go: ofBuilder, patches: patchPins, ...rest } = pins;
  // One that is there already is not fetched, whoever made it.
  const isBuilders = own === undefined || own.version === ofBuilder?.version;
  const pinned = isBuilders ? ofBuilder : pinnedGo(own, ofBuilder);
  // In the order in which a lock has its members.
  return ok({
    ...rest,
    ...defined({ go: pinned }),
    patches: patchPins,
    kubernetes: {
      era,
      stamping: stamping.value,
      go,
      variants: variantsOf(version, stamping.value.rule, go, pinned),
    },
    ...defined({ checksums }),
  });
}

interface FoundGo {
  readonly version: string;
  readonly read: string;
}

/** What the last patch that touches the file writes there. Patches whose content is missing say nothing. */
async function patchedGo(
  patches: readonly FileVersion[],
  { blobs }: Tree,
): Promise<Result<FoundGo | undefined, Failure>> {
  let found: FoundGo | undefined;
  for (const { path, blob } of patches) {
    const facts = await patchFactsOf(blobs, blob);
    if (!facts.ok) return facts;
    const after = facts.value?.goVersion?.after;
    if (after !== undefined) found = { version: after, read: `.go-version, as ${path} leaves it` };
  }
  return ok(found);
}

async function goAtTag(
  version: KubernetesVersion,
  { repository, tag }: Pins,
  readAtTag: ReadAtTag | undefined,
): Promise<FoundGo | undefined> {
  const noted = goVersionAtTag(version);
  if (noted?.isInferred === false) return noted;
  const text = (await readAtTag?.(repository, tag, '.go-version'))?.trim() ?? '';
  return /^1\.[0-9]+(\.[0-9]+)?$/.test(text) ? { version: text, read: `.go-version of ${tag}` } : noted;
}

/** The official Go, with what the builder's own witnesses say beside it. */
function pinnedGo({ version, read }: FoundGo, builder: Pins['go']): NonNullable<Pins['go']> {
  const origin = 'the checkout names it, and its scripts take the official one';
  const others =
    builder === undefined ? [] : [{ version: builder.version, read: builder.read }, ...builder.others];
  return { version, flavour: 'official', origin, read, others };
}

function builderOf({ version, read, build }: NonNullable<Pins['go']>): LockedKubernetes['go']['builder'] {
  return { version, read, ...defined({ build }) };
}

function variantsOf(
  version: KubernetesVersion,
  rule: LockedKubernetes['stamping']['rule'],
  go: LockedKubernetes['go'],
  pinned: Pins['go'],
): KubernetesVariant[] {
  const goMinor = Number(pinned?.version.split('.')[1] ?? 0);
  const hasAllNames = version.minor >= 23 && version.minor <= 29;
  // Go 1.18 is the first to put flags into a program.
  const keepsPath = !trimsPaths(version) && goMinor >= 18;
  return [
    ...(hasAllNames ? [] : ['all-names' as const]),
    ...(go.builder === undefined ? [] : ['go-of-builder' as const]),
    ...(go.rule === 'checkout' && pinned?.flavour === 'eks-go' ? ['go-official' as const] : []),
    ...(keepsPath ? ['path-unspaced' as const] : []),
    ...(goMinor >= 24 ? ['tags-of-minor' as const, 'tags-none' as const] : []),
    ...(rule === 'E6' ? ['short-head-8' as const] : []),
    ...(rule === 'E3' ? ['stamping-E4' as const] : []),
    ...(rule === 'E4' || rule === 'E5' ? ['stamping-E3' as const, 'stamping-E6' as const] : []),
  ];
}
