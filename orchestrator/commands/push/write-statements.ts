import type { Failure } from '../../core/failure.ts';
import type { OciDigest } from '../../core/oci.ts';
import { repositoryOf } from '../../core/registry-place.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { ImageToPush } from '../../oci/push/plan.ts';
import type { Registry } from '../../oci/registry/registry.ts';
import { materialsOf } from '../../run/deliver/materials.ts';
import type { Rebuilt } from '../../run/rebuild.ts';
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
 * Attaches to each image that was pushed what is said of it, signed where the push signs. Errors: those of `attachStatements`.
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
  return inParallel(images, atOnce, async (image) => {
    const { repository, tree } = image;
    const statements = statementsOf(image, made, push.target);
    const written = await attachStatements(registry, repository, tree.descriptor, statements, signer, host);
    if (!written.ok) return written;
    const [provenance] = written.value;
    if (provenance !== undefined) note(repository, provenance);
    return ok(undefined);
  });
}

/** What is said of an image: its provenance first. */
function statementsOf(
  { repository, unverified }: ImageToPush,
  made: MadeBy,
  target: PushTarget,
): readonly Statement[] {
  const report = made.report.images?.find((each) => repositoryOf(target, each.image) === repository);
  if (report === undefined) throw new Error(`no report of ${repository}`);
  const allowed = unverified.length === 0 ? [] : target.allowances;
  return [imageProvenance(report, made, allowed), imageEquivalence(report, made.report)];
}
