import type { Lock, LockedProject } from '../../config/lock/lock.ts';
import type { ArchiveMember, ProjectArchive } from '../../config/project/archive.ts';
import { attributionsIn } from '../../config/project/attributions.ts';
import { fillVariables } from '../../config/project/file-variables.ts';
import type { Project } from '../../config/project/project.ts';
import { type Platform, platformParts } from '../../core/platform.ts';
import { holds } from '../../plan/condition.ts';
import { subjectOf } from '../../plan/subject.ts';
import type { DueMembers } from './due.ts';

/**
 * What recipes put into the archives of a release, by their paths below `artifacts/`. Of programs that a recipe names by a pattern, the
 * lock says the names; where it says none either, nothing is due.
 */
export function dueMembers(
  lock: Lock,
  recipes: ReadonlyMap<string, Pick<Project, 'archives'>>,
): ReadonlyMap<string, DueMembers> {
  const due = new Map<string, DueMembers>();
  for (const [project, { archives = [] }] of recipes) {
    const locked = lock.projects[project];
    if (locked === undefined) continue;
    const subject = subjectOf(project, lock);
    for (const archive of archives) {
      if (archive.kind !== 'archive' || !holds(archive.when, subject)) continue;
      const folder = archive.tagOf === undefined ? locked.tag : lock.projects[archive.tagOf]?.tag;
      const wanted = archive.members.filter(({ when }) => holds(when, subject));
      for (const platform of archive.platforms) {
        const members = membersFor(archive, wanted, platform, locked);
        const file = fillVariables(archive.file, { tag: locked.tag, ...platformParts(platform) });
        if (members !== undefined) due.set([archive.folder, folder, file].join('/'), members);
      }
    }
  }
  return due;
}

function membersFor(
  { root }: Extract<ProjectArchive, { kind: 'archive' }>,
  wanted: readonly ArchiveMember[],
  platform: Platform,
  { checksums }: LockedProject,
): DueMembers | undefined {
  const files: string[] = [];
  const folders: string[] = [];
  const extension = platform.startsWith('windows/') ? '.exe' : '';
  for (const member of wanted) {
    const place = [root, member.at].filter((part) => part !== undefined && part !== '.').join('/');
    const below = (name: string) => (place === '' ? name : `${place}/${name}`);
    if ('licenses' in member) {
      folders.push(below('LICENSES'));
      files.push(...attributionsIn(member).map(below));
    } else if ('images' in member) {
      const names = member.images.map((image) => image.slice(image.lastIndexOf('/') + 1));
      files.push(...names.flatMap((name) => [below(`${name}.tar`), below(`${name}.docker_tag`)]));
    } else if (member.programs === 'all') {
      if (checksums === undefined) return undefined;
      const expected = checksums.files.filter((each) => each.platform === platform);
      files.push(...expected.map(({ name }) => below(name)));
    } else {
      for (const name of member.programs) files.push(below(`${name}${extension}`));
    }
  }
  return { files, folders };
}
