import { countOf } from '../../core/numbers.ts';
import type { ComparedRelease, ReleaseDifference } from '../../release/difference/difference.ts';
import { type Inline, type Line, name, type Section, type TextDocument, type Whose } from './document.ts';
import { patches } from './patches.ts';
import { baseImages, gos, recipes, versions } from './pins.ts';
import { programs } from './programs.ts';

/** What changed between two releases, for a terminal or a changelog. @param whose the patches that are not upstream's are. */
export function describeDifference(difference: ReleaseDifference, whose: Whose = 'your'): TextDocument {
  const { before, after } = difference;
  const sections: readonly (Section | undefined)[] = [
    versions(difference),
    patches(difference, whose),
    gos(difference),
    baseImages(difference),
    recipes(difference),
    programs(difference, whose),
  ];
  return {
    title: ['Changes from ', ...releaseText(before, whose), ' to ', ...releaseText(after, whose)],
    lead: leadOf(difference),
    sections: difference.differs ? sections.filter((section) => section !== undefined) : [],
  };
}

function releaseText({ release, date, ownPatches }: ComparedRelease, whose: Whose): readonly Inline[] {
  const own = ownPatches === 0 ? '' : ` with ${countOf(ownPatches, 'patch', 'patches')} of ${whose} own`;
  return [name(release), date === undefined ? '' : ` (${date.slice(0, 10)})`, own];
}

function leadOf({ before, after, order, differs, projects, files }: ReleaseDifference): readonly Line[] {
  if (!differs) {
    const isOne = before.release === after.release;
    const unknown = files.unknown === 0 ? '' : ` Of ${countOf(files.unknown, 'program')} nobody can tell.`;
    return [[`No difference${isOne ? ': it is one release' : ' in what they are made of'}.${unknown}`]];
  }
  const changed = projects.filter(({ change }) => change !== 'same').length;
  const told = fileWords.flatMap(([change, words]) =>
    files[change] === 0 ? [] : [`${files[change]} ${words}`],
  );
  const all = projects.reduce((sum, project) => sum + project.files.length, 0);
  const ofFiles = all === 0 ? '' : ` Of ${countOf(all, 'program')}: ${told.join(', ')}.`;
  return [
    ...(before.branch === after.branch
      ? []
      : [[`They are of two release branches, ${before.branch} and ${after.branch}.`]]),
    ...(order === 'earlier'
      ? [['This is the way back: ', name(after.release), ' is the older release.']]
      : []),
    [`${countOf(projects.length, 'project')}, ${changed} of them changed.${ofFiles}`],
  ];
}

/** What is said of the number of files that something became of. */
const fileWords = [
  ['same', 'with the same bytes'],
  ['changed', 'changed'],
  ['added', 'new'],
  ['removed', 'gone'],
  ['unknown', 'not known'],
] as const;
