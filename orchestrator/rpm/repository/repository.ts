import type { Architecture, RepositorySettings } from '../../config/base/distribution.ts';
import { partPlace } from '../../core/credentials.ts';
import { type Digest, isDigest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { mirrorUrl } from '../../tool/http/mirrors.ts';
import { BadMetadata, fetchPinned, fetchText, type MetadataSite, openMetadata } from './metadata.ts';
import { type RepositoryPackage, readPrimary, type Wanted } from './primary.ts';
import { type Advisory, readUpdateinfo } from './updateinfo.ts';
import { childOf, childrenOf, parseXml } from './xml.ts';

/** A package and where its distribution has its `.rpm`: a whole URL, no mirror's. */
export interface AvailablePackage extends RepositoryPackage {
  readonly url: string;
}

/** A repository of rpm-md metadata (createrepo), for one processor. */
export interface Repository {
  readonly name: string;
  readonly arch: Architecture;
  /** The folder of `repodata/`, with a slash at its end: where its distribution has it. */
  readonly base: string;
  /** SHA-256 of its `repomd.xml`. */
  readonly repomd: Digest;
  /** Errors: those of `fetchPinned`; `fetch-failed` where the metadata is malformed. */
  packages(wanted: Wanted): Promise<Result<AvailableContent, Failure>>;
  /** Undefined where the repository has no `updateinfo`. Errors: as above. */
  advisories(): Promise<Result<readonly Advisory[] | undefined, Failure>>;
}

interface AvailableContent {
  readonly packages: readonly AvailablePackage[];
  /** Every name in the repository. */
  readonly names: ReadonlySet<string>;
}

/**
 * Finds a repository: the first line of its mirror list, then `repodata/repomd.xml`, whose checksums the rest is held to.
 * Errors: those of `fetchText`; `fetch-failed` where an answer is not what it should be.
 */
export async function openRepository(
  settings: RepositorySettings,
  { arch, releasever }: { readonly arch: Architecture; readonly releasever: string },
  site: MetadataSite,
): Promise<Result<Repository, Failure>> {
  const fill = (url: string): string =>
    url.replaceAll('{arch}', arch).replaceAll('{releasever}', encodeURIComponent(releasever));
  const base = await findBase(settings, fill, site);
  if (!base.ok) return base;
  const index = await fetchText(`${base.value}repodata/repomd.xml`, site);
  if (!index.ok) return index;
  const files = readRepomd(index.value.text);
  if (!files.ok) return err(malformed(`${base.value}repodata/repomd.xml`, files.error));
  const open = async <T>(
    type: string,
    read: (chunks: AsyncIterable<Uint8Array>) => Promise<Result<T, string>>,
  ): Promise<Result<T | undefined, Failure>> => {
    const file = files.value.get(type);
    if (file === undefined) return ok(undefined);
    const url = new URL(file.href, base.value).href;
    const path = await fetchPinned(url, file.sha256, site);
    if (!path.ok) return path;
    const chunks = openMetadata(path.value, file.size);
    if (chunks === undefined) return err(malformed(url, 'its packing is not gzip'));
    const content = await read(chunks).catch((error: unknown) => {
      if (error instanceof BadMetadata) return err(error.message);
      throw error;
    });
    return content.ok ? content : err(malformed(url, content.error));
  };
  return ok({
    name: settings.name,
    arch,
    base: base.value,
    repomd: index.value.sha256,
    async packages(wanted) {
      const content = await open('primary', (chunks) => readPrimary(chunks, arch, wanted));
      if (!content.ok) return content;
      if (content.value === undefined) return err(malformed(base.value, 'it lists no packages'));
      const placed = content.value.packages.map((each) => ({ ...each, url: urlOf(each, base.value) }));
      return ok({ packages: placed, names: content.value.names });
    },
    advisories: () => open('updateinfo', readUpdateinfo),
  });
}

/** The repository's folder as its distribution calls it, even where a mirror's list names the mirror. */
async function findBase(
  { mirrorList, base }: RepositorySettings,
  fill: (url: string) => string,
  site: MetadataSite,
): Promise<Result<string, Failure>> {
  if (mirrorList === undefined) return ok(withSlash(fill(base ?? '')));
  const list = await fetchText(fill(mirrorList), site);
  if (!list.ok) return list;
  const line = list.value.text
    .split('\n')
    .map((text) => text.trim())
    .find((text) => text !== '' && !text.startsWith('#'));
  const whole = line === undefined ? undefined : fill(line.replaceAll('$basearch', '{arch}'));
  if (whole === undefined || !/^https?:\/\/[^/]/.test(whole)) {
    return err(malformed(fill(mirrorList), 'its first line is no http or https URL'));
  }
  // It would come into locks.
  if (partPlace(whole).credentials.length > 0)
    return err(malformed(fill(mirrorList), 'its first line has a user or a token in it'));
  return ok(withSlash(originalUrl(new URL(whole).href, site.mirrors)));
}

/** Undoes `mirrorUrl`: what a distribution calls the place that a mirror's URL stands for. */
function originalUrl(url: string, mirrors: Readonly<Record<string, string>>): string {
  const [longest] = Object.entries(mirrors)
    .filter(([from, to]) => to !== '' && url.startsWith(to) && mirrorUrl(from, mirrors) === to)
    .sort(([, a], [, b]) => b.length - a.length);
  return longest === undefined ? url : `${longest[0]}${url.slice(longest[1].length)}`;
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

/** By the rules of URLs: an `href` may climb out of the repository, to where all of a distribution's packages are. */
function urlOf({ href, base }: RepositoryPackage, repository: string): string {
  return new URL(href, base === undefined ? repository : withSlash(new URL(base, repository).href)).href;
}

interface MetadataFile {
  readonly href: string;
  readonly sha256: Digest;
  /** Bytes, unpacked, where it is said. */
  readonly size?: number;
}

/** By type, such as `primary`: those that have a SHA-256. */
function readRepomd(text: string): Result<ReadonlyMap<string, MetadataFile>, string> {
  const parsed = parseXml(text);
  if (!parsed.ok) return parsed;
  if (parsed.value.name !== 'repomd') return err(`it is no repomd but ${parsed.value.name}`);
  const files = new Map<string, MetadataFile>();
  for (const data of childrenOf(parsed.value, 'data')) {
    const checksum = childOf(data, 'checksum');
    const href = childOf(data, 'location')?.attributes['href'];
    const sha256 = checksum?.text ?? '';
    if (href === undefined || checksum?.attributes['type'] !== 'sha256' || !isDigest(sha256)) continue;
    const size = childOf(data, 'open-size')?.text ?? '';
    const known = /^[0-9]{1,12}$/.test(size) ? { size: Number(size) } : {};
    files.set(data.attributes['type'] ?? '', { href, sha256, ...known });
  }
  return ok(files);
}

/** It may be another day: who is ill, or stands between, answers with a page, or without a word. */
function malformed(url: string, why: string): Failure {
  const detail = `it is not what a package repository has there: ${why}`;
  const help = 'Look at "distributions" and "mirrors" in the settings.';
  return { reason: 'fetch-failed', what: `reading ${url}`, detail, help };
}
