import type { ProjectArchive } from '../config/project/archive.ts';
import { attributionsIn } from '../config/project/attributions.ts';
import type { Condition } from '../config/project/condition.ts';
import { fillVariables } from '../config/project/file-variables.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { platformParts } from '../core/platform.ts';
import { imageEndings } from '../plan/archive/image-tars.ts';
import { lastPart } from '../plan/archive/manifest-name.ts';

type At = readonly (string | number)[];

/** A name of a file, and where a recipe says it. */
interface Named {
  readonly at: At;
  /** With `/*` at its end: of what is in a folder. */
  readonly path: string;
  readonly when: Condition | undefined;
}

/** Names that would be there twice, or as a file and as a folder, whenever the later one is there at all. */
export function doubledNames(
  names: readonly Named[],
  complain: (at: At, message: string) => Diagnostic,
): readonly Diagnostic[] {
  return names.flatMap((each, index) => {
    const others = names.slice(0, index).filter((other) => isTogether(each.when, other.when));
    const shown = each.path.replace(/\/\*$/, '');
    if (others.some(({ path }) => path === each.path)) return [complain(each.at, `${shown} is there twice`)];
    const isBoth = others.some(({ path }) => isBelow(path, each.path) || isBelow(each.path, path));
    return isBoth ? [complain(each.at, `${shown} would be in a folder that is a file, or be that`)] : [];
  });
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

/** Whether two of a recipe apply together: surely, if the one that has a condition applies. */
function isTogether(a: Condition = {}, b: Condition = {}): boolean {
  const [one, other] = [a, b].map((each) => canonicalJson(defined(each)));
  return one === other || one === '{}' || other === '{}';
}

/** What an archive holds. */
export function memberNames(file: ProjectArchive, at: At): readonly Named[] {
  if (file.kind !== 'archive') return [];
  return file.members.flatMap((member, part): readonly Named[] => {
    const { when } = member;
    const named = (path: string, ...place: At): Named => ({
      ...{ at: [...at, 'members', part, ...place], when },
      path: member.at === undefined ? path : `${member.at}/${path}`,
    });
    if ('licenses' in member) {
      return ['LICENSES/*', ...attributionsIn(member)].map((path) => named(path, 'licenses'));
    }
    if ('images' in member) {
      return member.images.flatMap((image, index) =>
        ['.tar', '.docker_tag'].map((ending) => named(`${lastPart(image)}${ending}`, 'images', index)),
      );
    }
    if (member.programs === 'all') return [named('*', 'programs')];
    return member.programs.map((program, index) => named(program, 'programs', index));
  });
}

/** What a recipe has on the site of a release. */
export function siteNames(archives: readonly ProjectArchive[]): readonly Named[] {
  return archives.flatMap((file, index) => {
    const { folder, tagOf = '{tag}', when } = file;
    const platforms = 'platforms' in file ? file.platforms : [undefined];
    const names: readonly { readonly at: At; readonly file?: string; readonly ending: string }[] =
      file.kind === 'program'
        ? file.programs.map((program, place) => ({ at: ['programs', place], file: program, ending: '' }))
        : file.kind === 'image'
          ? file.images.flatMap((image, place) =>
              imageEndings.map((ending) => ({ at: ['images', place], file: lastPart(image), ending })),
            )
          : [{ at: ['file'], ending: '' }];
    return platforms.flatMap((platform) =>
      names.map(({ at, file: name, ending }) => {
        const parts = platform === undefined ? {} : platformParts(platform);
        const path = `${folder}/${tagOf}/${fillVariables(file.file, { ...parts, file: name })}${ending}`;
        return { at: ['archives', index, ...at], path, when };
      }),
    );
  });
}
