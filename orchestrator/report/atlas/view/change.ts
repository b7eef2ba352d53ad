import { defined } from '../../../core/defined.ts';
import { countOf } from '../../../core/numbers.ts';
import type {
  ComparedGo,
  PatchDifference,
  ProjectDifference,
  ReleaseDifference,
} from '../../../release/difference/difference.ts';

/** What became of one thing from a release to the next. */
export interface Change {
  readonly what: string;
  /** `v1.10.1 to v1.11.1`, `2 patches more`, `3 files changed` */
  readonly how: readonly string[];
  /** Its patches that differ, by their subjects. */
  readonly patches?: readonly PatchChange[];
}

/** What differs between two releases, by their names; undefined where nobody knows. */
export type ChangesBetween = (before: string, after: string) => Promise<readonly Change[] | undefined>;

interface PatchChange {
  readonly change: PatchDifference['change'];
  readonly what: string;
  readonly fixes?: readonly string[];
}

/** A difference in a few words, for who looks at many; what nobody can know is left out. */
export function changesOf({ projects, baseImages }: ReleaseDifference): readonly Change[] {
  const bases = baseImages.map(({ before, after }): Change => {
    const [was, is] = [before?.tag, after?.tag];
    const how = was === undefined ? `new, ${is}` : is === undefined ? 'gone' : `${was} to ${is}`;
    return { what: (after ?? before)?.name ?? '', how: [was === is ? 'another image of the same tag' : how] };
  });
  return [...projects.map(changeOf).filter(({ how }) => how.length > 0), ...bases];
}

function changeOf({ project, before, after, patches, reordered, files }: ProjectDifference): Change {
  if (before === undefined) return { what: project, how: [`new, ${after?.tag}`] };
  if (after === undefined) return { what: project, how: ['no longer there'] };
  const count = (change: string, all: readonly { readonly change: string }[]) =>
    all.filter((each) => each.change === change).length;
  const told = (number: number, one: string, many: string) =>
    number === 0 ? [] : [countOf(number, one, many)];
  const how = [
    ...(before.tag === after.tag ? [] : [`${before.tag} to ${after.tag}`]),
    ...(before.tag === after.tag && isMoved(before.commit, after.commit)
      ? ['its tag is another commit']
      : []),
    ...goStep(before.go, after.go),
    ...told(count('added', patches), 'patch more', 'patches more'),
    ...told(count('removed', patches), 'patch less', 'patches less'),
    ...told(count('changed', patches), 'patch changed', 'patches changed'),
    ...(reordered ? ['its patches in another order'] : []),
    ...told(count('changed', files), 'file changed', 'files changed'),
    ...told(count('added', files), 'new file', 'new files'),
    ...told(count('removed', files), 'file gone', 'files gone'),
  ];
  const changed = patches.map(patchChange);
  return { what: project, how, ...(changed.length === 0 ? {} : { patches: changed }) };
}

function isMoved(before: string, after: string): boolean {
  return before !== after && before !== 'unresolved' && after !== 'unresolved';
}

function goStep(before: ComparedGo | undefined, after: ComparedGo | undefined): readonly string[] {
  if (before === undefined || after === undefined) return [];
  const nameOf = ({ version, flavour, build = version }: ComparedGo) =>
    flavour === 'official' ? version : `${build.split('@')[0]} (${flavour})`;
  const [was, is] = [nameOf(before), nameOf(after)];
  if (was !== is) return [`Go ${was} to ${is}`];
  return before.build === after.build ? [] : [`another build of Go ${is}`];
}

function patchChange({ change, before, after }: PatchDifference): PatchChange {
  const patch = after ?? before;
  const fixes = patch?.fixes.filter((fix) => !patch.subject.includes(fix)) ?? [];
  return {
    change,
    what: patch?.subject ?? '',
    ...defined({ fixes: fixes.length === 0 ? undefined : fixes }),
  };
}
