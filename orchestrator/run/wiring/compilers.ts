import { parseImageReference } from '../../core/image-reference.ts';
import type { Platform } from '../../core/platform.ts';
import type { CompilerChoice, Compilers } from '../../plan/c-nodes.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** What the settings have compile programs in C. @throws Error on an image without a digest: the settings were checked. */
export function compilersOf({
  images,
}: {
  readonly images: Pick<Workspace['images'], 'compilers'>;
}): Compilers {
  const compilers = new Map<Platform, CompilerChoice>();
  for (const [name, { image, gcc, on }] of Object.entries(images.compilers ?? {})) {
    const platform = name as Platform;
    const parsed = parseImageReference(image);
    if ('why' in parsed || parsed.digest === undefined) throw new Error(`${image} has no digest`);
    const reference = { ...parsed, digest: parsed.digest };
    compilers.set(platform, { reference, gcc, on: on ?? platform });
  }
  return compilers;
}
