import type { Failure } from '../../core/failure.ts';
import type { Descriptor, OciDigest } from '../../core/oci.ts';
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
import { attachStatements } from '../../statement/sign/attach.ts';
import type { Signer } from '../../statement/sign/signer.ts';
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

/**
 * Attaches to each image that was pushed what is said of it, signed where the push signs: then its bills of materials, too, to the index
 * and to each platform's manifest, since scanners ask by either. Errors: those of `attachStatements` and `Sboms`.
 * @param note is told of the provenance of each image as soon as it is there.
 */
export async function writeStatements(
  push: StatedPush,
  registry: Registry,
  note: (repository: string, digest: OciDigest) => void,
): Promise<Result<unknown, Failure>> {
  const { rebuilt, images, signer, host } = push;
  const materials = await materialsOf(rebuilt, host);
  if (!materials.ok) return materials;
  const made = { ...rebuilt, materials: materials.value };
  const sboms = signer === undefined ? undefined : await sbomsOf(rebuilt, host);
  return inParallel(images, atOnce, async (image) => {
    const { repository, tree } = image;
    const report = reportOf(image, made, push.target);
    const bills = sboms === undefined ? ok([]) : await imageSboms(report, sboms);
    if (!bills.ok) return bills;
    const attach = (subject: Descriptor, own: readonly Statement[]) => {
      const ofIt = bills.value.filter((each) => each.subject === subject.digest);
      const statements = [...own, ...ofIt.flatMap((each) => each.statements)];
      return attachStatements(registry, repository, subject, statements, signer, host);
    };
    const written = await attach(tree.descriptor, statementsOf(image, report, made, push.target));
    if (!written.ok) return written;
    for (const { descriptor } of bills.value.length > 1 ? tree.images : []) {
      const there = await attach(descriptor, []);
      if (!there.ok) return there;
    }
    const [provenance] = written.value;
    if (provenance !== undefined) note(repository, provenance);
    return ok(undefined);
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
