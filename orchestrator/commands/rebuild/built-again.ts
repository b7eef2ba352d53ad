import type { Json } from '../../core/canonical-json.ts';
import type { SiteFile } from '../../run/deliver/site-files.ts';
import { archiveProvenance } from '../../statement/archive-provenance.ts';
import type { MadeBy } from '../../statement/made-by.ts';
import { fileProvenance, imageProvenance } from '../../statement/provenance.ts';
import type { StatedBuild } from '../../statement/read-provenance.ts';

/** What came of it here, and how this run would state it. Undefined where nothing came. */
export function builtAgain(
  { what, platforms }: StatedBuild,
  made: MadeBy,
  files: readonly SiteFile[],
): { readonly digest: string; readonly predicate: Json } | undefined {
  const { verdicts, images = [] } = made.report;
  if (what.kind === 'file') {
    const verdict = verdicts.find(
      ({ project, platform, name }) =>
        project === what.project && platform === platforms[0] && name === what.file,
    );
    if (verdict?.found === undefined) return undefined;
    return { digest: verdict.found, predicate: fileProvenance(verdict, made).predicate };
  }
  if (what.kind === 'archive') {
    const file = files.find(({ planned }) => planned.path === what.path);
    if (file === undefined) return undefined;
    const { path, site } = what;
    const { predicate } = archiveProvenance({ path, sha256: file.sha256 }, site, made);
    return { digest: file.sha256, predicate };
  }
  const image = images.find((each) => each.image === what.image);
  if (image?.digest === undefined) return undefined;
  const digest = image.digest.replace(/^sha256:/, '');
  return { digest, predicate: imageProvenance(image, made).predicate };
}
