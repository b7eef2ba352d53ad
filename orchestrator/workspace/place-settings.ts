import { resolve } from 'node:path';
import type { BuilderSettings } from '../config/settings/images.ts';
import type { Settings } from '../config/settings/settings.ts';

/**
 * Relative places in a settings file are relative to it: the cache, files, folders of BuildKit's caches, and repositories that
 * begin with `./` or `../`.
 */
export function placeSettings(settings: Settings, folder: string): Settings {
  // A mirror stands for the beginning of a URL: the slash at its end counts.
  const place = (text: string) =>
    /^\.{1,2}\//.test(text) ? `${resolve(folder, text)}${text.endsWith('/') ? '/' : ''}` : text;
  const {
    cache,
    mirrors,
    upstream,
    buildTooling,
    sources,
    toolchains,
    images,
    builders,
    registries,
    ecr,
    distributions,
    ...rest
  } = settings;
  return {
    ...rest,
    ...(toolchains === undefined ? {} : { toolchains: placeToolchains(toolchains, folder) }),
    ...(images === undefined ? {} : { images: placeCaches(images, folder) }),
    ...(builders === undefined ? {} : { builders: placeBuilders(builders, folder) }),
    ...(registries === undefined ? {} : { registries: placeRegistries(registries, folder) }),
    ...(distributions === undefined ? {} : { distributions: placeDistributions(distributions, folder) }),
    ...(ecr === undefined ? {} : { ecr: placeEcr(ecr, folder) }),
    ...(cache === undefined ? {} : { cache: resolve(folder, cache) }),
    ...(upstream === undefined ? {} : { upstream: place(upstream) }),
    ...(buildTooling === undefined ? {} : { buildTooling: place(buildTooling) }),
    ...(sources === undefined ? {} : { sources: place(sources) }),
    ...(mirrors === undefined
      ? {}
      : { mirrors: Object.fromEntries(Object.entries(mirrors).map(([from, to]) => [from, place(to)])) }),
  };
}

/** Whatever is no URL is a path. */
function placeToolchains(
  { versions = {}, ...rest }: NonNullable<Settings['toolchains']>,
  folder: string,
): NonNullable<Settings['toolchains']> {
  const place = (text: string) => (/^[a-z+]+:\/\//.test(text) ? text : resolve(folder, text));
  const placed = Object.entries(versions).map(([version, { goroot, archive, source, rpms, ...others }]) => [
    version,
    {
      ...others,
      ...(goroot === undefined ? {} : { goroot: place(goroot) }),
      ...(archive === undefined ? {} : { archive: { ...archive, from: place(archive.from) } }),
      ...(source === undefined ? {} : { source: { ...source, from: place(source.from) } }),
      ...(rpms === undefined ? {} : { rpms: rpms.map((file) => ({ ...file, from: place(file.from) })) }),
    },
  ]);
  return { ...rest, versions: Object.fromEntries(placed) };
}

/** Of a cache in a folder (`type=local,dest=cache`) the folder; fields as the CSV that BuildKit's programs read. */
function placeCaches(
  { cacheFrom, cacheTo, ...rest }: NonNullable<Settings['images']>,
  folder: string,
): NonNullable<Settings['images']> {
  const place = (option: string) => {
    const fields: readonly string[] = option.match(/"(?:[^"]|"")*"|[^,]+/g) ?? [];
    if (!fields.includes('type=local')) return option;
    return fields
      .map((field) => {
        const isQuoted = field.startsWith('"');
        const text = isQuoted ? field.slice(1, -1) : field;
        const [, name, path = ''] = /^(src|dest)=(.+)$/s.exec(text) ?? [];
        if (name === undefined) return field;
        const placed = `${name}=${resolve(folder, path)}`;
        return isQuoted || placed.includes(',') ? `"${placed}"` : placed;
      })
      .join(',');
  };
  return {
    ...rest,
    ...(cacheFrom === undefined ? {} : { cacheFrom: cacheFrom.map(place) }),
    ...(cacheTo === undefined ? {} : { cacheTo: cacheTo.map(place) }),
  };
}

function placeBuilders(
  builders: NonNullable<Settings['builders']>,
  folder: string,
): NonNullable<Settings['builders']> {
  const placed = Object.entries(builders).map(([platform, each]) => [
    platform,
    each.map((builder: BuilderSettings) => {
      const { tls, ...rest } = builder;
      return tls === undefined ? rest : { ...rest, tls: { ...tls, ...placeFiles(tls, folder) } };
    }),
  ]);
  return Object.fromEntries(placed);
}

function placeRegistries(
  registries: NonNullable<Settings['registries']>,
  folder: string,
): NonNullable<Settings['registries']> {
  const placed = Object.entries(registries).map(([host, { insecure, ...files }]) => {
    return [host, { ...placeFiles(files, folder), ...(insecure === undefined ? {} : { insecure }) }];
  });
  return Object.fromEntries(placed);
}

interface PemFiles {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

function placeFiles(files: PemFiles, folder: string): { ca?: string; cert?: string; key?: string } {
  const { ca, cert, key } = files;
  return {
    ...(ca === undefined ? {} : { ca: resolve(folder, ca) }),
    ...(cert === undefined ? {} : { cert: resolve(folder, cert) }),
    ...(key === undefined ? {} : { key: resolve(folder, key) }),
  };
}

/** A policy is JSON, or the path of a file with it. */
function placeEcr(ecr: NonNullable<Settings['ecr']>, folder: string): NonNullable<Settings['ecr']> {
  const place = (text: string) => (text.trimStart().startsWith('{') ? text : resolve(folder, text));
  const { lifecyclePolicy, repositoryPolicy, ...rest } = ecr;
  return {
    ...rest,
    ...(lifecyclePolicy === undefined ? {} : { lifecyclePolicy: place(lifecyclePolicy) }),
    ...(repositoryPolicy === undefined ? {} : { repositoryPolicy: place(repositoryPolicy) }),
  };
}

/** Keys are URLs or paths. */
function placeDistributions(
  distributions: NonNullable<Settings['distributions']>,
  folder: string,
): NonNullable<Settings['distributions']> {
  const place = (text: string) => (/^[a-z+]+:\/\//.test(text) ? text : resolve(folder, text));
  const placed = Object.entries(distributions).map(([name, { keys, ...rest }]) => [
    name,
    {
      ...rest,
      ...(keys === undefined ? {} : { keys: keys.map((key) => ({ ...key, from: place(key.from) })) }),
    },
  ]);
  return Object.fromEntries(placed);
}
