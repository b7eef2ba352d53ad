import type { Failure } from '../../core/failure.ts';
import { formatImageReference } from '../../core/image-reference.ts';
import type { NodeOutcome } from '../../engine/run.ts';
import { type ImageTree, readImageTree } from '../../oci/image/image-tree.ts';
import type { BaseChoice, PlannedImage } from '../../plan/images.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ImageBase, ImageReport } from '../../report/image-report.ts';
import type { Store } from '../../store/store.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import { type ProgramInImage, unverifiedPrograms } from '../../verdict/verify/verify-image.ts';

/** What became of the images of a run, and where each that was made lies. */
export interface MadeImages {
  readonly reports: readonly ImageReport[];
  readonly trees: ReadonlyMap<string, ImageTree>;
}

/** Brings together the images that were planned, what became of their nodes, and what is said of their programs. */
export async function describeImages(
  plan: Plan,
  outcomes: ReadonlyMap<NodeId, NodeOutcome>,
  verdicts: readonly FileVerdict[],
  store: Pick<Store, 'treePath' | 'entries'>,
): Promise<MadeImages> {
  const reports: ImageReport[] = [];
  const trees = new Map<string, ImageTree>();
  for (const planned of plan.images) {
    const base = {
      image: planned.image,
      project: planned.project,
      tag: planned.tag,
      standsOn: planned.standsOn,
    };
    if (planned.state.kind === 'failure') {
      reports.push({ ...base, platforms: [], programs: [], unverified: [], failure: planned.state.failure });
      continue;
    }
    const programs = await programsOf(planned.state.platforms, outcomes, store);
    const common = {
      ...base,
      ...baseOf(planned.state.base),
      programs,
      unverified: unverifiedPrograms(programs, verdicts),
    };
    const outcome = outcomes.get(planned.state.index);
    if (outcome?.tree === undefined) {
      reports.push({ ...common, platforms: [], failure: failureOf(planned, outcomes) });
      continue;
    }
    const tree = await readImageTree(store.treePath(outcome.tree), planned.image);
    if (!tree.ok) {
      reports.push({ ...common, platforms: [], failure: tree.error });
      continue;
    }
    trees.set(planned.image, tree.value);
    const platforms = tree.value.images.map(({ platform, descriptor, manifest }) => {
      const layers = manifest.layers.map(({ digest, size }) => ({ digest, size }));
      return { platform, digest: descriptor.digest, layers };
    });
    reports.push({ ...common, digest: tree.value.descriptor.digest, platforms });
  }
  return { reports, trees };
}

type PlannedPlatforms = Extract<PlannedImage['state'], { kind: 'planned' }>['platforms'];

/** Of what was compiled here, what came is told as well: nothing else speaks of it. */
async function programsOf(
  platforms: PlannedPlatforms,
  outcomes: ReadonlyMap<NodeId, NodeOutcome>,
  store: Pick<Store, 'entries'>,
): Promise<readonly ProgramInImage[]> {
  const found: ProgramInImage[] = [];
  for (const { platform, programs } of platforms) {
    for (const { project, file, build, compiler: by } of programs) {
      const program = { project, platform, file };
      if (by === undefined) {
        found.push(program);
        continue;
      }
      const tree = outcomes.get(build)?.tree;
      const entries = tree === undefined ? undefined : await store.entries(tree);
      const entry = entries?.ok === true ? entries.value.find(({ path }) => path === file) : undefined;
      const sha256 = entry?.type === 'file' ? { sha256: entry.sha256 } : {};
      found.push({ ...program, compiled: { by, ...sha256 } });
    }
  }
  return found;
}

function baseOf(choice: BaseChoice | undefined): { readonly base?: ImageBase } {
  if (choice?.kind === 'pulled') {
    return { base: { from: choice.from, reference: formatImageReference(choice.reference) } };
  }
  return choice?.kind === 'built' ? { base: { from: choice.distribution } } : {};
}

/** Why an image was not made: its index's failure, or that of the node which left it without its needs. */
function failureOf({ state }: PlannedImage, outcomes: ReadonlyMap<NodeId, NodeOutcome>): Failure {
  if (state.kind === 'failure') return state.failure;
  const end = outcomes.get(state.index)?.end;
  const cause = end?.status === 'skipped' ? outcomes.get(end.because as NodeId)?.end : end;
  return cause?.status === 'failed' ? cause.failure : { reason: 'aborted' };
}
