import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { splitUrl } from '../../core/credentials.ts';
import { renderDiagnostic } from '../../core/diagnostic.ts';
import { exitCode, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { newMeter } from '../../core/meter.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { checkChannel } from '../../publish/check/channel.ts';
import { type FetchFile, webFiles } from '../../publish/check/file-source.ts';
import { exitCodeOfFindings } from '../../publish/check/finding.ts';
import { type AllowedHosts, complaintsOfHosts, readHosts, whyNotFetched } from '../../publish/check/hosts.ts';
import { type ManifestText, openPlace, type Place } from '../../publish/check/place.ts';
import { type CheckingRelease, checkRelease } from '../../publish/check/release.ts';
import { artifactsFolder } from '../../publish/layout.ts';
import { decodeReleaseManifest, type ReleaseManifest } from '../../publish/manifest/release.ts';
import { openHttp } from '../../run/wiring/http.ts';
import { openRegistries } from '../../run/wiring/registries.ts';
import { openProcesses } from '../../run/wiring/tools.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import type { BucketOptions } from '../../tool/s3/way.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { activityOf } from '../words/activity-of.ts';
import { knownHosts } from '../words/known-hosts.ts';
import { refuseIdle } from '../words/refuse-idle.ts';
import { reportFailure } from '../words/report-failure.ts';
import { type CheckedRelease, describeChecks, jsonOfChecks } from './describe-check.ts';
import { expectedOf } from './expected-of.ts';
import { openBucketOf } from './open-bucket.ts';

export interface CheckOptions extends GlobalOptions, BucketOptions {
  readonly allowHost?: readonly string[];
  readonly lock?: string;
  readonly json?: boolean;
}

/** What all releases of a place are checked with. */
interface Checking {
  readonly options: CheckOptions;
  readonly workspace: Workspace;
  readonly place: Place;
  readonly allowed: AllowedHosts;
  readonly web: FetchFile;
  readonly say: Pick<CheckingRelease, 'onDone'>;
  readonly registries: CheckingRelease['registries'];
}

/** `eksd-rebuild release check PLACE`: exit code 1 where anything is not as its manifest, the sums beside it or the lock say. */
export async function checkPublished(given: string, options: CheckOptions, host: Host): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  ensureFolder(workspace.value.cache);
  const scratch = await mkdtemp(join(workspace.value.cache, 'check-'));
  try {
    const checked = await checkPlace(given, options, workspace.value, scratch, host);
    if (!checked.ok) return reportFailure(checked.error, host);
    const releases = checked.value;
    const text =
      options.json === true ? jsonOfChecks(splitUrl(given).place, releases) : describeChecks(releases);
    host.stdout.write(text);
    // Of several, what could not be compared counts only where nothing was.
    const codes = releases.map(({ findings }) => exitCodeOfFindings(findings));
    const graver = codes.filter((code) => code !== exitCode.nothingCompared);
    return gravest(graver.length === 0 ? codes : graver);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function checkPlace(
  given: string,
  options: CheckOptions,
  workspace: Workspace,
  scratch: string,
  host: Host,
): Promise<Result<readonly CheckedRelease[], Failure>> {
  // Who may read the manifest may read what lies below it.
  const { place: address, credential } = splitUrl(given);
  if (credential !== undefined) host.credentials.add(credential);
  const idle = refuseIdleWays(address, options);
  if (!idle.ok) return idle;
  const own = /^https?:\/\//i.test(address) && URL.canParse(address) ? new URL(address) : undefined;
  const named = readHosts(options.allowHost ?? []);
  if (!named.ok) return named;
  const allowed: AllowedHosts = { own, others: new Set([...named.value, ...knownHosts(workspace)]) };
  const say = activityOf(host);
  const meter = newMeter(() => host.now() / 1000);
  let bytes = 0;
  const measure = () => meter.at({ done: bytes });
  const onBytes = (more: number): void => {
    bytes += more;
  };
  const web = webFiles({
    ...{ scratch, clock: host, send: openHttp(host), signal: host.signal, onBytes },
    mayFollow: (from, to) => whyNotFetched(from, to, allowed),
  });
  const bucket = async (word: string): Promise<Result<Place, Failure>> => {
    const opened = openBucketOf(word, options, workspace, host);
    if (!opened.ok) return opened;
    const { openBucketPlace } = await import('../../publish/check/bucket-place.ts');
    return openBucketPlace(opened.value.bucket, opened.value.only, { scratch, signal: host.signal, onBytes });
  };
  say(`reading ${address}`, measure);
  try {
    const place = await openPlace(address, { cwd: host.cwd, fetch: web, bucket });
    if (!place.ok) return place;
    const processes = await openProcesses(host, workspace);
    const opened = openRegistries(workspace, processes.run, host, { pushes: false });
    const checking: Checking = {
      ...{ options, workspace, place: place.value, allowed, web },
      say: { onDone: (done, all) => say(`checking: ${done} of ${all} are through`, measure) },
      registries: { open: (name) => opened.open(name), mirrors: workspace.mirrors },
    };
    const releases: CheckedRelease[] = [];
    for (const manifest of place.value.manifests) {
      const checked = await checkOne(manifest, checking, host);
      if (!checked.ok) return checked;
      releases.push(checked.value);
    }
    return ok(releases);
  } finally {
    say('');
  }
}

/** What says how a bucket is reached has nothing to say of another place. */
function refuseIdleWays(
  address: string,
  { region, endpoint, expectedOwner }: BucketOptions,
): Result<void, Failure> {
  const isElsewhere = !address.startsWith('s3://');
  const where = 'for a place that is not in S3';
  return refuseIdle([
    [isElsewhere && region !== undefined, '--region', where],
    [isElsewhere && endpoint !== undefined, '--endpoint', where],
    [isElsewhere && expectedOwner !== undefined, '--expected-owner', where],
  ]);
}

async function checkOne(
  { text, file }: ManifestText,
  { options, workspace, place, allowed, web, say, registries }: Checking,
  host: Host,
): Promise<Result<CheckedRelease, Failure>> {
  const decoded = decodeReleaseManifest(text, file);
  if (!decoded.ok) return decoded;
  const { manifest, notes } = decoded.value;
  for (const note of notes) host.stderr.write(`${renderDiagnostic(note)}\n`);
  const files = await place.files(manifest);
  const diagnostics = complaintsOfHosts(decoded.value, allowed, { files: files === undefined, images: true });
  if (diagnostics.length > 0) return err({ reason: 'configuration', diagnostics });
  const expected = await expectedOf(manifest, options, host);
  if (!expected.ok) return expected;
  const { programs, listed, due } = expected.value;
  const artifacts = `/${artifactsFolder(manifest.channel, manifest.number)}/`;
  const below = (uri: string) =>
    uri.includes(artifacts) ? uri.slice(uri.indexOf(artifacts) + artifacts.length) : '';
  const paths = await place.paths(manifest);
  const findings = await checkRelease(decoded.value, {
    ...{ fetch: files ?? web, programs, signal: host.signal },
    isListed: (uri) => listed.isListed(below(uri)),
    due: (uri) => due.get(below(uri)),
    wanted: { base: baseOf(manifest, artifacts), paths: listed.paths, isAsked: paths === undefined },
    ...{ registries, atOnce: workspace.limits.network, ...say },
  });
  if (!findings.ok) return findings;
  const channel = await checkChannel(manifest, place);
  if (!channel.ok) return channel;
  const ofFiles = paths === undefined ? [] : [listed.compare(paths)];
  const all = [...ofFiles, ...findings.value, ...channel.value];
  return ok({ manifest, file, lock: programs.lock?.release, findings: all });
}

/** What the archives of a release are below, with a slash at its end; undefined where they are elsewhere. */
function baseOf({ components }: ReleaseManifest, artifacts: string): string | undefined {
  const uris = components.flatMap(({ assets }) =>
    assets.flatMap((asset) => (asset.type === 'Archive' ? [asset.archive.uri] : [])),
  );
  const uri = uris.find((each) => each.includes(artifacts));
  return uri?.slice(0, uri.indexOf(artifacts) + artifacts.length);
}
