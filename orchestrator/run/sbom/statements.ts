import type { Json } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import type { OciDigest } from '../../core/oci.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { ImageReport } from '../../report/image-report.ts';
import { subjectName } from '../../statement/equivalence.ts';
import { cyclonedxType, spdxType } from '../../statement/predicates.ts';
import type { Sbom } from '../../statement/sbom/sbom.ts';
import type { Statement } from '../../statement/statement.ts';
import type { Rebuilt } from '../rebuild.ts';
import type { Sboms } from './gather.ts';
import { sbomsOf } from './open.ts';

/** What is said of one subject. */
interface SubjectStatements {
  readonly subject: OciDigest;
  readonly statements: readonly Statement[];
}

/**
 * The bills of materials of all files and images that a run made, two statements each. An image's index and each of its platforms have
 * one of their own, which speaks of no other. Errors: those of `Sboms`.
 */
export async function sbomStatements(
  rebuilt: Rebuilt,
  host: Host,
): Promise<Result<readonly Statement[], Failure>> {
  const sboms = await sbomsOf(rebuilt, host);
  const statements: Statement[] = [];
  for (const verdict of rebuilt.report.verdicts) {
    const { project, platform, name: file, found, node } = verdict;
    if (found === undefined || node === undefined) continue;
    const sbom = await sboms.ofProgram(verdict);
    if (!sbom.ok) return sbom;
    statements.push(...stated(subjectName({ project, platform, file }), found, sbom.value));
  }
  for (const image of rebuilt.report.images ?? []) {
    if (image.digest === undefined) continue;
    const made = await imageSboms(image, sboms);
    if (!made.ok) return made;
    statements.push(...made.value.flatMap((each) => each.statements));
  }
  return ok(statements);
}

/** Those of an image: of its index, then of each platform. Errors: those of `Sboms`. */
export async function imageSboms(
  image: ImageReport,
  sboms: Sboms,
): Promise<Result<readonly SubjectStatements[], Failure>> {
  const made = await sboms.ofImage(image);
  if (!made.ok) return made;
  return ok(
    made.value.map(({ subject, platform, sbom }) => {
      const name = platform === undefined ? image.image : `${image.image}#${platform}`;
      return { subject, statements: stated(name, subject.slice('sha256:'.length), sbom) };
    }),
  );
}

function stated(name: string, sha256: string, { spdx, cyclonedx }: Sbom): readonly Statement[] {
  const subject = [{ name, digest: { sha256 } }];
  return [
    { subject, predicateType: spdxType, predicate: JSON.parse(spdx) as Json },
    { subject, predicateType: cyclonedxType, predicate: JSON.parse(cyclonedx) as Json },
  ];
}
