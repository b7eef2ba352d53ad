import { type GoPatchEffect, readGoPatch } from '../config/lock/go-patch.ts';
import type { GoPatch } from '../config/lock/lock.ts';
import { patchesBySpec } from '../config/lock/rpm-spec.ts';
import { asDigest } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { asRelativePath } from '../core/relative-path.ts';
import { ok, type Result } from '../core/result.ts';
import type { FileVersion } from './history.ts';

import { commitOf, fileIn, shownFile, type Tree, type Upstream } from './upstream.ts';

/** EKS Distro's own Go of one Go release, as it stood at a commit. */
export interface EksGoState {
  /** Of `goBuilds` in a lock: `1.18.10-8@d31146fd`, `1.16.15@0ff45fda` where there was no number yet. */
  readonly name: string;
  readonly version: string;
  /** The number of its RPM. */
  readonly release: string | undefined;
  readonly commit: string;
  /** The committer's, in seconds since 1970. */
  readonly time: number;
  /** Whether this commit changed the file RELEASE: then upstream's CI published an RPM of it. */
  readonly isReleased: boolean;
  /** Those that went into it, in the order of application. */
  readonly patches: readonly GoPatch[];
}

/** All that the folder of EKS Distro's own Go ever held. */
export interface EksGo {
  readonly repository: string;
  /** Of a Go release (`1.18`), in order. */
  of(minor: string): readonly EksGoState[];
  named(name: string): EksGoState | undefined;
}

/** Where it is in the repository of the build tooling. */
export const eksGoFolder = 'projects/golang/go';

const specFile = 'rpmbuild/SPECS/golang.spec';
const ownFile =
  /^projects\/golang\/go\/(1\.[0-9]+)\/(?:GIT_TAG|RELEASE|patches\/[^/]+\.patch|rpmbuild\/SPECS\/golang\.spec)$/;

/**
 * Reads that folder's history. What the repository lacks the content of is `unavailable`, or as if it were not there.
 * Errors: those of reading.
 */
export async function readEksGo({
  repository,
  main,
  blobs,
}: Pick<Upstream, 'repository' | 'main' | 'blobs'>): Promise<Result<EksGo, Failure>> {
  const places = new Map<string, Set<number>>();
  for (const [path, minor = ''] of main.matches(ownFile)) {
    const known = places.get(minor) ?? new Set();
    places.set(minor, known);
    for (const { since } of main.changes(path)) known.add(since);
  }
  const byMinor = new Map<string, readonly EksGoState[]>();
  for (const [minor, changed] of places) {
    const states: EksGoState[] = [];
    for (const place of [...changed].sort((a, b) => a - b)) {
      const state = await readState({ repository, blobs, history: main, place }, minor);
      if (!state.ok) return state;
      if (state.value !== undefined && !isSame(state.value, states.at(-1))) states.push(state.value);
    }
    byMinor.set(minor, states);
  }
  const byName = new Map([...byMinor.values()].flat().map((state) => [state.name, state]));
  return ok({ repository, of: (minor) => byMinor.get(minor) ?? [], named: (name) => byName.get(name) });
}

/** Of its RPM's spec mostly something else is changed than what is applied. */
function isSame(state: EksGoState, before: EksGoState | undefined): boolean {
  const madeOf = ({ version, release, patches }: EksGoState) =>
    [version, release, ...patches.map(({ path, sha256 }) => `${path} ${sha256}`)].join('\n');
  return before !== undefined && !state.isReleased && madeOf(state) === madeOf(before);
}

/** Undefined where nothing there names a version. */
async function readState(tree: Tree, minor: string): Promise<Result<EksGoState | undefined, Failure>> {
  const folder = `${eksGoFolder}/${minor}`;
  const tag = await wordIn(tree, `${folder}/GIT_TAG`);
  if (!tag.ok) return tag;
  const version = tag.value.match(/^go(1\.[0-9.]+)$/)?.[1];
  if (version === undefined) return ok(undefined);
  const number = await wordIn(tree, `${folder}/RELEASE`);
  if (!number.ok) return number;
  const release = number.value.match(/^[0-9]{1,9}$/)?.[0];
  const applied = await appliedPatches(tree, folder);
  if (!applied.ok) return applied;
  const patches: GoPatch[] = [];
  for (const { path, blob } of applied.value) {
    const effect = await tree.blobs.parsed(blob, (text) => readGoPatch(path, text));
    if (!effect.ok) return effect;
    const sha256 = await tree.blobs.sha256(blob);
    if (!sha256.ok) return sha256;
    patches.push(pinOf(path, sha256.value, effect.value));
  }
  const { id, time } = commitOf(tree);
  return ok({
    name: `${version}${release === undefined ? '' : `-${release}`}@${id.slice(0, 8)}`,
    version,
    release,
    commit: id,
    time,
    isReleased: fileIn(tree, `${folder}/RELEASE`)?.since === tree.place,
    patches,
  });
}

/**
 * The patches in an RPM of that day: not all that lie in its folder, but those that its spec applies. EKS Go 1.15 never applied
 * the fix of CVE-2021-44717, which lies there, nor others for some weeks. Where there is no spec yet, its content is missing, or it names
 * what is not there, and so is not understood: all, by name.
 */
async function appliedPatches(tree: Tree, folder: string): Promise<Result<readonly FileVersion[], Failure>> {
  const below = `${folder}/patches/`;
  const present = tree.history
    .filesBelow(`${folder}/patches`, tree.place)
    .filter(({ path }) => /^[^/]+\.patch$/.test(path.slice(below.length)));
  const spec = fileIn(tree, `${folder}/${specFile}`);
  // People's names in its log of changes need not be UTF-8.
  const read = spec === undefined ? ok(undefined) : await tree.blobs.parsed(spec.blob, patchesBySpec);
  if (!read.ok) return read;
  const byName = new Map(present.map((file) => [file.path.slice(below.length), file]));
  const applied = read.value?.map((name) => byName.get(name));
  return ok(applied?.every((file) => file !== undefined) === true ? applied : present);
}

/** Empty where there is none, or its content is missing. */
async function wordIn(tree: Tree, path: string): Promise<Result<string, Failure>> {
  const file = fileIn(tree, path);
  const text = file === undefined ? ok(undefined) : await tree.blobs.text(file.blob, shownFile(tree, file));
  return text.ok ? ok(text.value?.trim() ?? '') : text;
}

function pinOf(path: string, sha256: string | undefined, effect: GoPatchEffect | undefined): GoPatch {
  const { changes = [], fixes = [] } = effect ?? {};
  return {
    path: asRelativePath(path),
    sha256: sha256 === undefined ? 'unavailable' : asDigest(sha256),
    ...(changes.length === 0 ? {} : { changes: [...changes] }),
    ...(fixes.length === 0 ? {} : { fixes: [...fixes] }),
  };
}

/** A patch of Fedora's, which Amazon Linux 2 took over, and EKS Distro's Go 1.15 from there. */
const patchFile = `${eksGoFolder}/1.15/patches/0101-Don-t-use-the-bundled-tzdata-at-runtime-except-for-t.patch`;

/**
 * Amazon Linux 2's Go as far as a program shows it: the official source with one patch to `time`. Its packages are not public by
 * version; this was measured: of 2022-07-19 go-runner comes out so with 1.15.14 and 1.16.15, CoreDNS with 1.16.15. Undefined
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
