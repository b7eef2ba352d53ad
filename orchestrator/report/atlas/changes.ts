import { byCodeUnit } from '../../core/canonical-json.ts';
import { countOf } from '../../core/numbers.ts';
import type { AtlasProject, AtlasRelease } from './data.ts';

/** What became of one thing from a release to the next. */
export interface Change {
  readonly what: string;
  /** `v1.10.1 to v1.11.1`, `2 patches more`, `3 other files` */
  readonly how: readonly string[];
}

/** What differs between two releases; what is not known of one of them is no difference. */
export function changesBetween(before: AtlasRelease, after: AtlasRelease): readonly Change[] {
  const [was, is] = [byName(before.projects), byName(after.projects)];
  const names = [...new Set([...was.keys(), ...is.keys()])].sort(byCodeUnit);
  const projects = names.map((what) => ({ what, how: changesOf(was.get(what), is.get(what)) }));
  return [...projects, ...baseChanges(before, after)].filter(({ how }) => how.length > 0);
}

function changesOf(was: AtlasProject | undefined, is: AtlasProject | undefined): readonly string[] {
  if (was === undefined) return [`new, ${is?.version}`];
  if (is === undefined) return ['no longer there'];
  const isLocked = was.repository !== undefined && is.repository !== undefined;
  const steps = [
    was.version !== is.version && `${was.version} to ${is.version}`,
    was.go !== is.go && was.go !== undefined && is.go !== undefined && `Go ${was.go} to ${is.go}`,
    isLocked && patchChange(was, is),
    isLocked && fileChange(was, is),
  ];
  return steps.filter((step) => typeof step === 'string');
}

function patchChange(was: AtlasProject, is: AtlasProject): string | false {
  const step = is.patches.length - was.patches.length;
  if (step > 0) return countOf(step, 'patch more', 'patches more');
  if (step < 0) return countOf(-step, 'patch less', 'patches less');
  const sums = ({ patches }: AtlasProject) => patches.map(({ sha256 }) => sha256).join();
  return sums(was) !== sums(is) && 'other patches';
}

function fileChange(was: AtlasProject, is: AtlasProject): string | false {
  const known = new Map(was.files.map((file) => [`${file.platform} ${file.name}`, file.expected]));
  const others = is.files.filter((file) => known.get(`${file.platform} ${file.name}`) !== file.expected);
  return others.length > 0 && countOf(others.length, 'other file');
}

function baseChanges(before: AtlasRelease, after: AtlasRelease): readonly Change[] {
  if (before.upstream === undefined || after.upstream === undefined) return [];
  const tags = ({ baseImages }: AtlasRelease) => {
    const names = [...new Set(baseImages.map(({ name }) => name))];
    return new Map(
      names.map((name) => [
        name,
        baseImages
          .filter((base) => base.name === name)
          .map(({ tag }) => tag)
          .join(', '),
      ]),
    );
  };
  const [was, is] = [tags(before), tags(after)];
  return [...new Set([...was.keys(), ...is.keys()])].sort(byCodeUnit).map((what) => {
    const [old, now] = [was.get(what), is.get(what)];
    if (old === now) return { what, how: [] };
    return {
      what,
      how: [old === undefined ? `new, ${now}` : now === undefined ? 'gone' : `${old} to ${now}`],
    };
  });
}

function byName(projects: readonly AtlasProject[]): ReadonlyMap<string, AtlasProject> {
  return new Map(projects.map((project) => [project.name, project]));
}
