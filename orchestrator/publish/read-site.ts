import { join } from 'node:path';
import { defined } from '../core/defined.ts';
import { type Diagnostic, locate } from '../core/diagnostic.ts';
import { type Digest, digestOf } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readText, sizeLimit } from '../tool/file/read-file.ts';
import { complaintsOfBeside } from './beside.ts';
import { complaintsOfSums, holdsSums, isBundle } from './check-sums.ts';
import { releaseAnnotation } from './former-site.ts';
import { artifactsFolder } from './layout.ts';
import { type ReleaseChannel, readReleaseChannel } from './manifest/channel.ts';
import { type DecodedManifest, decodeReleaseManifest, type ReleaseManifest } from './manifest/release.ts';
import { hashSiteFile, type SiteFile } from './site-file.ts';
import { about, configuration, findLayout, listSite, namesOf, type SiteLayout } from './site-folder.ts';
import { complaintsOfUnsummed } from './unsummed.ts';

/** A release's site in a folder, of which the manifest and the channel were read. */
interface OpenSite {
  /** Absolute. */
  readonly folder: string;
  readonly layout: SiteLayout;
  readonly manifest: ReleaseManifest;
  readonly channel: ReleaseChannel;
  /** Where the manifest says that it is: what all of its archives are below, without a slash at its end. Undefined where it has none. */
  readonly baseUri: string | undefined;
}

/** The same, hashed and compared with what it says of itself. */
export interface Site extends OpenSite {
  readonly files: {
    readonly crds: readonly SiteFile[];
    readonly artifacts: readonly SiteFile[];
    readonly changelog?: SiteFile;
    readonly manifest: SiteFile;
    readonly channel: SiteFile;
  };
}

interface Around {
  /** A path below the root as complaints give it. */
  readonly shown: (path: string) => string;
  readonly signal: AbortSignal;
}

/**
 * Opens the site of a release in a folder, and hashes all of its files: each has to be what `SHA256SUM`, `SHA512SUM`, the sums
 * beside it and the manifest say. Errors: those of `openSite`; `configuration` for each file that is not; `aborted`.
 */
export async function readSite(
  folder: string,
  release: string,
  around: Around,
): Promise<Result<Site, Failure>> {
  const opened = await open(folder, release, around);
  if (!opened.ok) return opened;
  const { site, decoded, read, channelText } = opened.value;
  const { layout, channel, manifest } = site;
  const complaints: Diagnostic[] = [];
  const files = new Map<string, SiteFile>();
  const changelogs = layout.changelog === undefined ? [] : [layout.changelog];
  const single = [layout.manifest, layout.channelFile, ...changelogs];
  for (const path of [...layout.crds, ...single, ...layout.artifacts]) {
    if (around.signal.aborted) return err({ reason: 'aborted' });
    const hashed = await hashSiteFile(join(folder, path), path);
    if (!hashed.ok) complaints.push(about(around.shown(path), hashed.error));
    else if ((read.get(path) ?? hashed.value.sha256) !== hashed.value.sha256)
      complaints.push(about(around.shown(path), 'was changed while it was read'));
    else files.set(path, hashed.value);
  }
  if (complaints.length > 0) return err(configuration(complaints));
  const fileAt = (path: string): SiteFile => {
    const file = files.get(path);
    if (file === undefined) throw new Error(`${path} was not hashed`);
    return file;
  };
  const artifacts = new Map(layout.artifacts.map((path) => [path, fileAt(path)]));
  const beside = new Set([...layout.crds, layout.manifest, ...changelogs]);
  const texts = new Map<string, string>();
  for (const path of layout.artifacts.filter(holdsSums)) {
    const text = await textOf(folder, path, around);
    if (!text.ok) return text;
    texts.set(path, text.value);
  }
  complaints.push(
    ...complaintsOfSums({ files: artifacts, texts }, around.shown),
    ...complaintsOfAssets(decoded, artifacts),
    ...complaintsOfUnsummed(
      decoded,
      `${artifactsFolder(layout.channel, layout.number)}/`,
      artifacts,
      around.shown,
    ),
    ...complaintsOfBeside(
      channel,
      channelText,
      [...files.values()].filter(({ path }) => beside.has(path) || isBundle(path)),
      manifest.annotations[releaseAnnotation] !== undefined,
      around.shown,
    ),
  );
  if (complaints.length > 0) return err(configuration(complaints));
  return ok({
    ...site,
    files: {
      crds: layout.crds.map(fileAt),
      artifacts: [...artifacts.values()],
      ...defined({ changelog: layout.changelog === undefined ? undefined : fileAt(layout.changelog) }),
      manifest: fileAt(layout.manifest),
      channel: fileAt(layout.channelFile),
    },
  });
}

/**
 * Opens the site of a release in a folder: its layout, manifest and channel. Hashes nothing. Errors: `usage` where it is none of that
 * release; `configuration` for what is no part of a site, is missing or is malformed.
 */
export async function openSite(
  folder: string,
  release: string,
  around: Around,
): Promise<Result<OpenSite, Failure>> {
  const opened = await open(folder, release, around);
  return opened.ok ? ok(opened.value.site) : opened;
}

interface Opened {
  readonly site: OpenSite;
  readonly decoded: DecodedManifest;
  /** SHA-256 of what was read of manifest and channel, by path. */
  readonly read: ReadonlyMap<string, Digest>;
  readonly channelText: string;
}

async function open(folder: string, release: string, around: Around): Promise<Result<Opened, Failure>> {
  const { shown } = around;
  const paths = await listSite(folder, shown);
  if (!paths.ok) return paths;
  const layout = findLayout(paths.value, release, shown);
  if (!layout.ok) return layout;
  const { manifest: manifestFile, channelFile, channel: name, number } = layout.value;
  const text = await textOf(folder, manifestFile, around);
  if (!text.ok) return text;
  const decoded = decodeReleaseManifest(text.value, shown(manifestFile));
  if (!decoded.ok) return decoded;
  const { manifest, complain } = decoded.value;
  const complaints: Diagnostic[] = [];
  const isOther = manifest.channel !== name || manifest.number !== number;
  if (isOther) complaints.push(complain(['spec'], `the file's name says ${name}, ${number}`));
  const channelText = await textOf(folder, channelFile, around);
  if (!channelText.ok) return channelText;
  const channel = readReleaseChannel(channelText.value, shown(channelFile));
  if (!channel.ok) return channel;
  const complainOfChannel = (field: string, message: string): void => {
    const at = Math.max(0, channelText.value.indexOf(`${field}:`));
    const location = locate(shown(channelFile), channelText.value, at, at + field.length);
    complaints.push({ severity: 'error', message, location });
  };
  if (channel.value.name !== name) complainOfChannel('name', `the channel of this release is ${name}`);
  if (channel.value.latestRelease !== number)
    complainOfChannel('latestRelease', `this release has the number ${number}`);
  const bases = [...new Set(archiveUris(manifest).map((uri) => baseOf(uri, manifest)))];
  if (bases.length > 1)
    complaints.push(complain(['status'], `its archives are in several places: ${bases.join(', ')}`));
  if (complaints.length > 0) return err(configuration(complaints));
  // What was rebuilt may be published under another name.
  const names = [...namesOf(name, number), manifest.annotations[releaseAnnotation]];
  if (!names.includes(release)) {
    const message = `The site in ${shown('')} is that of ${names[0]}, not of ${release}.`;
    return err({ reason: 'usage', message, help: `Name ${names[0]}, or another folder.` });
  }
  const site = { folder, layout: layout.value, manifest, channel: channel.value, baseUri: bases[0] };
  const read = new Map([
    [manifestFile, digestOf(text.value)],
    [channelFile, digestOf(channelText.value)],
  ]);
  return ok({ site, decoded: decoded.value, read, channelText: channelText.value });
}

/** Complaints about archives that are not in the site, or not as the manifest says; each at its line. */
function complaintsOfAssets(
  { manifest, complain }: DecodedManifest,
  files: ReadonlyMap<string, SiteFile>,
): readonly Diagnostic[] {
  return manifest.components.flatMap(({ assets }, at) =>
    assets.flatMap((asset, index) => {
      if (asset.type !== 'Archive') return [];
      const place = ['status', 'components', at, 'assets', index, 'archive'];
      const base = baseOf(asset.archive.uri, manifest);
      const path = base === undefined ? undefined : asset.archive.uri.slice(base.length + 1);
      const file = path === undefined ? undefined : files.get(path);
      if (file === undefined) return [complain([...place, 'uri'], 'the site has no such file')];
      return (['sha256', 'sha512'] as const)
        .filter((algorithm) => file[algorithm] !== asset.archive[algorithm])
        .map((algorithm) => complain([...place, algorithm], `${file.path} has another: ${file[algorithm]}`));
    }),
  );
}

function archiveUris({ components }: ReleaseManifest): readonly string[] {
  return components.flatMap(({ assets }) =>
    assets.flatMap((asset) => (asset.type === 'Archive' ? [asset.archive.uri] : [])),
  );
}

/** What an archive of a release is below; undefined where it is not where upstream's layout has it. */
function baseOf(uri: string, { channel, number }: ReleaseManifest): string | undefined {
  const at = uri.indexOf(`/${artifactsFolder(channel, number)}/`);
  return at < 0 ? undefined : uri.slice(0, at);
}

async function textOf(folder: string, path: string, { shown }: Around): Promise<Result<string, Failure>> {
  const read = await readText(join(folder, path), { limit: sizeLimit.lock, refuseLink: true }, shown(path));
  if (!read.ok) return err(configuration([read.error]));
  return read.value === undefined ? err(configuration([about(shown(path), 'is not there')])) : ok(read.value);
}
