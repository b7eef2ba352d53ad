import { byCodeUnit, canonicalJson, type Json } from '../../core/canonical-json.ts';
import type { ImageConfig } from '../../core/oci.ts';
import { type ConfigDifference, type SetAside, setAside } from './comparison.ts';

export interface ComparedConfigs {
  readonly differences: readonly ConfigDifference[];
  readonly setAside: readonly SetAside[];
}

type Fields = Readonly<Record<string, Json>>;

/** What tells of the build: docker's classic builder wrote them, and runtimes do not read them. */
const builderFields: ReadonlySet<string> = new Set([
  'author',
  'comment',
  'container',
  'container_config',
  'docker_version',
  'id',
  'parent',
  'throwaway',
  'Size',
  'config AttachStderr',
  'config AttachStdin',
  'config AttachStdout',
  'config Domainname',
  'config Hostname',
  'config Image',
  'config OpenStdin',
  'config StdinOnce',
  'config Tty',
]);

/** Where BuildKit keeps what `--export-cache type=inline` exports, and what its build info was, up to v0.12. */
const cacheFields: ReadonlySet<string> = new Set(['moby.buildkit.cache.v0', 'moby.buildkit.buildinfo.v1']);

/** Compared elsewhere, or below. */
const known: ReadonlySet<string> = new Set(['config', 'rootfs', 'created', 'history', 'variant']);

/** Compares two configs field by field: what a container is run with, and its platform. */
export function compareConfigs(a: ImageConfig, b: ImageConfig): ComparedConfigs {
  const [inA, inB] = [fieldsOf(a), fieldsOf(b)];
  const names = [...new Set([...Object.keys(inA), ...Object.keys(inB)])].sort(byCodeUnit);
  const differences: ConfigDifference[] = [];
  let [builder, cache, defaults] = [0, 0, 0];
  for (const field of names) {
    const [left, right] = [inA[field] ?? null, inB[field] ?? null];
    if (canonicalJson(left) === canonicalJson(right)) continue;
    if (builderFields.has(field)) builder += 1;
    else if (cacheFields.has(field)) cache += 1;
    else if (canonicalJson(meaning(field, left)) === canonicalJson(meaning(field, right))) defaults += 1;
    else differences.push({ field: field.replace(/^config /, ''), a: left, b: right });
  }
  const variants = compareVariants(a, b);
  return {
    differences: [...differences, ...variants.differences],
    setAside: [
      ...setAside('created', a.created === b.created ? 0 : 1),
      ...setAside('history', countOtherHistory(a, b)),
      ...setAside('builder-fields', builder),
      ...setAside('inline-cache', cache),
      ...setAside('default-values', defaults),
      ...setAside('environment-order', countMoved(a, b)),
      ...variants.setAside,
    ],
  };
}

/** All that is compared by value, by its name; members of `config` behind that word, variables and labels each for itself. */
function fieldsOf(config: ImageConfig): Fields {
  const top = Object.entries(config as unknown as Fields).filter(([name]) => !known.has(name));
  const found: Record<string, Json> = Object.fromEntries(top);
  for (const [name, value] of Object.entries((config.config ?? {}) as Fields)) {
    if (name === 'Env' && Array.isArray(value)) Object.assign(found, environmentOf(value as string[]));
    else if (name === 'Labels' && isObject(value)) {
      for (const [label, text] of Object.entries(value)) found[`config Labels ${label}`] = text;
    } else found[`config ${name}`] = value;
  }
  return found;
}

function environmentOf(env: readonly string[]): Fields {
  return Object.fromEntries(
    env.map((each) => {
      const equals = each.indexOf('=');
      return equals < 0
        ? [`config Env ${each}`, '']
        : [`config Env ${each.slice(0, equals)}`, each.slice(equals + 1)];
    }),
  );
}

/** A value as runtimes take it: what is empty is as good as not there, but for variables and labels. */
function meaning(field: string, value: Json): Json {
  if (/^config (Env|Labels) /.test(field)) return value;
  // The root is where a container starts without one (runtime specification, config.md; BuildKit writes it out).
  if (field === 'config WorkingDir') return value === '' || value === null ? '/' : value;
  const isEmpty =
    value === '' ||
    value === false ||
    (Array.isArray(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0);
  return isEmpty ? null : value;
}

function isObject(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function countOtherHistory(a: ImageConfig, b: ImageConfig): number {
  const [left, right] = [a.history ?? [], b.history ?? []].map((each) =>
    each.map((entry) => canonicalJson(entry as unknown as Json)),
  ) as [string[], string[]];
  const longest = Math.max(left.length, right.length);
  return Array.from({ length: longest }, (_, at) => left[at] !== right[at]).filter(Boolean).length;
}

/** Variables that both have, in another order. */
function countMoved(a: ImageConfig, b: ImageConfig): number {
  const names = (config: ImageConfig) =>
    (config.config?.Env ?? []).map((each) => each.slice(0, Math.max(each.indexOf('='), 0)));
  const [left, right] = [names(a), names(b)];
  const common = left.filter((name) => right.includes(name));
  const others = right.filter((name) => left.includes(name));
  return common.filter((name, at) => name !== others[at]).length;
}

/** Which of an architecture's variants is the one that a config without any means (image specification, image-index.md). */
const onlyVariant: Readonly<Record<string, string>> = { arm64: 'v8', amd64: 'v1' };

function compareVariants(a: ImageConfig, b: ImageConfig): ComparedConfigs {
  if (a.variant === b.variant) return { differences: [], setAside: [] };
  const [left, right] = [a, b].map(({ architecture, variant }) => variant ?? onlyVariant[architecture]);
  if (left === right) return { differences: [], setAside: setAside('architecture-variant', 1) };
  return { differences: [{ field: 'variant', a: a.variant ?? null, b: b.variant ?? null }], setAside: [] };
}
