import { join } from 'node:path';
import { defined } from '../../core/defined.ts';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { imageOf } from '../../oci/image/image-file.ts';
import { imagePlatforms } from '../../plan/image-nodes.ts';
import type { BuildNode } from '../../plan/node.ts';
import type { NodeId } from '../../plan/node-base.ts';
import { wantedImages } from '../../run/deliver/wanted-images.ts';
import type { Rebuilt } from '../../run/rebuild.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import type { KnownSide, Side, Unclaimed } from '../../vulnerability/finding.ts';
import type { createClaims, Origin } from './claims.ts';
import { type ImageLooking, imageSide } from './image-side.ts';
import type { Scanning } from './scanning.ts';

/** A program of ours, and what the lock says of it. */
export interface OwnProgram {
  readonly verdict: FileVerdict;
  /** The tag of its source, for its module's version. */
  readonly version: string | undefined;
  readonly side: Side;
}

export interface OwnImage {
  readonly project: string;
  readonly image: string;
  readonly tag: string;
  readonly platform: Platform;
  readonly version: string | undefined;
  readonly side: Side;
}

/** What a run built, looked into. */
export interface Ours {
  readonly programs: readonly OwnProgram[];
  readonly images: readonly OwnImage[];
  readonly unclaimed: readonly Unclaimed[];
}

/** Looks into the programs of a run, each with what patches mended of it. Errors: those of `Scanning.look` and of reading patches. */
export async function ownPrograms(
  rebuilt: Rebuilt,
  scanning: Scanning,
  claims: ReturnType<typeof createClaims>,
): Promise<Result<Pick<Ours, 'programs' | 'unclaimed'>, Failure>> {
  const { report, store, lock, prepared, say } = rebuilt;
  const trees = new Map(report.nodes.map(({ id, tree }) => [id as string, tree]));
  const programs: OwnProgram[] = [];
  const unclaimed = new Map<string, Unclaimed>();
  for (const verdict of report.verdicts) {
    const { project, name, platform, found } = verdict;
    const version = lock.projects[project]?.tag;
    const tree = verdict.node === undefined ? undefined : trees.get(verdict.node);
    if (found === undefined || tree === undefined) {
      const why = verdict.failure === undefined ? verdict.why : failureHeadline(verdict.failure);
      programs.push({ verdict, version, side: { known: false, why } });
      continue;
    }
    say(`looking into ${name} for ${platform}`);
    const file = async () => ok(join(store.treePath(tree), name));
    const looked = await scanning.look({ sha256: found, from: 'built here', version, file });
    if (!looked.ok) return looked;
    const origin = originOf(verdict.node, prepared.plan.graph.nodes, trees, (id) => store.treePath(id));
    const claimed = await claims.apply(project, looked.value, origin);
    if (!claimed.ok) return claimed;
    for (const each of claimed.value.unclaimed) unclaimed.set(JSON.stringify(each), each);
    programs.push({ verdict, version, side: claimed.value.side });
  }
  return ok({ programs, unclaimed: [...unclaimed.values()] });
}

function originOf(
  id: string | undefined,
  nodes: ReadonlyMap<NodeId, BuildNode>,
  trees: ReadonlyMap<string, Digest | undefined>,
  place: (tree: Digest) => string,
): Origin {
  const node = nodes.get(id as NodeId);
  const treeOf = (wanted: NodeId) => {
    const tree = trees.get(wanted);
    return tree === undefined ? undefined : place(tree);
  };
  const find = <K extends BuildNode['kind']>(kind: K, wanted: NodeId | undefined) => {
    const found = wanted === undefined ? undefined : nodes.get(wanted);
    const tree = wanted === undefined ? undefined : treeOf(wanted);
    if (found?.kind !== kind || tree === undefined) return undefined;
    return { node: found as Extract<BuildNode, { kind: K }>, tree };
  };
  const isBuild = node?.kind === 'go-build' || node?.kind === 'script-build';
  const source = find('source', isBuild ? node.source : undefined);
  return {
    source,
    toolchain: find('toolchain', isBuild ? node.toolchain : undefined),
    folder: node?.kind === 'go-build' ? node.module : '.',
    isVendorMade: (node?.kind === 'go-build' && node.vendors) || source?.node.vendor === 'made-again',
  };
}

/** What is said of programs, by their SHA-256: the same bytes were built in the same way. */
export function knownPrograms(programs: readonly OwnProgram[]): ReadonlyMap<string, KnownSide> {
  return new Map(
    programs.flatMap(({ verdict: { found }, side }) =>
      found !== undefined && side.known ? [[found, side] as const] : [],
    ),
  );
}

/** Looks into the images of a run. Errors: those of `imageSide`. */
export async function ownImages(
  rebuilt: Rebuilt,
  looking: ImageLooking,
): Promise<Result<readonly OwnImage[], Failure>> {
  const { images: trees, lock, say } = rebuilt;
  const made: OwnImage[] = [];
  for (const { image, project, tag, failure } of wantedImages(rebuilt)) {
    const version = lock.projects[project]?.tag;
    const tree = trees.get(image);
    const platforms =
      tree?.images.map(({ platform }) => platform) ??
      imagePlatforms.filter(rebuilt.prepared.selection.isSelected);
    for (const platform of platforms) {
      const common = { project, image, tag, platform, version };
      if (tree === undefined) {
        const why = failure === undefined ? 'It was not made.' : failureHeadline(failure);
        made.push({ ...common, side: { known: false, why } });
        continue;
      }
      say(`looking into the image ${image} for ${platform}`);
      const one = imageOf(tree, platform);
      if (!one.ok) return one;
      const name = { name: image, from: 'built here', version };
      const side = await imageSide(one.value, name, looking);
      if (!side.ok) return err(side.error);
      const index = tree.descriptor.digest.replace('sha256:', '');
      const sha256 = [...new Set([...side.value.sha256, index])];
      made.push({ ...common, side: { ...side.value, ...defined({ sha256 }) } });
    }
  }
  return ok(made);
}
