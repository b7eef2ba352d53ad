import type { ImageOptions } from '../../run/prepare/images.ts';
import type { RebuildOptions } from '../../run/rebuild.ts';

export interface VulnsOptions extends RebuildOptions, ImageOptions {
  readonly against?: string;
  readonly published?: string;
  readonly database?: string;
  readonly scanned?: string;
  /** `false`: programs alone. */
  readonly images: boolean;
  readonly output?: string;
  readonly json?: boolean;
  readonly sarif?: boolean;
}
