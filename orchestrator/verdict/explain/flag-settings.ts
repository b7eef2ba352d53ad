import type { BuildLayout } from '../../config/project/build-layout.ts';

/** Flags whose values go puts into a program as they were given. */
const shown = ['-gcflags', '-asmflags'] as const;

/** The settings that flags of `go build` leave in a program, by name; from Go 1.18 on. @param flags with `{checkout}` and `{directory}`. */
export function flagSettings(
  flags: readonly string[],
  layout: BuildLayout | undefined,
): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const name of shown) {
    const value = flagValue(flags, name);
    if (value !== undefined && value !== '') settings.set(name, filled(value, layout));
  }
  const tags = (flagValue(flags, '-tags') ?? '').split(/[, ]+/).filter((tag) => tag !== '');
  if (tags.length > 0) settings.set('-tags', tags.join(','));
  if (flags.includes('-trimpath')) settings.set('-trimpath', 'true');
  return settings;
}

/** The last value that is given to a flag, in one word or in two. */
export function flagValue(flags: readonly string[], name: string): string | undefined {
  const at = positionOf(flags, name);
  if (at === undefined) return undefined;
  return flags[at] === name ? flags[at + 1] : flags[at]?.slice(name.length + 1);
}

/** The flags with another value of one of them, or without it. */
export function withValue(flags: readonly string[], name: string, value: string | undefined): string[] {
  const at = positionOf(flags, name);
  const words = value === undefined ? [] : [`${name}=${value}`];
  if (at === undefined) return [...flags, ...words];
  return [...flags.slice(0, at), ...words, ...flags.slice(at + (flags[at] === name ? 2 : 1))];
}

function positionOf(flags: readonly string[], name: string): number | undefined {
  const at = flags.findLastIndex((flag) => flag === name || flag.startsWith(`${name}=`));
  return at < 0 ? undefined : at;
}

/** Where go is run, as flags are told it (`task/go/build-place.ts`): `{directory}` and `{checkout}`. */
function filled(value: string, layout: BuildLayout | undefined): string {
  const places = placesOf(layout);
  return value.replaceAll('{checkout}', places.checkout).replaceAll('{directory}', places.directory);
}

function placesOf(layout: BuildLayout | undefined): {
  readonly checkout: string;
  readonly directory: string;
} {
  const checkout = layout?.at ?? '(the checkout)';
  return { checkout, directory: `${checkout}${below(layout)}` };
}

/** What comes between the two, with a slash before it. */
function below(layout: BuildLayout | undefined): string {
  return layout?.link === undefined ? '' : `/${layout.link.gopath}/src/${layout.link.package}`;
}

/**
 * Where upstream had the checkout, if that is all that a setting has otherwise. Undefined where it is not.
 * @param value with `{checkout}` or `{directory}`. @param published the same setting of the published program.
 */
export function placeIn(value: string, published: string, layout: BuildLayout): string | undefined {
  const [, before, place, after] = /^(.*)\{(checkout|directory)\}(.*)$/s.exec(value) ?? [];
  if (before === undefined || after === undefined) return undefined;
  if (!published.startsWith(before) || !published.endsWith(after)) return undefined;
  const path = published.slice(before.length, published.length - after.length);
  const ending = place === 'directory' ? below(layout) : '';
  const root = path.endsWith(ending) ? path.slice(0, path.length - ending.length) : undefined;
  return root !== undefined && /^(\/[\w+.-]+){2,}$/.test(root) ? root : undefined;
}
