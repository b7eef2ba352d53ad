import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BaseImage, baseImageSchema, imageName } from '../../config/base/base-image.ts';
import type { BaseLock } from '../../config/base/base-lock.ts';
import { readBaseLock } from '../../config/base/base-lock-file.ts';
import { type DistributionName, distributionNames } from '../../config/base/distribution.ts';
import { type Decoded, decodeYaml } from '../../config/yaml.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { listNames, readText, sizeLimit } from '../../tool/file/read-file.ts';

/** Where base images are looked for. */
export interface BaseImagePlaces {
  /** Folders with a `base-images/`; of two definitions of a name the first folder's counts. Absolute. */
  readonly searchPath: readonly string[];
  /** A path as complaints show it. */
  shown(path: string): string;
}

/** A definition, and how to complain about a place in it. */
export interface LoadedBaseImage {
  readonly image: BaseImage;
  readonly complain: Decoded<BaseImage>['complain'];
}

/**
 * Reads every `base-images/<name>/base-image.yaml`, by name in code-unit order.
 * Errors: `configuration` with every complaint about every one of them.
 */
export async function loadBaseImages(
  places: BaseImagePlaces,
): Promise<Result<ReadonlyMap<string, LoadedBaseImage>, Failure>> {
  const files = new Map<string, { readonly shown: string; readonly text: Result<string, Diagnostic> }>();
  const complaints: Diagnostic[] = [];
  for (const place of places.searchPath) {
    const folder = join(place, 'base-images');
    const names = await listNames(folder);
    if (!names.ok) complaints.push(aboutFile(places.shown(folder), names.error));
    for (const name of names.ok ? names.value : []) {
      const file = join(folder, name, 'base-image.yaml');
      // What stands beside the definitions is no folder: the Dockerfile, a README.
      if (files.has(name) || !(await isFolder(join(folder, name)))) continue;
      const shown = places.shown(file);
      const text = await readText(file, { limit: sizeLimit.byHand }, shown);
      if (!text.ok) files.set(name, { shown, text });
      else if (text.value !== undefined) files.set(name, { shown, text: ok(text.value) });
    }
  }
  const loaded = new Map<string, LoadedBaseImage>();
  for (const [name, { shown, text }] of [...files].sort(([a], [b]) => byCodeUnit(a, b))) {
    if (!imageName.safeParse(name).success)
      complaints.push(aboutFile(shown, 'its folder is called as no image can be'));
    const decoded = text.ok ? decodeYaml(shown, text.value, baseImageSchema) : err([text.error]);
    if (decoded.ok) loaded.set(name, { image: decoded.value.value, complain: decoded.value.complain });
    else complaints.push(...decoded.error);
  }
  if (complaints.length === 0) complaints.push(...complaintsAbout(loaded));
  return complaints.length > 0 ? err({ reason: 'configuration', diagnostics: complaints }) : ok(loaded);
}

/** Where the lock of a base image is written, below a root. */
export function baseLockFileIn(root: string, name: string, distribution: DistributionName): string {
  return join(root, 'base-images', name, `${distribution}.lock.yaml`);
}

/** Reads the lock of a base image; undefined where it has none. Errors: `configuration`. */
export async function loadBaseLock(
  places: BaseImagePlaces,
  name: string,
  distribution: DistributionName,
): Promise<Result<BaseLock | undefined, Failure>> {
  for (const place of places.searchPath) {
    const file = baseLockFileIn(place, name, distribution);
    const text = await readText(file, { limit: sizeLimit.lock }, places.shown(file));
    if (text.ok && text.value === undefined) continue;
    const lock = text.ok ? readBaseLock(places.shown(file), text.value ?? '') : err([text.error]);
    if (!lock.ok) return err({ reason: 'configuration', diagnostics: lock.error });
    if (lock.value.image === name && lock.value.distribution === distribution) return lock;
    const message = `this is the lock of ${lock.value.image} on ${lock.value.distribution}`;
    return err({ reason: 'configuration', diagnostics: [aboutFile(places.shown(file), message)] });
  }
  return ok(undefined);
}

/** What a definition's schema cannot see: its parents, and names that stand in two places. */
function complaintsAbout(loaded: ReadonlyMap<string, LoadedBaseImage>): readonly Diagnostic[] {
  return [...loaded].flatMap(([name, { image, complain }]) => {
    const parents = parentsOf(loaded, name);
    if (parents === 'circle') return [complain(['parent'], 'the image stands on itself by way of others')];
    const missing = parents.find((parent) => !loaded.has(parent));
    if (missing !== undefined) {
      const help = `There is no base-images/${missing}/base-image.yaml.`;
      return missing === image.parent
        ? [complain(['parent'], `there is no base image ${JSON.stringify(missing)}`, help)]
        : [];
    }
    return [
      ...complaintsAboutDistributions(image, complain, parents, loaded),
      ...complaintsAboutAlternatives(image, complain),
    ];
  });
}

/** The nearest first; the last may be none that there is. */
function parentsOf(loaded: ReadonlyMap<string, LoadedBaseImage>, name: string): readonly string[] | 'circle' {
  const parents: string[] = [];
  for (let at = loaded.get(name)?.image.parent; at !== undefined; at = loaded.get(at)?.image.parent) {
    if (at === name || parents.includes(at)) return 'circle';
    parents.push(at);
  }
  return parents;
}

function complaintsAboutDistributions(
  image: BaseImage,
  complain: LoadedBaseImage['complain'],
  parents: readonly string[],
  loaded: ReadonlyMap<string, LoadedBaseImage>,
): readonly Diagnostic[] {
  return distributionNames.flatMap((distribution) => {
    const own = image.distributions[distribution];
    if (own === undefined) return [];
    const at = ['distributions', distribution];
    const without = parents.find(
      (parent) => loaded.get(parent)?.image.distributions[distribution] === undefined,
    );
    if (without !== undefined) {
      return [complain(at, `${without}, on which it stands, is not made on ${distribution}`)];
    }
    const complaints: Diagnostic[] = [];
    const seen = new Map<string, string>();
    for (const parent of parents) {
      const theirs = loaded.get(parent)?.image.distributions[distribution];
      for (const name of theirs?.packages ?? []) seen.set(name, `in ${parent}`);
    }
    for (const [index, name] of own.packages.entries()) {
      const where = seen.get(name);
      if (where !== undefined) {
        complaints.push(complain([...at, 'packages', index], `${name} stands ${where} already`));
      }
      seen.set(name, 'here');
    }
    for (const [index, { name }] of own.without.entries()) {
      if (!seen.has(name)) continue;
      complaints.push(complain([...at, 'without', index, 'name'], `${name} is in the image`));
    }
    return complaints;
  });
}

/** The choices of an alternative have the same followers, and the one that is set is among them. */
function complaintsAboutAlternatives(
  image: BaseImage,
  complain: LoadedBaseImage['complain'],
): readonly Diagnostic[] {
  const parts = [
    { at: ['rootfs'], part: image.rootfs },
    ...distributionNames.flatMap((name) => {
      const part = image.distributions[name]?.rootfs;
      return part === undefined ? [] : [{ at: ['distributions', name, 'rootfs'], part }];
    }),
  ];
  return parts.flatMap(({ at, part }) =>
    part.alternatives.flatMap(({ set, choices }, index) => {
      const place = [...at, 'alternatives', index];
      const followers = choices.map((choice) => choice.followers.map(({ name, link }) => `${name} ${link}`));
      const odd = followers.findIndex((names) => names.join('\n') !== followers[0]?.join('\n'));
      return [
        ...(set === undefined || choices.some(({ path }) => path === set)
          ? []
          : [complain([...place, 'set'], `${set} is none of the choices`)]),
        ...(odd < 0
          ? []
          : [
              complain([...place, 'choices', odd, 'path'], 'its followers are not those of the first choice'),
            ]),
      ];
    }),
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function aboutFile(file: string, message: string): Diagnostic {
  return { severity: 'error', message, location: { file } };
}
