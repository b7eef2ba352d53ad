import type {
  ComparedBase,
  ComparedGo,
  ProjectPins,
  RecipeBuild,
  ReleaseDifference,
} from '../../release/difference/difference.ts';
import { type Inline, type Item, type Line, name, names, type Section } from './document.ts';
import { goPatchItems } from './patches.ts';

/** A section, or nothing where there is nothing to say. */
export type MaybeSection = Section | undefined;

/** Tags of projects, and commits where a tag is another one than it was. */
export function versions({ before, after, projects }: ReleaseDifference): MaybeSection {
  const rows = projects
    .filter((project) => project.before?.tag !== project.after?.tag)
    .map(({ project, before: was, after: is }): readonly Line[] => [
      [name(project)],
      was === undefined ? [] : [name(was.tag)],
      is === undefined ? [] : [name(is.tag)],
    ]);
  const others = projects.flatMap(({ project, before: was, after: is }): readonly Item[] => {
    if (was === undefined || is === undefined || was.tag !== is.tag) return [];
    const steps: Line[] = [];
    if (was.repository !== is.repository)
      steps.push(['from ', name(is.repository), ' instead of ', name(was.repository)]);
    if (was.commit !== is.commit && was.commit !== 'unresolved' && is.commit !== 'unresolved')
      steps.push([name(is.tag), ' is ', ...commitText(is), ', and was ', ...commitText(was)]);
    return steps.map((step) => ({ line: [name(project), ': ', ...step] }));
  });
  if (rows.length + others.length === 0) return undefined;
  return {
    title: 'Versions',
    blocks: [
      ...(rows.length === 0
        ? []
        : [{ kind: 'table' as const, head: ['project', before.release, after.release], rows }]),
      ...(others.length === 0 ? [] : [{ kind: 'list' as const, items: others }]),
    ],
  };
}

function commitText({ commit }: ProjectPins): readonly Inline[] {
  return commit === 'absent' ? ['not public'] : ['commit ', name(commit.slice(0, 12))];
}

/** One Go for another, with what is patched into it. */
export function gos({ gos: steps, projects }: ReleaseDifference): MaybeSection {
  const items = [
    ...steps.map(({ before, after, projects: built, patches }): Item => {
      const line = [...goName(before), ' to ', ...goName(after), ': ', ...names(built)];
      return { line, items: goPatchItems(patches) };
    }),
    ...projects.flatMap(({ project, before, after }): readonly Item[] => {
      if (before === undefined || after === undefined || before.golang === after.golang) return [];
      // Whoever gets another Go has it in the line above.
      if (JSON.stringify(before.go) !== JSON.stringify(after.go)) return [];
      return [
        {
          line: [name(project), ` asks for Go ${after.golang ?? '-'}, and asked for ${before.golang ?? '-'}`],
        },
      ];
    }),
  ];
  return items.length === 0 ? undefined : { title: 'Go', blocks: [{ kind: 'list', items }] };
}

/** `1.21.10-11 eks-go`; that of go.dev by its version alone. */
function goName(go: ComparedGo | undefined): readonly Inline[] {
  if (go === undefined) return ['a Go that nobody knows'];
  if (go.flavour === 'official') return [name(go.version)];
  return [name(go.build ?? go.version), ` ${go.flavour}`];
}

/** Tags, or digests where a tag is another image than it was. */
export function baseImages({ before, after, baseImages: bases }: ReleaseDifference): MaybeSection {
  if (bases.length === 0) return undefined;
  const rows = bases.map(({ before: was, after: is }): readonly Line[] => {
    const isMoved = was?.tag === is?.tag;
    return [[name((is ?? was)?.name ?? '')], baseText(was, isMoved), baseText(is, isMoved)];
  });
  const head = ['base image', before.release, after.release];
  return { title: 'Base images', blocks: [{ kind: 'table', head, rows }] };
}

function baseText(base: ComparedBase | undefined, isMoved: boolean): Line {
  if (base === undefined) return [];
  const digest = base.digest === undefined || !isMoved ? [] : ['@', name(base.digest)];
  return [name(base.tag), ...digest];
}

/** Which builds of its recipe a project is built by, and which of Kubernetes' own rules count. */
export function recipes({ projects }: ReleaseDifference): MaybeSection {
  const items = projects.flatMap(({ project, before, after }): readonly Item[] => {
    if (before === undefined || after === undefined) return [];
    const steps: readonly (readonly [was: Line, is: Line])[] = [
      [recipeText(before.recipe), recipeText(after.recipe)],
      [eraText(before), eraText(after)],
    ];
    return steps
      .filter(([was, is]) => JSON.stringify(was) !== JSON.stringify(is))
      .map(([was, is]) => ({ line: [name(project), ': ', ...is, '; before, ', ...was] }));
  });
  return items.length === 0 ? undefined : { title: 'How they are built', blocks: [{ kind: 'list', items }] };
}

function recipeText(recipe: readonly RecipeBuild[] | undefined): Line {
  if (recipe === undefined) return ['no recipe'];
  if (recipe.length === 0) return ['no build of its recipe is for it'];
  return recipe.flatMap((build, at) => [...(at === 0 ? [] : [' and ']), ...buildText(build)]);
}

/** `build 3 of its recipe (server, version >=3.5.0)` */
function buildText({ build, module, when = {} }: RecipeBuild): Line {
  const limits = Object.entries(when).map(([what, value]) => `${what} ${value}`);
  const told = names([...(module === '.' ? [] : [module]), ...limits]);
  return [`build ${build} of its recipe`, ...(told.length === 0 ? [] : [' (', ...told, ')'])];
}

function eraText({ kubernetes }: ProjectPins): Line {
  if (kubernetes === undefined) return ['no rules of Kubernetes'];
  return [`scripts as in ${kubernetes.era}, stamped by rule ${kubernetes.stamping}`];
}
