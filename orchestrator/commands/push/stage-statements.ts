import type { Failure } from '../../core/failure.ts';
import type { OciDigest } from '../../core/oci.ts';
import { repositoryOf } from '../../core/registry-place.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { ImageToPush } from '../../oci/push/plan.ts';
import type { Registry } from '../../oci/registry/registry.ts';
import type { ImageReport } from '../../report/image-report.ts';
import { materialsOf } from '../../run/deliver/materials.ts';
import type { Rebuilt } from '../../run/rebuild.ts';
import { sbomsOf } from '../../run/sbom/open.ts';
import { imageSboms } from '../../run/sbom/statements.ts';
import { imageEquivalence } from '../../statement/find-equivalence.ts';
import type { MadeBy } from '../../statement/made-by.ts';
import { imageProvenance } from '../../statement/provenance.ts';
import type { Signer } from '../../statement/sign/signer.ts';
import { stageStatements } from '../../statement/sign/stage-statements.ts';
import type { Statement } from '../../statement/statement.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import type { PushTarget } from './target.ts';

/** What of a push its statements come from. */
export interface StatedPush {
  readonly rebuilt: Rebuilt;
  readonly target: PushTarget;
  readonly images: readonly ImageToPush[];
  /** Undefined: they are not signed. */
  readonly signer: Signer | undefined;
  readonly host: Host;
}

/** Images whose statements are written at once. */
const atOnce = 4;

/** What is said of the images of a push, in the registry, and attached to none of them yet. */
export interface StagedStatements {
  /** @param note is told of the provenance of each image as soon as it is there. Errors: those of `StagedReferrers.attach`. */
  attach(note: (repository: string, digest: OciDigest) => void): Promise<Result<unknown, Failure>>;
}

/**
 * Brings what is said of each image to the registry, signed where the push signs: then its bills of materials, too, for the index
 * and for each platform's manifest, since scanners ask by either. Errors: those of `stageStatements` and `Sboms`.
 */
export async function stageAll(
  push: StatedPush,
  registry: Registry,
): Promise<Result<StagedStatements, Failure>> {
  const { rebuilt, images, signer, host } = push;
  const materials = await materialsOf(rebuilt, host);
  if (!materials.ok) return materials;
  const made = { ...rebuilt, materials: materials.value };
  const sboms = signer === undefined ? undefined : await sbomsOf(rebuilt, host);
  const staged = await inParallel(images, atOnce, async (image) => {
    const { repository, tree } = image;
    const report = reportOf(image, made, push.target);
    const bills = sboms === undefined ? ok([]) : await imageSboms(report, sboms);
    if (!bills.ok) return bills;
    const platforms = bills.value.length > 1 ? tree.images.map(({ descriptor }) => descriptor) : [];
    const referrers = await inParallel([tree.descriptor, ...platforms], 1, (subject) => {
      const own = subject === tree.descriptor ? statementsOf(image, report, made, push.target) : [];
      const ofIt = bills.value.filter((each) => each.subject === subject.digest);
      const statements = [...own, ...ofIt.flatMap((each) => each.statements)];
      return stageStatements(registry, repository, subject, statements, signer, host);
    });
    return referrers.ok ? ok({ repository, referrers: referrers.value }) : referrers;
  });
  if (!staged.ok) return staged;
  return ok({
    attach: (note) =>
      inParallel(staged.value, atOnce, async ({ repository, referrers }) => {
        const written = await inParallel(referrers, 1, (each) => each.attach());
        const provenance = written.ok ? written.value[0]?.[0] : undefined;
        if (provenance !== undefined) note(repository, provenance);
        return written;
      }),
  });
}

function reportOf({ repository }: ImageToPush, { report }: MadeBy, target: PushTarget): ImageReport {
  const found = report.images?.find((each) => repositoryOf(target, each.image) === repository);
  if (found === undefined) throw new Error(`no report of ${repository}`);
  return found;
}

/** What is said of an image: its provenance first. */
function statementsOf(
  { unverified }: ImageToPush,
  report: ImageReport,
  made: MadeBy,
  target: PushTarget,
): readonly Statement[] {
  const allowed = unverified.length === 0 ? [] : target.allowances;
  return [imageProvenance(report, made, allowed), imageEquivalence(report, made.report)];
}
