import { resolve } from 'node:path';
import { artifactsOf } from '../../cluster/artifacts.ts';
import type { ClusterRelease } from '../../cluster/cluster-release.ts';
import { imagesOfRelease, type ReleaseImage } from '../../cluster/image-names.ts';
import {
  filesOfManifest,
  joinSums,
  type ManifestTrouble,
  type OtherSum,
} from '../../cluster/manifest-files.ts';
import { imagesOfManifest } from '../../cluster/manifest-images.ts';
import type { Lock } from '../../config/lock/lock.ts';
import type { Failure } from '../../core/failure.ts';
import { projectsIn } from '../../core/names.ts';
import { type RegistryPlace, readPlace } from '../../core/registry-place.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { artifactsFolder } from '../../publish/layout.ts';
import type { DecodedManifest } from '../../publish/manifest/release.ts';
import { loadRelease } from '../../run/prepare/load-release.ts';
import { type NameOptions, releaseNameOf } from '../../run/site/release-name.ts';
import { loadProjects } from '../../workspace/load-projects.ts';
import type { GlobalOptions, Workspace } from '../../workspace/workspace.ts';
import { type ManifestOptions, readManifest } from './manifest.ts';
import { noReport, type ReportFacts, readReport } from './report.ts';

export interface LoadOptions extends GlobalOptions, ManifestOptions, NameOptions {
  /** `HOST/PREFIX`; undefined: where the manifest has the images. */
  readonly registry?: string;
  /** A URL that the release's files lie below; undefined: the manifest's, or EKS Distro's own. */
  readonly files?: string;
  /** A report.json, for digests of images and sums of files. */
  readonly report?: string;
}

/** What configuration of a cluster is made from. */
export interface LoadedCluster {
  readonly release: ClusterRelease;
  readonly workspace: Workspace;
  /** Undefined without a manifest. */
  readonly manifest: AboutManifest | undefined;
}

/** What a manifest has otherwise than others say, or not at all. */
export interface AboutManifest {
  /** Names of images. */
  readonly lacking: ReadonlySet<string>;
  readonly otherSums: readonly OtherSum[];
  /** Tags that the lock has otherwise, each with the manifest's: `v1.11.1-eks-1-30-5`. */
  readonly otherTags: readonly (ReleaseImage & { readonly locked: string })[];
}

/**
 * Reads what configuration of a cluster is made from: lock, recipes, what a report knows, and what a manifest says.
 * Errors: those of `loadRelease`, `loadProjects`, `readPlace`, `readReport` and `readManifest`; `usage` for what is no URL.
 */
export async function loadClusterRelease(
  release: string,
  options: LoadOptions,
  host: Host,
): Promise<Result<LoadedCluster, Failure>> {
  const { registry, files } = options;
  if (registry === undefined && options.manifest === undefined) return err(noRegistry);
  const place = registry === undefined ? ok(undefined) : readPlace(registry);
  if (!place.ok) return place;
  const url = readUrl(files);
  if (!url.ok) return url;
  const loaded = await loadRelease(release, options, host);
  if (!loaded.ok) return loaded;
  const { lock, workspace } = loaded.value;
  const recipes = await loadProjects(workspace, projectsIn(lock.projects), host);
  if (!recipes.ok) return recipes;
  const report =
    options.report === undefined
      ? ok(noReport)
      : await readReport(resolve(host.cwd, options.report), lock.release, host);
  if (!report.ok) return report;
  const used = { files: files === undefined, images: registry === undefined };
  const decoded = await readManifest(options, used, lock, workspace, host);
  if (!decoded.ok) return decoded;
  const named =
    decoded.value === undefined
      ? releaseNameOf(options, workspace.release, { lock, ownPatches: [] })
      : ok(decoded.value.manifest);
  if (!named.ok) return named;
  const images = imagesOfRelease(lock, recipes.value, named.value);
  const parts = { lock, images, place: place.value, url: url.value, report: report.value };
  const made = decoded.value === undefined ? ok(withoutManifest(parts)) : withManifest(parts, decoded.value);
  return made.ok ? ok({ ...made.value, workspace }) : made;
}

interface Parts {
  readonly lock: Lock;
  readonly images: readonly ReleaseImage[];
  readonly place: RegistryPlace | undefined;
  readonly url: string | undefined;
  readonly report: ReportFacts;
}

type Made = Omit<LoadedCluster, 'workspace'>;

function withoutManifest({ lock, images, place, url, report }: Parts): Made {
  if (place === undefined) throw new Error('neither a manifest nor a registry');
  const { release, branch } = lock;
  const artifacts = artifactsOf(lock, url, report.files);
  return {
    release: { release, branch, images, place, digests: report.digests, artifacts },
    manifest: undefined,
  };
}

function withManifest(
  { lock, images, place, url, report }: Parts,
  { manifest, complain }: DecodedManifest,
): Result<Made, Failure> {
  const refused = (trouble: readonly ManifestTrouble[]): Failure => ({
    reason: 'configuration',
    diagnostics: trouble.map((each) => complain(each.place, each.message, each.help)),
  });
  const files = filesOfManifest(manifest, artifactsFolder(manifest.channel, manifest.number));
  if (!files.ok) return err(refused(files.error));
  const found = imagesOfManifest(manifest, images, place);
  if (!found.ok) return err(refused(found.error));
  const { lacking, digests } = found.value;
  if (found.value.place === undefined) return err(noImages(manifest.name));
  const other = [...report.digests].find(([name, digest]) => (digests.get(name) ?? digest) !== digest);
  if (other !== undefined) return err(otherImage(manifest.name, other[0]));
  const { channel, number } = manifest;
  const isUpstreams = channel === lock.branch && number === lock.number;
  const known = artifactsOf(lock, url ?? files.value.url, report.files);
  // What a release of one's own has of patched projects, the lock does not know.
  const counting = known.sums.filter(({ from }) => isUpstreams || from === 'rebuilt');
  const { sums, others: otherSums } = joinSums(files.value.sums, counting);
  const { kubernetes = known.kubernetes, plugins } = files.value;
  const otherTags = found.value.images.flatMap((image, at) => {
    const locked = images[at]?.tag ?? image.tag;
    return locked === image.tag ? [] : [{ ...image, locked }];
  });
  return ok({
    release: {
      ...{ release: lock.release, branch: lock.branch, images: found.value.images, place: found.value.place },
      digests: new Map([...report.digests, ...digests]),
      artifacts: { url: known.url, kubernetes, plugins, sums },
      manifest: manifest.name,
    },
    manifest: { lacking, otherSums, otherTags },
  });
}

const noRegistry: Failure = {
  reason: 'usage',
  message: 'Nothing says where the images are.',
  help: "Give --registry HOST[:PORT]/PREFIX, or --manifest with the release's manifest.",
};

function noImages(manifest: string): Failure {
  const message = `${manifest} names no image of the release.`;
  return { reason: 'usage', message, help: 'Say where they are: --registry HOST[:PORT]/PREFIX.' };
}

function otherImage(manifest: string, image: string): Failure {
  const message = `The report has another digest of ${image} than ${manifest}.`;
  return { reason: 'usage', message, help: 'Give the one that the cluster is to be started from.' };
}

function readUrl(text: string | undefined): Result<string | undefined, Failure> {
  if (text === undefined || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))) return ok(text);
  const message = `--files ${text} is no URL that a node can fetch from.`;
  return err({ reason: 'usage', message, help: 'Give one that begins with https:// or http://.' });
}
