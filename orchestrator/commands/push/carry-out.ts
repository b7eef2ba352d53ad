import { join } from 'node:path';
import { defined } from '../../core/defined.ts';
import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import type { OciDigest } from '../../core/oci.ts';
import { type RegistryPlace, repositoryOf } from '../../core/registry-place.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { applyEcr } from '../../oci/ecr/ecr.ts';
import { attachReferrer } from '../../oci/push/attach-referrer.ts';
import { type ImageToPush, type PushPlan, planPush } from '../../oci/push/plan.ts';
import { type PushRecord, pushImages } from '../../oci/push/push.ts';
import { readRegistryState } from '../../oci/push/state.ts';
import type { Registry } from '../../oci/registry/registry.ts';
import { countOf } from '../../report/count.ts';
import { provenanceOf, statementType } from '../../report/provenance.ts';
import type { Rebuilt } from '../../run/rebuild.ts';
import type { Registries } from '../../run/wiring/registries.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { outFolderOf } from '../../workspace/workspace.ts';
import { writeWholeFile } from '../../workspace/write-file.ts';
import type { EcrPlans } from './plan-ecr.ts';
import type { PushOptions, PushTarget } from './target.ts';

/** A push that was planned, and may be done. */
export interface PlannedPush {
  readonly rebuilt: Rebuilt;
  readonly target: PushTarget;
  readonly images: readonly ImageToPush[];
  readonly plan: PushPlan;
  readonly ecr: EcrPlans | undefined;
  readonly registries: Registries;
  readonly registry: Registry;
  readonly options: PushOptions;
  readonly host: Host;
}

/**
 * Makes ECR's repositories, pushes to the registry and to those that it is replicated to, and writes the record: also of a
 * push that broke off, once images are in one of them.
 */
export async function carryOut(push: PlannedPush): Promise<Result<void, Failure>> {
  const { ecr, options } = push;
  for (const plan of ecr?.plans ?? []) {
    const applied = await applyEcr(ecr?.clients as EcrPlans['clients'], plan, {
      reconcile: options.reconcile === true,
    });
    if (!applied.ok) return applied;
  }
  const records: PushedTo[] = [];
  const note = (record: PushedTo): number => records.push(record);
  const pushed = await pushEverywhere(push, note);
  if (records.length === 0) return pushed;
  const written = await writeRecord(push, records, pushed.ok ? undefined : pushed.error);
  return pushed.ok ? written : pushed;
}

async function pushEverywhere(
  push: PlannedPush,
  note: (record: PushedTo) => void,
): Promise<Result<void, Failure>> {
  const { ecr, registry, registries, target } = push;
  const pushed = await pushTo(push, registry, push.plan, note);
  if (!pushed.ok) return pushed;
  for (const { host: replica } of ecr?.plans.slice(1) ?? []) {
    const opened = await registries.open(replica.host);
    if (!opened.ok) return opened;
    const state = await readRegistryState(opened.value, push.images);
    if (!state.ok) return state;
    const rules = { overwrite: target.overwrite, ...allowOf(target) };
    const plan = planPush(replica.host, push.images, state.value, rules);
    const copied = await pushTo(push, opened.value, plan, note);
    if (!copied.ok) return copied;
  }
  return ok(undefined);
}

/** What planning a push takes of the allowances. */
export function allowOf({ allowances }: PushTarget): {
  readonly allow?: { readonly verdicts: readonly string[]; readonly reason: string };
} {
  const [first] = allowances;
  if (first === undefined) return {};
  return { allow: { verdicts: allowances.map(({ verdict }) => verdict), reason: first.reason } };
}

interface PushedTo extends PushRecord {
  /** Digests of the provenance statements' manifests, by repository. */
  readonly provenance: Readonly<Record<string, OciDigest>>;
}

/** @param note is told of the images as soon as they are there; statements about them are added to it as they come. */
async function pushTo(
  push: PlannedPush,
  registry: Registry,
  plan: PushPlan,
  note: (record: PushedTo) => void,
): Promise<Result<void, Failure>> {
  const { rebuilt, images, target, host } = push;
  const pushed = await pushImages(registry, plan, images);
  if (!pushed.ok) return pushed;
  const provenance: Record<string, OciDigest> = {};
  note({ ...pushed.value, provenance });
  for (const image of images) {
    const report = rebuilt.report.images?.find(
      (each) => repositoryOf(target, each.image) === image.repository,
    );
    if (report === undefined) throw new Error(`no report of ${image.repository}`);
    const statement = provenanceOf(
      report,
      rebuilt.report,
      image.unverified.length === 0 ? [] : target.allowances,
    );
    const attached = await attachReferrer(registry, image.repository, {
      subject: image.tree.descriptor,
      artifactType: statementType,
      blob: { mediaType: statementType, bytes: Buffer.from(statement) },
      annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1' },
    });
    if (!attached.ok) return attached;
    provenance[image.repository] = attached.value.digest;
  }
  const bytes = pushed.value.images.reduce((sum, image) => sum + image.bytes.upload, 0);
  const uploaded = bytes === 0 ? 'nothing had to be uploaded' : `${(bytes / 1e6).toFixed(1)} MB uploaded`;
  host.stdout.write(`✔ ${plan.host}: ${countOf(images.length, 'image')}, ${uploaded}\n`);
  return ok(undefined);
}

/** What was pushed where, and what was let pass for which reason: beside the report. */
async function writeRecord(
  { rebuilt, target, host }: PlannedPush,
  registries: readonly PushedTo[],
  failure: Failure | undefined,
): Promise<Result<void, Failure>> {
  const { report, prepared } = rebuilt;
  const file = join(outFolderOf(prepared.workspace, report.release.name), recordName(target));
  const record = {
    schema: 1,
    release: report.release.name,
    lock: report.release.lock,
    pushed: new Date(host.now()).toISOString(),
    allowed: target.allowances,
    registries,
    // Why it is not in all of them, or without all statements.
    ...defined({ brokeOff: failure && failureHeadline(failure) }),
  };
  const written = await writeWholeFile(file, `${JSON.stringify(record, null, 2)}\n`, host);
  if (written.ok) host.stderr.write(`Record: ${shownPath(file, host.cwd)}\n`);
  return written;
}

const longestName = 200;

/** `push-<host>+<prefix>.json`: no host and no prefix has a plus. */
function recordName({ host, prefix }: RegistryPlace): string {
  const place = [host, ...prefix.split('/')].filter((part) => part !== '').join('+');
  const name = place.replaceAll(/[^A-Za-z0-9._+-]/g, '-');
  // A file's name has room for less than a repository's.
  return `push-${name.length <= longestName ? name : `${name.slice(0, longestName)}-${digestOf(place).slice(0, 16)}`}.json`;
}
