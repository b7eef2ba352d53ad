import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { holds } from '../../plan/condition.ts';
import { subjectOf } from '../../plan/subject.ts';
import { artifactPaths, type MadeFile } from '../../publish/site-content.ts';
import { compareWithExpected, type ExpectedPath } from '../../release/expected-site.ts';
import type { Prepared } from '../prepare/prepare.ts';

/** How many files a complaint names; the rest are counted. */
const shown = 10;

/**
 * Holds the files of a site against what upstream's lists name, where any speaks of them. Files of images that were not asked for may
 * be missing: gives those. Errors: `usage` where others are, or one is too many.
 */
export function holdToLists(
  { lock, selection: { projects }, plan, planInput }: Prepared,
  files: readonly Pick<MadeFile, 'path' | 'hasSums'>[],
): Result<readonly string[], Failure> {
  const compared = compareWithExpected(artifactPaths(files), lock, projects);
  const hasAllImages = (project: string) => {
    const { images = [] } = planInput.recipes.get(project) ?? {};
    const subject = subjectOf(project, lock);
    const own = images.filter(({ when }) => holds(when, subject));
    return own.every(({ name }) => planInput.images?.isWanted(name) === true);
  };
  // Files of images, archives that hold such, their sums, and those of a folder that has nothing else.
  const ofImages = plan.unplannedFiles.flatMap(({ path, image }) =>
    image === undefined ? [] : [{ path, hasSums: true }],
  );
  const leftOut = new Set(artifactPaths([...files, ...ofImages]));
  const isAsked = ({ project, list, path }: ExpectedPath) =>
    !leftOut.has(path) &&
    (list !== lock.projects[project]?.expectedFiles?.images?.file || hasAllImages(project));
  const missing = compared.missing.filter(isAsked);
  const others = compared.missing.filter((each) => !isAsked(each));
  const lines = [
    ...missing.map(({ path, list }) => `  ${path} is missing, which ${list} names`),
    ...compared.unexpected.map((path) => `  ${path} is there, which no list of the release names`),
  ];
  if (lines.length === 0) return ok(others.map(({ path }) => path));
  const more = lines.length > shown ? [`  and ${lines.length - shown} more`] : [];
  return err({
    reason: 'usage',
    message: `Nothing is laid out: the files are not those that upstream published of ${lock.release}.\n${[...lines.slice(0, shown), ...more].join('\n')}`,
    help: '"archives" of the recipes say which files a release has, and "when".',
  });
}

/**
 * The same before anything is built, where the plan has all that was asked for; else what cannot be made is told first. Errors: those
 * of `holdToLists`.
 */
export function holdPlanToLists(prepared: Prepared): Result<unknown, Failure> {
  const { plan, planInput } = prepared;
  const isLeftOut = (image: string | undefined) =>
    image !== undefined && planInput.images?.isWanted(image) !== true;
  if (!plan.unplannedFiles.every(({ image }) => isLeftOut(image))) return ok(undefined);
  return holdToLists(prepared, plan.files);
}
