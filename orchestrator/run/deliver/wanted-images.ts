import type { ImageReport } from '../../report/image-report.ts';
import type { Rebuilt } from '../rebuild.ts';

/** The images that were asked for, and not what else was made because they stand on it. */
export function wantedImages({ report, prepared }: Rebuilt): readonly ImageReport[] {
  return (report.images ?? []).filter(({ image }) => prepared.planInput.images?.isWanted(image) === true);
}
