import type { ProjectArchive } from '../config/project/archive.ts';
import type { Condition } from '../config/project/condition.ts';
import type { Project } from '../config/project/project.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Platform } from '../core/platform.ts';
import { imagePlatforms } from '../plan/image-nodes.ts';
import { doubledNames, memberNames, siteNames } from './doubled-names.ts';

type At = readonly (string | number)[];

type Complain = (at: At, message: string, help?: string) => Diagnostic;

/** Every `when` of a recipe's archives and of what its parts are called, and where it stands. */
export function archiveConditions(
  project: Project,
): readonly { readonly at: At; readonly when: Condition }[] {
  const all: { readonly at: At; readonly when: Condition | undefined }[] = [];
  const components = (at: At, component: Project['component']): void => {
    if (typeof component !== 'object') return;
    for (const [index, { when }] of component.entries()) all.push({ at: [...at, index, 'when'], when });
  };
  components(['component'], project.component);
  for (const [index, image] of project.images.entries())
    components(['images', index, 'component'], image.component);
  for (const [index, file] of project.archives.entries()) {
    const at = ['archives', index];
    all.push({ at: [...at, 'when'], when: file.when });
    components([...at, 'component'], file.component);
    const [parts, name] =
      file.kind === 'archive'
        ? [file.members, 'members']
        : file.kind === 'image'
          ? [file.tags, 'tags']
          : [[], ''];
    for (const [part, { when }] of parts.entries()) all.push({ at: [...at, name, part, 'when'], when });
  }
  return all.flatMap(({ at, when }) => (when === undefined ? [] : [{ at, when }]));
}

/**
 * What is wrong with a recipe's archives that their schema cannot see: what no build makes, or not for the platform, what would lie in
 * the place of another file, and what a manifest would have no component for.
 */
export function archiveComplaints(project: Project, complain: Complain): readonly Diagnostic[] {
  const complaints: Diagnostic[] = [];
  for (const [index, file] of project.archives.entries()) {
    const at = ['archives', index];
    for (const wanted of programsIn(file, at)) {
      const why = whyNotMade(project, wanted.programs, platformsOf(file));
      complaints.push(...why.map(({ program, message }) => complain([...wanted.at, ...program], message)));
    }
    complaints.push(...imageComplaints(project, file, at, complain));
    complaints.push(...doubledNames(memberNames(file, at), complain));
    if (file.description !== undefined && (file.component ?? project.component) === undefined) {
      const message = 'a manifest has files by their component, and none is named';
      complaints.push(complain([...at, 'description'], message));
    }
  }
  complaints.push(...doubledNames(siteNames(project.archives), complain));
  return complaints;
}

function platformsOf(file: ProjectArchive): readonly Platform[] {
  return file.kind === 'attribution' ? [file.platform] : file.kind === 'source' ? [] : file.platforms;
}

/** The programs that a file takes, `all` for whatever there is, and where it says so. */
function programsIn(
  file: ProjectArchive,
  at: At,
): readonly { readonly programs: readonly string[] | 'all'; readonly at: At }[] {
  if (file.kind === 'program') return [{ programs: file.programs, at: [...at, 'programs'] }];
  if (file.kind === 'attribution') return [{ programs: 'all', at: [...at, 'platform'] }];
  if (file.kind !== 'archive') return [];
  return file.members.flatMap((member, part) => {
    if ('programs' in member)
      return [{ programs: member.programs, at: [...at, 'members', part, 'programs'] }];
    if (!('licenses' in member)) return [];
    const place = [...at, 'members', part];
    const texts = Object.entries(member.attributions ?? {}).map(([name, programs]) => {
      return { programs, at: [...place, 'attributions', name] };
    });
    return [{ programs: 'all' as const, at: [...place, 'licenses'] }, ...texts];
  });
}

/** Each program that no build makes at all, or not for one of the platforms. @param programs `all`: a platform without any build. */
function whyNotMade(
  { builds }: Project,
  programs: readonly string[] | 'all',
  platforms: readonly Platform[],
): readonly { readonly program: At; readonly message: string }[] {
  const made = builds.flatMap((build) => build.programs.map((program) => ({ ...program, of: build })));
  const isFor = (platform: Platform, { platforms: own, of }: (typeof made)[number]) =>
    (own?.includes(platform) ?? true) && (of.platforms?.includes(platform) ?? true);
  const lacking = (makers: typeof made, what: string, program: At) =>
    platforms
      .filter((platform) => !makers.some((each) => isFor(platform, each)))
      .map((platform) => ({ program, message: `no build ${what} for ${platform}` }));
  if (programs === 'all') return lacking(made, 'is', []);
  return programs.flatMap((program, index) => {
    const makers = made.filter(
      ({ name, package: path }) => path.includes('*') || (name ?? path.split('/').at(-1)) === program,
    );
    if (makers.length === 0)
      return [{ program: [index], message: `no build of this recipe makes ${program}` }];
    return lacking(makers, `makes ${program}`, [index]);
  });
}

function imageComplaints(
  { images, archives }: Project,
  file: ProjectArchive,
  at: At,
  complain: Complain,
): readonly Diagnostic[] {
  if (file.kind === 'image') {
    const known = new Set<string>(images.map(({ name }) => name));
    const unknown = file.images.flatMap((name, index) =>
      known.has(name) ? [] : [complain([...at, 'images', index], `no image of this recipe is ${name}`)],
    );
    const none = file.platforms.flatMap((platform, index) =>
      imagePlatforms.includes(platform)
        ? []
        : [complain([...at, 'platforms', index], `no image is for ${platform}`)],
    );
    return [...unknown, ...none];
  }
  if (file.kind !== 'archive') return [];
  const tars = new Set<string>(archives.flatMap((each) => (each.kind === 'image' ? each.images : [])));
  return file.members.flatMap((member, part) =>
    ('images' in member ? member.images : []).flatMap((name, index) => {
      const message = `no file of this recipe is the tar of ${name}`;
      return tars.has(name) ? [] : [complain([...at, 'members', part, 'images', index], message)];
    }),
  );
}
