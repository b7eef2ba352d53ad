import type { Json } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { subjectName } from '../../statement/equivalence.ts';
import { cyclonedxType, spdxType } from '../../statement/predicates.ts';
import type { Sbom } from '../../statement/sbom/sbom.ts';
import type { Statement } from '../../statement/statement.ts';
import type { Rebuilt } from '../rebuild.ts';
import { sbomsOf } from './open.ts';

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
  const add = (name: string, sha256: string, { spdx, cyclonedx }: Sbom) => {
    const subject = [{ name, digest: { sha256 } }];
    statements.push(
      { subject, predicateType: spdxType, predicate: JSON.parse(spdx) as Json },
      { subject, predicateType: cyclonedxType, predicate: JSON.parse(cyclonedx) as Json },
    );
  };
  for (const verdict of rebuilt.report.verdicts) {
    const { project, platform, name: file, found, node } = verdict;
    if (found === undefined || node === undefined) continue;
    const sbom = await sboms.ofProgram(verdict);
    if (!sbom.ok) return sbom;
    add(subjectName({ project, platform, file }), found, sbom.value);
  }
  for (const image of rebuilt.report.images ?? []) {
    if (image.digest === undefined) continue;
    const made = await sboms.ofImage(image);
    if (!made.ok) return made;
    for (const { subject, platform, sbom } of made.value) {
      const name = platform === undefined ? image.image : `${image.image}#${platform}`;
      add(name, subject.slice('sha256:'.length), sbom);
    }
  }
  return ok(statements);
}
