import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { artifactsFolder, bundleEnding } from '../../publish/layout.ts';
import { archiveProvenance } from '../../statement/archive-provenance.ts';
import { isOwnBundle } from '../../statement/sign/own-bundle.ts';
import { signStatement } from '../../statement/sign/sign-statement.ts';
import type { Signer } from '../../statement/sign/signer.ts';
import { statementText } from '../../statement/statement.ts';
import { readBytes, sizeLimit } from '../../tool/file/read-file.ts';
import { materialsOf } from '../deliver/materials.ts';
import type { Rebuilt } from '../rebuild.ts';
import type { Identity } from './identity.ts';
import type { JudgedFile } from './judged-files.ts';

/**
 * Signs how each file of a site was made, but for those that only name images: bundles, by the paths of what they are beside. What the
 * former site has by the same key is taken from there. Errors: those of `materialsOf` and of `signStatement`. @param output absolute.
 */
export async function signFiles(
  files: readonly JudgedFile[],
  rebuilt: Rebuilt,
  { registry: { host: name, prefix }, channel, number }: Pick<Identity, 'registry' | 'channel' | 'number'>,
  output: string,
  signer: Signer,
  host: Host,
): Promise<Result<ReadonlyMap<string, string>, Failure>> {
  const materials = await materialsOf(rebuilt, host);
  if (!materials.ok) return materials;
  const made = { ...rebuilt, materials: materials.value };
  const site = { registry: [name, prefix].filter((part) => part !== '').join('/'), channel, number };
  const folder = join(output, artifactsFolder(channel, number));
  const bundles = new Map<string, string>();
  for (const file of files.filter(({ hasSums }) => hasSums)) {
    const text = statementText(archiveProvenance(file, site, made));
    const former = await readBytes(join(folder, `${file.path}${bundleEnding}`), {
      ...{ limit: sizeLimit.report, refuseLink: true },
    });
    const there = former.ok ? former.value?.toString('utf8') : undefined;
    const isKept = there !== undefined && (await isOwnBundle(there, text, signer));
    const bundle = isKept ? ok(there) : await signStatement(signer, text, host);
    if (!bundle.ok) return bundle;
    bundles.set(file.path, bundle.value);
  }
  return ok(bundles);
}
