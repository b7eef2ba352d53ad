import type { SiteFile } from '../../run/deliver/site-files.ts';
import { archiveProvenance, type SiteName } from '../../statement/archive-provenance.ts';
import { fileEquivalence, imageEquivalence } from '../../statement/find-equivalence.ts';
import type { MadeBy } from '../../statement/made-by.ts';
import { fileProvenance, imageProvenance } from '../../statement/provenance.ts';
import type { Statement } from '../../statement/statement.ts';

/** What there is to say of the files and images of a run, but for the summary of it. */
export function statementsOf(made: MadeBy, files: readonly SiteFile[], site: SiteName): readonly Statement[] {
  const { verdicts, images = [] } = made.report;
  const built = verdicts.filter(({ found, node }) => found !== undefined && node !== undefined);
  return [
    ...built.map((verdict) => fileProvenance(verdict, made)),
    ...built.flatMap((verdict) => fileEquivalence(verdict, made.report) ?? []),
    ...images
      .filter(({ digest }) => digest !== undefined)
      .flatMap((image) => [imageProvenance(image, made), imageEquivalence(image, made.report)]),
    ...files.map(({ planned, sha256 }) => archiveProvenance({ path: planned.path, sha256 }, site, made)),
  ];
}
