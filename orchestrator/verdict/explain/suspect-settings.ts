import { whyNoGoVariable, wrongBuildFlags } from '../../config/project/go-flags.ts';
import type { Difference } from '../inspect/difference.ts';
import { flagSettings, flagValue, placeIn, withValue } from './flag-settings.ts';
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
  const what = published === undefined ? `no ${name}` : `${name}=${published}`;
  return {
    rule: 'settings',
    cause: `The published file was built with ${what}, not ${built ?? 'without it'}.`,
    evidence: [],
    confidence: 'high',
    fix: 'Look at the flags and the environment of the recipe.',
    variants: variantsFor(name, published, what, own),
  };
}

function variantsFor(
  name: string,
  published: string | undefined,
  what: string,
  { flags, layout, variants }: OwnBuild,
): readonly Variant[] {
  const guess = (override: Variant['override'], words = what): Variant => {
    return { rule: 'settings', what: words, override, weight: 100, cost: costs.everything };
  };
  // The machine's own, which the go command is told by the platform and not by its user.
  if (/^GO(OS|ARCH)$/.test(name)) return [];
  if (/^(GO|CGO_)[A-Z0-9]/.test(name)) {
    // What a published file says is whoever published it's: no more of it is tried than an overlay may ask for.
    const isTried = published !== undefined && whyNoGoVariable(name, published) === undefined;
    return isTried ? [guess({ environment: { [name]: published } })] : [];
  }
  if (!['-tags', '-gcflags', '-asmflags'].includes(name)) return [];
  const known = variants.filter(({ override }) => {
    return override.flags !== undefined && flagSettings(override.flags, layout).get(name) === published;
  });
  const value = flagValue(flags, name);
  const at =
    value === undefined || published === undefined || layout === undefined
      ? undefined
      : placeIn(value, published, layout);
  if (at !== undefined) return [...known, guess({ at }, `the checkout at ${at}`)];
  const changed = withValue(flags, name, published);
  return wrongBuildFlags(changed).length > 0 ? known : [...known, guess({ flags: changed })];
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
