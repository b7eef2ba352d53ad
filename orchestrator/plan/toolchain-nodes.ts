import type { GoFlavour, Lock, LockedProject } from '../config/lock/lock.ts';
import type { Override } from '../config/lock/override.ts';
import { asDigest, digestOfJson } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { countOf } from '../core/numbers.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { BuildNode } from './node.ts';
import { asNodeId, type NodeId } from './node-base.ts';
import type { PatchPin, ToolchainSource } from './node-go.ts';

/** A Go that a project is built with. */
export interface WantedGo {
  readonly version: string;
  readonly flavour: GoFlavour;
  /** Those that change what a program contains. */
  readonly patches: readonly PatchPin[];
}

/** Where the user has a version of Go from. */
export interface GivenToolchain {
  /** In the order in which they are tried, after the module proxy. */
  readonly official: readonly ToolchainSource[];
  /** Amazon Linux 2's, of that version. */
  readonly al2: ToolchainSource | undefined;
}

export interface WantedFrom {
  readonly lock: Pick<Lock, 'goBuilds'>;
  readonly toolchains?: ReadonlyMap<string, GivenToolchain>;
}

/**
 * The Go of a project, by its lock or as an override has it. Patches without effect on a program are left out: what is
 * left without any is the official Go.
 * Where the repository with its patches was out of reach when the lock was made, the official one stands for it.
 * Errors: `toolchain-unavailable` where nothing names it, a patch is lost, or only the user could have it and has not.
 */
export function wantedGo(
  locked: LockedProject,
  override: Override | undefined,
  { lock, toolchains }: WantedFrom,
): Result<WantedGo, Failure> {
  if (override?.go !== undefined) {
    const { version, patches } = override.go;
    const pins = patches.map(({ path, sha256, repository, commit }): PatchPin => {
      return { path, sha256, from: { kind: 'upstream', repository, commit } };
    });
    return ok({ version, flavour: pins.length === 0 ? 'official' : 'eks-go', patches: pins });
  }
  const { go, kubernetes } = locked;
  if (kubernetes?.go.state === 'unresolved') {
    const detail =
      'the checkout names it in .go-version, and nothing at hand says what stands there; import again once its repository is in the cache';
    return unavailable('unknown', detail);
  }
  if (go === undefined) {
    return unavailable('unknown', 'nothing that upstream published names the Go that built it');
  }
  const { version, flavour } = go;
  const isGiven = flavour === 'al2-rpm' && toolchains?.get(version)?.al2 !== undefined;
  if (flavour === 'al2-rpm' && go.build === undefined && !isGiven) {
    return unavailable(
      version,
      `it was the one of Amazon Linux 2's repository, which has patches of its own; name its packages in the settings (toolchains, versions, "${version}", rpms)`,
    );
  }
  if (flavour === 'official' || isGiven) return ok({ version, flavour, patches: [] });
  const build = go.build === undefined ? undefined : lock.goBuilds?.[go.build];
  // Nobody knows its patches: most of these builds have none that count.
  if (build === undefined) return ok({ version, flavour: 'official', patches: [] });
  const lost = build.patches.find((patch) => patch.sha256 === 'unavailable');
  if (lost !== undefined) {
    return unavailable(
      version,
      `${build.repository} lacks the content of ${lost.path}; import again from a whole one`,
    );
  }
  return ok({ version, flavour, patches: effectivePatches(build) });
}

/** The patches of a build of Go that change what a program contains, in order. */
function effectivePatches(
  build: Pick<NonNullable<Lock['goBuilds']>[string], 'repository' | 'commit' | 'patches'>,
): readonly PatchPin[] {
  const { repository, commit } = build;
  return build.patches
    .filter((patch) => patch.changes !== undefined)
    .map(({ path, sha256 }) => {
      return { path, sha256: asDigest(sha256), from: { kind: 'upstream', repository, commit } };
    });
}

function unavailable(version: string, detail: string): Result<never, Failure> {
  return err({ reason: 'toolchain-unavailable', version, detail });
}

/** Adds the nodes of a Go, the patched one after the official one that it is made of, and gives the one to build with. */
export function addToolchain(
  { version, flavour, patches }: WantedGo,
  project: string,
  nodes: Map<NodeId, BuildNode>,
  given: ReadonlyMap<string, GivenToolchain> | undefined,
): NodeId {
  const add = (
    suffix: string,
    title: string,
    rest: {
      readonly needs: readonly NodeId[];
      readonly sources: readonly ToolchainSource[];
      readonly patches: readonly PatchPin[];
    },
  ): NodeId => {
    const id = asNodeId(`toolchain go${version}${suffix}`);
    const known = nodes.get(id)?.projects ?? [];
    const projects = known.includes(project) ? known : [...known, project];
    nodes.set(id, { kind: 'toolchain', id, title, projects, version, ...rest });
    return id;
  };
  const { official = [], al2 } = given?.get(version) ?? {};
  if (flavour === 'al2-rpm' && al2 !== undefined) {
    return add(' al2-rpm', `go ${version} of Amazon Linux 2`, { needs: [], sources: [al2], patches: [] });
  }
  const sources = [{ kind: 'module-proxy' as const }, ...official];
  const base = add('', `go ${version}`, { needs: [], sources, patches: [] });
  if (patches.length === 0) return base;
  // The same patches are the same Go, whatever it is called.
  const mark = digestOfJson(patches.map((patch) => patch.sha256)).slice(0, 8);
  const title = `go ${version} with ${countOf(patches.length, 'patch', 'patches')}`;
  return add(` patched ${mark}`, title, { needs: [base], sources: [], patches });
}
