import { nearestNames } from '../../config/nearest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { BaseImagePlaces } from '../../rpm/repository/load-base-images.ts';
import type { PackageWorkspace } from '../../run/wiring/distributions.ts';
import { chooseNames } from '../../workspace/choose-names.ts';
import { shownPath } from '../../workspace/shown-path.ts';

/** Where the workspace has base images. */
export function baseImagePlaces({ searchPath }: PackageWorkspace, host: Host): BaseImagePlaces {
  return { searchPath, shown: (path) => shownPath(path, host.cwd) };
}

/** There is no base image of a name. */
function noImage(name: string, known: Iterable<string>): Failure {
  const near = nearestNames(name, known);
  return {
    reason: 'usage',
    message: `There is no base image ${JSON.stringify(name)}.${near.length > 0 ? ` Nearest: ${near.join(', ')}.` : ''}`,
    help: 'Base images are the folders of base-images/ that have a base-image.yaml.',
  };
}

/** The base images that words of the command line mean. Errors: those of `chooseNames`. */
export function chooseBases(
  words: readonly string[],
  all: readonly string[],
): Result<readonly string[], Failure> {
  const chosen = chooseNames(words, { option: 'NAME', all, unknown: (name) => noImage(name, all) });
  return chosen.ok ? ok(chosen.value.names) : chosen;
}
