import type { Authority } from '../../config/lock/lock.ts';
import { patternsOf } from '../../config/lock/path-patterns.ts';
import type {
  FileChange,
  FileDifference,
  ProjectDifference,
  ReleaseDifference,
} from '../../release/difference/difference.ts';
import { type Item, type Line, name, names, type Section, type Whose } from './document.ts';

/** What became of the programs that are published, by project, and of what upstream's lists name. */
export function programs({ projects }: ReleaseDifference, whose: Whose): Section | undefined {
  const alike = projects.filter(
    ({ files }) => files.length > 0 && files.every(({ change }) => change === 'same'),
  );
  const others = projects.filter(
    (project) => !alike.includes(project) && project.files.length + listedCount(project) > 0,
  );
  const items = [
    ...others.map((project) => projectItem(project, whose)),
    ...(alike.length === 0
      ? []
      : [{ line: ['the same bytes in both: all of ', ...names(alike.map(({ project }) => project))] }]),
  ];
  return items.length === 0 ? undefined : { title: 'Published files', blocks: [{ kind: 'list', items }] };
}

const fileWords: Readonly<Record<FileChange, string>> = {
  same: 'the same bytes',
  changed: 'changed',
  added: 'new',
  removed: 'gone',
  unknown: 'not known',
};

function projectItem(project: ProjectDifference, whose: Whose): Item {
  const { files, listed } = project;
  const kinds = Object.keys(fileWords) as readonly FileChange[];
  const found = kinds.flatMap((change) => {
    const of = files.filter((file) => file.change === change);
    return of.length === 0 ? [] : [{ change, files: of }];
  });
  const counts = found.map(
    ({ change, files: of }) => `${of.length} ${fileWords[change]}${whyUnknown(change, project, whose)}`,
  );
  const items = [
    // Where all fare alike, the count says it.
    ...(found.length < 2
      ? []
      : found.map(({ change, files: of }) => listItem(fileWords[change], pathsOf(of)))),
    ...(listed.added.length === 0 ? [] : [listItem("new in upstream's list", listed.added)]),
    ...(listed.removed.length === 0 ? [] : [listItem("gone from upstream's list", listed.removed)]),
  ];
  const line: Line = [name(project.project), ...(counts.length === 0 ? [] : [`: ${counts.join(', ')}`])];
  return { line, items };
}

function listedCount({ listed }: ProjectDifference): number {
  return listed.added.length + listed.removed.length;
}

function listItem(what: string, paths: readonly string[]): Item {
  return { line: [`${what}: `, ...names(patternsOf(paths))] };
}

function pathsOf(files: readonly FileDifference[]): readonly string[] {
  return files.map((file) => `${file.platform}/${file.name}`);
}

const why: Readonly<Record<Exclude<Authority, 'built'>, string>> = {
  unchecked: 'upstream did not compare its own build',
  copied: 'upstream copied them from elsewhere',
  absent: 'upstream has no hashes',
};

/** Why nobody can tell what became of files: what is said of the second release, where that is not the one that says nothing. */
function whyUnknown(change: FileChange, { before, after, patches }: ProjectDifference, whose: Whose): string {
  if (change !== 'unknown') return '';
  if (patches.some((patch) => patch.after?.own === true)) return `, for patches of ${whose} own change them`;
  const authority = [after, before]
    .map((pins) => pins?.authority ?? 'absent')
    .find((each) => each !== 'built');
  return authority === undefined ? '' : `, for ${why[authority]}`;
}
