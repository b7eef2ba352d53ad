import type { Difference } from '../inspect/difference.ts';
import type { OwnBuild, Suspect } from './suspect.ts';
import { costs, type Variant } from './variant.ts';

/** Another version of Go: those of that version that are known of. */
export function suspectVersion(
  { published }: Extract<Difference, { kind: 'go-version' }>,
  own: OwnBuild,
): Suspect {
  const version = published?.replace(/^go/, '').split(' ')[0] ?? '';
  const known = own.variants.filter(
    ({ rule, override }) => rule === 'go' && override.go?.version === version,
  );
  const official: Variant = {
    rule: 'go',
    what: `Go ${version}`,
    override: { go: { version, patches: [] } },
    weight: 100,
    cost: costs.everything,
  };
  const hasOfficial = known.some(({ override }) => override.go?.patches.length === 0);
  return {
    rule: 'go',
    cause: `The published file was built with ${published ?? 'another Go'}.`,
    evidence: [],
    confidence: 'high',
    fix: 'The lock names another Go: look at what it was read from.',
    variants: hasOfficial ? known : [official, ...known],
  };
}

/** A setting that the build information names (https://pkg.go.dev/runtime/debug#BuildSetting). */
export function suspectSetting(
  { name, published, built }: Extract<Difference, { kind: 'setting' }>,
  own: OwnBuild,
): Suspect {
  if (name === '-trimpath' && published === undefined) {
    return {
      rule: 'paths',
      cause:
        'The published file was built without -trimpath, so it holds the paths of the machine that built it.',
      evidence: [],
      confidence: 'high',
      fix: 'It can be built again only in folders of the same names, with the Go in its own place.',
      variants: [],
    };
  }
  const override = overrideFor(name, published, own);
  const what = published === undefined ? `no ${name}` : `${name}=${published}`;
  return {
    rule: 'settings',
    cause: `The published file was built with ${what}, not ${built ?? 'without it'}.`,
    evidence: [],
    confidence: 'high',
    fix: 'Look at the flags and the environment of the recipe.',
    variants:
      override === undefined
        ? []
        : [{ rule: 'settings', what, override, weight: 100, cost: costs.everything }],
  };
}

function overrideFor(
  name: string,
  published: string | undefined,
  { flags }: OwnBuild,
): Variant['override'] | undefined {
  if (/^[A-Z]/.test(name))
    return published === undefined ? undefined : { environment: { [name]: published } };
  if (name !== '-tags') return undefined;
  const at = flags.findIndex((flag) => /^--?tags(=|$)/.test(flag));
  const words = at === -1 ? 0 : flags[at]?.includes('=') === true ? 1 : 2;
  const others = at === -1 ? flags : flags.filter((_, index) => index < at || index >= at + words);
  return { flags: [...others, ...(published === undefined ? [] : [`-tags=${published}`])] };
}

/** Other modules, or other words on the same ones. */
export function suspectModules(
  { what }: Extract<Difference, { kind: 'dependencies' }>,
  own: OwnBuild,
): Suspect {
  const base = {
    evidence: [],
    fix: 'Look at go.mod as the patches leave it, and at how modules were fetched.',
  };
  if (what === 'sum-absent') {
    const variants = own.variants.filter(({ rule }) => rule === 'modules');
    const cause = 'The sums of modules are in one of the files only: they were taken from elsewhere.';
    return { ...base, rule: 'modules', cause, confidence: 'high', variants };
  }
  if (what === 'sum') {
    const cause = 'A module of the same version has another content in the published file.';
    return { ...base, rule: 'modules', cause, confidence: 'high', variants: [] };
  }
  const variants = own.variants.filter(({ rule }) => rule === 'patches' || rule === 'expectation');
  const cause =
    'The published file was built from other versions of modules, as other patches would have it.';
  return { ...base, rule: 'patches', cause, confidence: 'medium', variants };
}
