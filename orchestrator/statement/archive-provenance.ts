import { byCodeUnit } from '../core/canonical-json.ts';
import { platformsOf } from '../plan/plan.ts';
import { assembleProvenance } from './assemble-provenance.ts';
import { compilersFor, partsOf } from './image-parts.ts';
import type { MadeBy } from './made-by.ts';
import type { Statement } from './statement.ts';
import { tasksFor } from './tasks.ts';

export const archiveBuildType = 'urn:eksd-rebuild:archive:1';

/** The release that a site is of: what tars of images in it call them. */
export interface SiteName {
  /** `public.ecr.aws/eks-distro` */
  readonly registry: string;
  readonly channel: string;
  readonly number: number;
}

/**
 * How a file of a release's site was made: an archive, a tar of an image, the source. The subject is its path below `artifacts/`.
 * @throws Error on one that was not planned.
 */
export function archiveProvenance(
  { path, sha256 }: { readonly path: string; readonly sha256: string },
  site: SiteName,
  made: MadeBy,
): Statement {
  const { report, prepared } = made;
  const planned = prepared.plan.files.find((each) => each.path === path);
  if (planned === undefined) throw new Error(`${path} is no file of the release`);
  const { project, node } = planned;
  const ids = new Set([node as string, ...Object.keys(tasksFor(node, report.nodes))]);
  const nodes = [...prepared.plan.graph.nodes.values()].filter(({ id }) => ids.has(id));
  const names = new Set(nodes.flatMap((each) => (each.kind === 'image' ? [each.image] : [])));
  const images = (report.images ?? []).filter(({ image }) => names.has(image));
  const parts = images.map((image) => partsOf(image, made));
  const projects = [
    project,
    ...nodes.flatMap((each) => each.projects),
    ...parts.flatMap((each) => each.projects),
  ];
  const built = new Set(
    nodes.flatMap((each) => ('platform' in each && each.platform ? [each.platform] : [])),
  );
  // What is of no platform comes with one of the project's: nothing is planned without.
  const locked = prepared.lock.projects[project];
  const platforms = built.size > 0 ? [...built] : locked === undefined ? [] : platformsOf(locked).slice(0, 1);
  const folders = prepared.planInput.recipes.get(project)?.archives ?? [];
  const compilers = compilersFor(images, made);
  return assembleProvenance(
    {
      subject: [{ name: path, digest: { sha256 } }],
      buildType: archiveBuildType,
      parameters: {
        ...{ project, path, site: { ...site } },
        platforms: platforms.sort(byCodeUnit),
        ...(images.length === 0
          ? {}
          : {
              images: {
                names: images.map(({ image }) => image),
                bases: distinct(parts.map(({ base }) => base)),
                ...compilers,
              },
            }),
      },
      node,
      projects,
      named: folders.flatMap(({ tagOf }) => tagOf ?? []),
      bases: parts.flatMap(({ bases }) => bases),
      dependencies: distinct(parts.flatMap(({ dependencies }) => dependencies)),
    },
    made,
  );
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
