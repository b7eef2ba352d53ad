import { placeholders, replacePlaceholders } from '../../config/project/placeholders.ts';
import type { ProjectBuild } from '../../config/project/project.ts';
import { costs, type Variant } from './variant.ts';

/** Lengths that git's abbreviations of a commit have had, the likeliest first. */
const lengths = [7, 9, 8, 10, 12];

/** What upstream's scripts have put where another of these placeholders stands, the likeliest first. */
const instead: Readonly<Record<string, readonly string[]>> = {
  tag: ['tag.bare', 'head.describe'],
  'tag.bare': ['tag', 'head.describe'],
  commit: ['head', 'commit.short', 'head.describe'],
  head: ['commit', 'head.describe'],
  'head.describe': ['tag', 'commit', 'head'],
  'tag.short': lengths.flatMap((length) => [`tag.short:${length}`, `commit.short:${length}`]),
  'commit.short': lengths.flatMap((length) => [`commit.short:${length}`, `tag.short:${length}`]),
  'head.date': ['head.date.utc', 'head.unix'],
};

/**
 * Other values for what the recipes have the linker set (rule 4): another length of an abbreviation, the tag with and without
 * its v, a describe, a date in UTC; and a stamp left out. A placeholder that several stamps hold is replaced in all of
 * them, as one line of a script would have done.
 */
export function linkVariants(builds: readonly ProjectBuild[]): readonly Variant[] {
  const stamps = Object.assign({}, ...builds.map((build) => build.stamps)) as Readonly<
    Record<string, string>
  >;
  const found = new Map<string, string>();
  for (const template of Object.values(stamps)) {
    replacePlaceholders(template, ({ text, name }) => {
      found.set(text, name);
      return '';
    });
  }
  const replaced = [...found].flatMap(([text, name]) =>
    (instead[name] ?? [])
      .map((other) => `{${other}}`)
      .filter((other) => other !== text)
      .map((other, at): Variant => {
        const holders = Object.entries(stamps).filter(([, template]) => template.includes(text));
        const values = holders.map(([stamp, template]) => [stamp, template.replaceAll(text, other)]);
        return {
          rule: 'link-values',
          what: `${holders.map(([stamp]) => `${stamp}=${other}`).join(', ')} (not ${text})`,
          override: { stamps: Object.fromEntries(values) as Record<string, string> },
          weight: 6 / (at + 1),
          cost: costs.link,
        };
      }),
  );
  const left = Object.keys(stamps).map((stamp): Variant => {
    return {
      rule: 'link-values',
      what: `no value for ${stamp}`,
      override: { withoutStamps: [stamp] },
      weight: 2,
      cost: costs.link,
    };
  });
  return [...replaced, ...left];
}

/** Whether every replacement names a placeholder that exists: for the tests. */
export function replacementsExist(): boolean {
  const names = Object.values(instead).flatMap((others) => others.map((other) => other.split(':')[0] ?? ''));
  return [...names, ...Object.keys(instead)].every((name) => Object.hasOwn(placeholders, name));
}
