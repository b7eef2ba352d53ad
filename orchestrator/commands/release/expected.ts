import type { Failure } from '../../core/failure.ts';
import { holds } from '../../plan/condition.ts';
import { subjectOf } from '../../plan/subject.ts';
import { artifactPaths, type MadeFile } from '../../publish/site-content.ts';
import { compareWithExpected, type ExpectedPath } from '../../release/expected-site.ts';
import type { Prepared } from '../../run/prepare/prepare.ts';

/** How many files a complaint names; the rest are counted. */
const shown = 10;

/**
 * Why the files of a site are not those that upstream's lists name; undefined where they are, or where no list speaks of them. Files of
 * images that were not asked for may be missing.
 */
export function whyNotExpected(
  { lock, selection: { projects }, plan, planInput }: Prepared,
  files: readonly MadeFile[],
): Failure | undefined {
  const compared = compareWithExpected(artifactPaths(files), lock, projects);
  const hasAllImages = (project: string) => {
    const { images = [] } = planInput.recipes.get(project) ?? {};
    const subject = subjectOf(project, lock);
    const own = images.filter(({ when }) => holds(when, subject));
    return own.every(({ name }) => planInput.images?.isWanted(name) === true);
  };
  // Of an image, without the endings.
  const leftOut = plan.unplannedFiles.flatMap(({ path, image }) => (image === undefined ? [] : [`${path}.`]));
  const isAsked = ({ project, list, path }: ExpectedPath) =>
    !leftOut.some((each) => path.startsWith(each)) &&
    (list !== lock.projects[project]?.expectedFiles?.images?.file || hasAllImages(project));
  const missing = compared.missing.filter(isAsked);
  const lines = [
    ...missing.map(({ path, list }) => `  ${path} is missing, which ${list} names`),
    ...compared.unexpected.map((path) => `  ${path} is there, which no list of the release names`),
  ];
  if (lines.length === 0) return undefined;
  const more = lines.length > shown ? [`  and ${lines.length - shown} more`] : [];
  return {
    reason: 'usage',
    message: `Nothing is laid out: the files are not those that upstream published of ${lock.release}.\n${[...lines.slice(0, shown), ...more].join('\n')}`,
    help: '"archives" of the recipes say which files a release has, and "when".',
  };
}
