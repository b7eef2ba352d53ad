import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { withoutUrlCredentials } from '../../core/credentials.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { listNames, readText, sizeLimit } from '../../tool/file/read-file.ts';
import { artifactsFolder } from '../layout.ts';
import type { ReleaseManifest } from '../manifest/release.ts';
import { type FetchFile, folderFiles } from './file-source.ts';

/** A place with releases: what their manifests say, and whether it has their files. */
export interface Place {
  /** Where the manifests were fetched from; undefined of a folder or file of this machine. */
  readonly url: URL | undefined;
  readonly manifests: readonly ManifestText[];
  /** Reads the files of a release that lie in the place, whatever host its manifest names; undefined where it has none. */
  files(manifest: ReleaseManifest): Promise<FetchFile | undefined>;
  /** What lies in the place of a release's files, by paths below `artifacts/`; undefined where nobody lists it. */
  paths(manifest: ReleaseManifest): Promise<readonly string[] | undefined>;
  /**
   * A text by its path below the site's root; undefined where there is none, or no site. Errors: those of fetching; `configuration` for
   * what is no text.
   */
  text(path: string): Promise<Result<ManifestText | undefined, Failure>>;
}

export interface ManifestText {
  readonly text: string;
  /** As complaints call it. */
  readonly file: string;
}

interface OpeningPlace {
  readonly cwd: string;
  /** Opens a place of S3: `s3://bucket/prefix`. */
  readonly bucket: (given: string) => Promise<Result<Place, Failure>>;
  /** Fetches texts of a URL. */
  readonly fetch: FetchFile;
}

/**
 * Opens what a word of the command line names: the URL of a manifest; its file, with the files of the release where a site has them
 * beside it, or without; the folder of a site, or its place in S3, with all its releases.
 * Errors: `usage` where there is nothing of that kind; those of `Place.text`.
 */
export async function openPlace(given: string, opening: OpeningPlace): Promise<Result<Place, Failure>> {
  if (/^https?:\/\//i.test(given)) return openUrl(given, opening);
  if (given.startsWith('s3://')) return opening.bucket(given);
  const path = resolve(opening.cwd, given);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return openFolder(path, given);
  if (found?.isFile()) return openFile(path, given);
  const help = "Name a manifest's file or URL, the folder of a site, or its place in S3.";
  return err({ reason: 'usage', message: `There is no file or folder ${given}.`, help });
}

/** What a manifest's URL or path ends with in a site. */
export const inSite = /\/kubernetes-([^/]+)\/kubernetes-\1-eks-[0-9]+\.ya?ml$/;

async function openUrl(given: string, { fetch }: OpeningPlace): Promise<Result<Place, Failure>> {
  const name = withoutUrlCredentials(given);
  if (!URL.canParse(given)) {
    return err({ reason: 'usage', message: `${name} is no URL.`, help: 'Name that of a manifest.' });
  }
  const text = await fetchText(given, fetch);
  if (!text.ok) return text;
  if ('absent' in text.value) {
    const message = `There is no ${name}: ${text.value.absent}.`;
    return err({ reason: 'usage', message, help: 'Name the URL of a manifest.' });
  }
  const root = inSite.test(given) ? given.replace(inSite, '') : undefined;
  return ok({
    url: new URL(given),
    manifests: [text.value],
    files: async () => undefined,
    paths: async () => undefined,
    async text(path) {
      const found = root === undefined ? undefined : await fetchText(`${root}/${path}`, fetch);
      if (found?.ok === false) return found;
      return ok(found === undefined || 'absent' in found.value ? undefined : found.value);
    },
  });
}

async function fetchText(
  url: string,
  fetch: FetchFile,
): Promise<Result<ManifestText | { readonly absent: string }, Failure>> {
  const got = await fetch(url, sizeLimit.lock);
  if (!got.ok) return got;
  if ('absent' in got.value) return ok({ absent: got.value.absent });
  try {
    const read = await textOf(got.value.path, withoutUrlCredentials(url));
    return read.ok ? ok(read.value ?? { absent: 'it is not there' }) : read;
  } finally {
    await got.value.close();
  }
}

async function openFile(path: string, name: string): Promise<Result<Place, Failure>> {
  const read = await textOf(path, name);
  if (!read.ok) return read;
  if (read.value === undefined) return err(gone(name));
  const isOfSite = inSite.test(path);
  const [root, shown] = [dirname(dirname(path)), dirname(dirname(name))];
  return ok({
    url: undefined,
    manifests: [read.value],
    files: (manifest) => filesBelow(root, manifest),
    paths: (manifest) => pathsBelow(root, manifest),
    text: async (below) => (isOfSite ? textOf(join(root, below), join(shown, below)) : ok(undefined)),
  });
}

async function openFolder(path: string, name: string): Promise<Result<Place, Failure>> {
  const manifests: ManifestText[] = [];
  const folders = await namesIn(path, name, /^kubernetes-.+$/);
  if (!folders.ok) return folders;
  for (const folder of folders.value) {
    const files = await namesIn(join(path, folder), join(name, folder), /^kubernetes-.+-eks-[0-9]+\.ya?ml$/);
    if (!files.ok) return files;
    for (const file of files.value) {
      const shown = join(name, folder, file);
      const read = await textOf(join(path, folder, file), shown);
      if (!read.ok) return read;
      if (read.value === undefined) return err(gone(shown));
      manifests.push(read.value);
    }
  }
  if (manifests.length === 0) return err(noManifest(basename(path)));
  return ok({
    url: undefined,
    manifests,
    files: (manifest) => filesBelow(path, manifest),
    paths: (manifest) => pathsBelow(path, manifest),
    text: (below) => textOf(join(path, below), join(name, below)),
  });
}

async function filesBelow(
  root: string,
  { channel, number }: ReleaseManifest,
): Promise<FetchFile | undefined> {
  const artifacts = artifactsFolder(channel, number);
  const found = await stat(join(root, artifacts)).catch(() => undefined);
  return found?.isDirectory() === true ? folderFiles(root, artifacts) : undefined;
}

async function pathsBelow(
  root: string,
  { channel, number }: ReleaseManifest,
): Promise<readonly string[] | undefined> {
  const folder = join(root, artifactsFolder(channel, number));
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => undefined);
  return found
    ?.filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

async function namesIn(
  folder: string,
  shown: string,
  shape: RegExp,
): Promise<Result<readonly string[], Failure>> {
  const names = await listNames(folder);
  if (names.ok) return ok(names.value.filter((name) => shape.test(name)).sort());
  const diagnostic: Diagnostic = { severity: 'error', message: names.error, location: { file: shown } };
  return err({ reason: 'configuration', diagnostics: [diagnostic] });
}

async function textOf(path: string, shown: string): Promise<Result<ManifestText | undefined, Failure>> {
  const read = await readText(path, { limit: sizeLimit.lock }, shown);
  if (!read.ok) return err({ reason: 'configuration', diagnostics: [read.error] });
  return ok(read.value === undefined ? undefined : { text: read.value, file: shown });
}

function gone(file: string): Failure {
  const diagnostic: Diagnostic = { severity: 'error', message: 'is not there', location: { file } };
  return { reason: 'configuration', diagnostics: [diagnostic] };
}

export function noManifest(place: string): Failure {
  const help = 'A site has them as kubernetes-<channel>/kubernetes-<channel>-eks-<number>.yaml.';
  return { reason: 'usage', message: `There is no manifest of a release in ${place}.`, help };
}
