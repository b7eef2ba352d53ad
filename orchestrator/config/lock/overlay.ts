import { Document } from 'yaml';
import { z } from 'zod';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Result } from '../../core/result.ts';
import { assetName, digest, platform, projectName, releaseName } from '../fields.ts';
import { type Decoded, decodeYaml } from '../yaml.ts';
import { overrideSchema } from './override.ts';

const accepted = z.strictObject({
  /** The cause, in words. */
  because: z.string().min(1),
  /** The published files that came out this way. */
  files: z.array(z.strictObject({ platform, name: assetName, sha256: digest })),
  override: overrideSchema,
});
export type Accepted = z.infer<typeof accepted>;

/**
 * What a user has accepted as the way files of a release were really built, beside its lock: `<release>.overlay.yaml`. It
 * changes how they are built, and never what is expected of them.
 */
const overlaySchema = z.strictObject({
  schema: z.literal('1', { error: 'this version reads overlay schema 1' }),
  release: releaseName,
  /** By `<org>/<repo>`. */
  projects: z.record(projectName, accepted),
});
export type Overlay = z.infer<typeof overlaySchema>;

/** Reads an overlay file. Errors: malformed YAML, unknown or malformed fields, another schema. */
export function decodeOverlay(file: string, text: string): Result<Decoded<Overlay>, readonly Diagnostic[]> {
  return decodeYaml(file, text, overlaySchema);
}

const header = ` How files of this release were really built, found by "eksd-rebuild explain --accept". Delete what you do not believe.`;

/** The text of an overlay file. */
export function renderOverlay(overlay: z.input<typeof overlaySchema>): string {
  const document = new Document(overlay, { schema: 'failsafe', aliasDuplicateObjects: false });
  document.commentBefore = header;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
