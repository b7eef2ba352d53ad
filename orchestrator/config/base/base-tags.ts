import { z } from 'zod';
import { decodeYaml } from '../yaml.ts';

const schema = z.record(z.string(), z.record(z.string(), z.string()));

/**
 * The tag of an image in `EKS_DISTRO_TAG_FILE.yaml` of the builder images' repository: distributions, below each its images.
 * Undefined where it has none, or where the text is no such file.
 */
export function baseTagOf(text: string, distribution: string, image: string): string | undefined {
  const decoded = decodeYaml('EKS_DISTRO_TAG_FILE.yaml', text, schema);
  return decoded.ok ? decoded.value.value[distribution]?.[image] : undefined;
}
