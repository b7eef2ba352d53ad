import { join, resolve } from 'node:path';
import { artifactsOf } from '../../cluster/artifacts.ts';
import type { ClusterRelease } from '../../cluster/cluster-release.ts';
import { type ClusterFormat, clusterFormats } from '../../cluster/formats.ts';
import { imagesOfRelease } from '../../cluster/image-names.ts';
import { type KopsCluster, kopsCluster } from '../../cluster/kops.ts';
import { kopsEnvironment } from '../../cluster/kops-environment.ts';
import { kopsFile } from '../../cluster/kops-file.ts';
import { describeRetag, type KubeadmCluster, kubeadmCluster } from '../../cluster/kubeadm.ts';
import { kubeadmFile } from '../../cluster/kubeadm-file.ts';
import { imagesNamedBy } from '../../cluster/missing-images.ts';
import { sumsFile } from '../../cluster/sums-file.ts';
import { type ExitCode, exitCode, exitCodeOf, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { projectsIn } from '../../core/names.ts';
import { countOf } from '../../core/numbers.ts';
import { readPlace } from '../../core/registry-place.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type InsecureOptions, insecureOf } from '../../oci/registry/endpoint.ts';
import { loadRelease } from '../../run/prepare/load-release.ts';
import { chooseNames } from '../../workspace/choose-names.ts';
import { loadProjects } from '../../workspace/load-projects.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import type { GlobalOptions, Workspace } from '../../workspace/workspace.ts';
import { writeWholeFile } from '../../workspace/write-file.ts';
import { refuseIdle } from '../words/refuse-idle.ts';
import { reportFailure } from '../words/report-failure.ts';
import { checkNodeFiles } from './node-files.ts';
import { type RetagOptions, retagsOf, tryRegistry } from './registry.ts';
import { noReport, readReport } from './report.ts';

export interface ClusterOptions extends GlobalOptions, RetagOptions, InsecureOptions {
  /** `HOST/PREFIX` */
  readonly registry: string;
  /** Words of `chooseNames`; both where there is none. */
  readonly format?: readonly string[];
  /** A folder; one format goes to standard output without it. */
  readonly output?: string;
  /** A URL that the release's files lie below; undefined: EKS Distro's own. */
  readonly files?: string;
  /** A report.json, for digests of images and sums of files. */
  readonly report?: string;
  readonly kopsMirror?: boolean;
  /** Asks no registry. */
  readonly offline?: boolean;
}

/**
 * `eksd-rebuild cluster RELEASE --registry HOST/PREFIX`: configuration for kubeadm and kOps that starts a cluster from the
 * images of a release; and whether the registry has all that it names. With `--retag` it gives images there the further
 * tags that kubeadm asks for. Builds nothing.
 */
export async function cluster(release: string, options: ClusterOptions, host: Host): Promise<number> {
  if (options.offline === true && options.retag === true) return reportFailure(offlineRetag, host);
  const chosen = chooseFormats(options);
  if (!chosen.ok) return reportFailure(chosen.error, host);
  const loaded = await loadClusterRelease(release, options, host);
  if (!loaded.ok) return reportFailure(loaded.error, host);
  const { place } = loaded.value.release;
  const insecure = insecureOf(place.host, options);
  if (!insecure.ok) return reportFailure(insecure.error, host);
  const { release: made, workspace } = loaded.value;
  const files = clusterFiles(made, chosen.value, options);
  if (!files.ok) return reportFailure(files.error, host);
  const written = await writeFiles(files.value.texts, chosen.value, options, host);
  if (!written.ok) return reportFailure(written.error, host);
  if (options.files !== undefined && host.credentials.for(made.artifacts.url) !== undefined)
    host.stderr.write(`${unsigned}\n`);
  const { configs } = files.value;
  tellUnpinned(configs, options, host);
  for (const retag of options.retag === true ? [] : retagsOf({ release: made, configs })) {
    host.stderr.write(`${describeRetag(place, retag)}\n`);
  }
  if (options.offline === true) return exitCode.identical;
  const checks = [
    ...(chosen.value.includes('kops') ? [() => tryFiles(made, options, host)] : []),
    () => tryRegistry({ release: made, configs }, workspace, options, insecure.value, host),
  ];
  const codes: ExitCode[] = [];
  for (const check of checks) {
    const tried = await check();
    if (!tried.ok) reportFailure(tried.error, host);
    codes.push(tried.ok ? tried.value : exitCodeOf(tried.error.reason));
  }
  return gravest(codes);
}

/** What of the formats is meant. Errors: `usage`, also for an option that none of them takes. */
function chooseFormats(options: ClusterOptions): Result<readonly ClusterFormat[], Failure> {
  const unknown = (name: string): Failure => {
    const message = `--format ${name} names no tool that this is for.`;
    return { reason: 'usage', message, help: `The formats are ${clusterFormats.join(' and ')}.` };
  };
  const chosen = chooseNames(options.format ?? [], { option: '--format', all: clusterFormats, unknown });
  if (!chosen.ok) return chosen;
  const { names } = chosen.value;
  const isWithout = (format: ClusterFormat) => !names.includes(format);
  const busy = refuseIdle([
    [options.files !== undefined && isWithout('kops'), '--files', 'for kubeadm, which takes no files'],
    [options.kopsMirror === true && isWithout('kops'), '--kops-mirror', 'for kubeadm'],
    [
      options.retag === true && isWithout('kubeadm'),
      '--retag',
      'for kOps, which takes the tags that are there',
    ],
    [options.confirm === true && options.retag !== true, '--confirm', 'without --retag'],
    [options.overwrite === true && options.retag !== true, '--overwrite', 'without --retag'],
  ]);
  return busy.ok ? ok(names) : busy;
}

/** Upstream's own files are not asked for: whoever is behind a proxy or without a network waits for nothing. */
async function tryFiles(
  release: ClusterRelease,
  { files }: ClusterOptions,
  host: Host,
): Promise<Result<ExitCode, Failure>> {
  if (files !== undefined) return checkNodeFiles(release, host);
  const { url } = release.artifacts;
  host.stderr.write(
    `What kOps takes from ${url} was not looked for: --files with that URL or yours does it.\n`,
  );
  return ok(exitCode.identical);
}

/** A report is given for its digests: says what is named without one all the same. */
function tellUnpinned(configs: ClusterFiles['configs'], { report }: ClusterOptions, host: Host): void {
  if (report === undefined) return;
  const kops = configs.filter(({ kind }) => kind === 'Cluster');
  const tagged = kops.flatMap(imagesNamedBy).filter((name) => !name.includes('@'));
  if (tagged.length === 0) return;
  host.stderr.write(
    `Named by their tags alone, for the report has no digest of them: ${tagged.join(', ')}\n`,
  );
}

const unsigned =
  'The user and password of --files are in none of the files: nodes have to be let in there without them.';

const offlineRetag: Failure = {
  reason: 'usage',
  message: '--retag asks the registry, and --offline asks nobody.',
  help: 'Give one of the two.',
};

/**
 * Reads what configuration of a cluster is made from: lock, recipes, and what a report knows.
 * Errors: those of `loadRelease`, `loadProjects`, `readPlace` and `readReport`; `usage` for what is no URL.
 */
async function loadClusterRelease(
  release: string,
  options: Pick<ClusterOptions, 'registry' | 'files' | 'report' | keyof GlobalOptions>,
  host: Host,
): Promise<Result<{ readonly release: ClusterRelease; readonly workspace: Workspace }, Failure>> {
  const place = readPlace(options.registry);
  if (!place.ok) return place;
  const url = readUrl(options.files);
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
  const made: ClusterRelease = {
    release: lock.release,
    branch: lock.branch,
    images: imagesOfRelease(lock, recipes.value),
    place: place.value,
    digests: report.value.digests,
    artifacts: artifactsOf(lock, url.value, report.value.files),
  };
  return ok({ release: made, workspace });
}

/** What was made for the formats that were asked for. */
interface ClusterFiles {
  /** By file name. */
  readonly texts: ReadonlyMap<string, string>;
  readonly configs: readonly (KubeadmCluster | KopsCluster)[];
}

/** The files of the formats that were asked for. Errors: `usage` where the release cannot make a cluster. */
function clusterFiles(
  release: ClusterRelease,
  chosen: readonly ClusterFormat[],
  { files, kopsMirror, retag }: ClusterOptions,
): Result<ClusterFiles, Failure> {
  const texts = new Map<string, string>();
  const configs: (KubeadmCluster | KopsCluster)[] = [];
  if (chosen.includes('kubeadm')) {
    const made = kubeadmCluster(release, { upgradableDns: retag === true });
    if (!made.ok) return made;
    configs.push(made.value);
    texts.set('kubeadm.yaml', kubeadmFile(release, made.value));
  }
  if (chosen.includes('kops')) {
    const images = kopsMirror === true;
    const made = kopsCluster(release, {
      images,
      files: images && files !== undefined ? release.artifacts.url : undefined,
    });
    if (!made.ok) return made;
    configs.push(made.value);
    texts.set('kops.yaml', kopsFile(release, made.value));
    const environment = kopsEnvironment(release);
    if (environment !== undefined) texts.set('kops.env', environment);
  }
  const sums = sumsFile(release.release, release.artifacts);
  if (sums !== undefined) texts.set('SHA256SUMS', sums);
  return ok({ texts, configs });
}

async function writeFiles(
  files: ReadonlyMap<string, string>,
  [format, ...more]: readonly ClusterFormat[],
  { output }: ClusterOptions,
  host: Host,
): Promise<Result<void, Failure>> {
  if (output === undefined) {
    if (more.length > 0) return err(nowhere);
    const shown = `${format}.yaml`;
    host.stdout.write(files.get(shown) ?? '');
    const others = [...files.keys()].filter((name) => name !== shown);
    if (others.length > 0) host.stderr.write(`With --output there are ${others.join(' and ')}, too.\n`);
    return ok(undefined);
  }
  const folder = resolve(host.cwd, output);
  for (const [name, text] of files) {
    const written = await writeWholeFile(join(folder, name), text, host);
    if (!written.ok) return written;
  }
  host.stderr.write(`${countOf(files.size, 'file')} in ${shownPath(folder, host.cwd)}\n`);
  return ok(undefined);
}

const nowhere: Failure = {
  reason: 'usage',
  message: 'Two formats do not go to standard output.',
  help: 'Name a folder for them with --output, or one of them with --format.',
};

function readUrl(text: string | undefined): Result<string | undefined, Failure> {
  if (text === undefined || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))) return ok(text);
  const message = `--files ${text} is no URL that a node can fetch from.`;
  return err({ reason: 'usage', message, help: 'Give one that begins with https:// or http://.' });
}
