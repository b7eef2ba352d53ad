import { join, resolve } from 'node:path';
import type { ClusterRelease } from '../../cluster/cluster-release.ts';
import { type ClusterFormat, clusterFormats } from '../../cluster/formats.ts';
import { type KopsCluster, kopsCluster } from '../../cluster/kops.ts';
import { kopsEnvironment } from '../../cluster/kops-environment.ts';
import { kopsFile } from '../../cluster/kops-file.ts';
import { describeRetag, type KubeadmCluster, kubeadmCluster } from '../../cluster/kubeadm.ts';
import { kubeadmFile } from '../../cluster/kubeadm-file.ts';
import { imagesNamedBy } from '../../cluster/missing-images.ts';
import { sumsFile } from '../../cluster/sums-file.ts';
import { type ExitCode, exitCode, exitCodeOf, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type InsecureOptions, insecureOf } from '../../oci/registry/endpoint.ts';
import { chooseNames } from '../../workspace/choose-names.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { writeWholeFile } from '../../workspace/write-file.ts';
import { refuseIdle } from '../words/refuse-idle.ts';
import { reportFailure } from '../words/report-failure.ts';
import { tellManifest } from './about-manifest.ts';
import { type LoadOptions, loadClusterRelease } from './load.ts';
import { checkNodeFiles } from './node-files.ts';
import { type RetagOptions, retagsOf, tryRegistry } from './registry.ts';

export interface ClusterOptions extends LoadOptions, RetagOptions, InsecureOptions {
  /** Words of `chooseNames`; both where there is none. */
  readonly format?: readonly string[];
  /** A folder; one format goes to standard output without it. */
  readonly output?: string;
  readonly kopsMirror?: boolean;
}

/**
 * `eksd-rebuild cluster RELEASE --registry HOST/PREFIX`: configuration for kubeadm and kOps that starts a cluster from the
 * images of a release, and with `--manifest` from where that has its files and images; and whether the registry has all that it names. With `--retag` it gives images there the further
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
  const { release: made, workspace, manifest } = loaded.value;
  const files = clusterFiles(made, chosen.value, options);
  if (!files.ok) return reportFailure(files.error, host);
  const written = await writeFiles(files.value.texts, chosen.value, options, host);
  if (!written.ok) return reportFailure(written.error, host);
  const from = [options.files && '--files', options.manifest && '--manifest'].find(Boolean);
  if (from !== undefined && host.credentials.for(made.artifacts.url) !== undefined)
    host.stderr.write(`The user and password of ${from} ${unsigned}\n`);
  const { configs } = files.value;
  tellUnpinned(configs, options, host);
  for (const retag of options.retag === true ? [] : retagsOf({ release: made, configs })) {
    host.stderr.write(`${describeRetag(place, retag)}\n`);
  }
  const told = tellManifest({ release: made, configs }, manifest, host);
  if (options.offline === true) return told;
  const checks = [
    ...(chosen.value.includes('kops') ? [() => tryFiles(made, options, host)] : []),
    () => tryRegistry({ release: made, configs }, workspace, options, insecure.value, host),
  ];
  const codes: ExitCode[] = [told];
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
    [options.allowHost !== undefined && options.manifest === undefined, '--allow-host', 'without --manifest'],
    [options.channel !== undefined && options.manifest !== undefined, '--channel', 'beside --manifest'],
    [options.number !== undefined && options.manifest !== undefined, '--number', 'beside --manifest'],
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

/** Report and manifest are given for their digests: says what is named without one all the same. */
function tellUnpinned(
  configs: ClusterFiles['configs'],
  { report, manifest }: ClusterOptions,
  host: Host,
): void {
  if (report === undefined && manifest === undefined) return;
  const kops = configs.filter(({ kind }) => kind === 'Cluster');
  const tagged = kops.flatMap(imagesNamedBy).filter((name) => !name.includes('@'));
  if (tagged.length === 0) return;
  const has =
    manifest === undefined
      ? 'the report has no'
      : report === undefined
        ? 'the manifest has no'
        : 'neither report nor manifest has a';
  host.stderr.write(`Named by their tags alone, for ${has} digest of them: ${tagged.join(', ')}\n`);
}

const unsigned = 'are in none of the files: nodes have to be let in there without them.';

const offlineRetag: Failure = {
  reason: 'usage',
  message: '--retag asks the registry, and --offline asks nobody.',
  help: 'Give one of the two.',
};

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
