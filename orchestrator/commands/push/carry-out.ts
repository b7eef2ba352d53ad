import { describeFailure } from '../../core/describe-failure.ts';
import type { Bytes } from '../../core/event.ts';
import { exitCodeOf, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { newMeter } from '../../core/meter.ts';
import { countOf } from '../../core/numbers.ts';
import type { OciDigest } from '../../core/oci.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { applyEcr } from '../../oci/ecr/ecr.ts';
import { type PushPlan, planPush } from '../../oci/push/plan.ts';
import { type CameOf, pushImages } from '../../oci/push/push.ts';
import { readRegistryState } from '../../oci/push/state.ts';
import type { Registry } from '../../oci/registry/registry.ts';
import type { Registries } from '../../run/wiring/registries.ts';
import type { EcrPlans } from './plan-ecr.ts';
import type { PushedTo, UnfinishedImage } from './record.ts';
import { type StatedPush, stageAll } from './stage-statements.ts';
import type { PushOptions, PushTarget } from './target.ts';

/** A push that was planned, and may be done. */
export interface PlannedPush extends StatedPush {
  readonly plan: PushPlan;
  readonly ecr: EcrPlans | undefined;
  readonly registries: Registries;
  readonly registry: Registry;
  readonly options: PushOptions;
}

/**
 * Makes ECR's repositories, and pushes to the registry and to those that it is replicated to.
 * @param note is told of what came to a registry, also where the push to it broke off.
 */
export async function carryOut(
  push: PlannedPush,
  note: (came: PushedTo) => void,
): Promise<Result<void, Failure>> {
  const created = new Map<string, string[]>();
  const noteWith = (came: PushedTo) => {
    const names = created.get(came.host) ?? [];
    created.delete(came.host);
    note(names.length === 0 ? came : { ...came, created: names });
  };
  const done = await makeAndPush(push, created, noteWith);
  // Of what nothing was pushed to there may be repositories all the same.
  for (const [host, names] of created) {
    if (names.length > 0) note({ host, images: [], provenance: {}, created: names });
  }
  return done;
}

/**
 * One registry that fails does not keep the images from the others: each failure is told, and the gravest is given.
 * @param created is filled with the repositories that were made, by host.
 */
async function makeAndPush(
  push: PlannedPush,
  created: Map<string, string[]>,
  note: (came: PushedTo) => void,
): Promise<Result<void, Failure>> {
  const { ecr, registry, rebuilt, options, host } = push;
  const failures = new Map<string, Failure>();
  const isOver = () => [...failures.values()].some(({ reason }) => reason === 'aborted');
  for (const plan of ecr?.plans ?? []) {
    if (isOver()) break;
    rebuilt.say(`making repositories at ${plan.host.host}`);
    const names: string[] = [];
    created.set(plan.host.host, names);
    const applied = await applyEcr(ecr?.clients as EcrPlans['clients'], plan, {
      reconcile: options.reconcile === true,
      onCreated: (name) => names.push(name),
    });
    if (!applied.ok) failures.set(plan.host.host, applied.error);
  }
  rebuilt.say('');
  const [first, ...replicas] = [registry.host, ...(ecr?.plans.slice(1).map((plan) => plan.host.host) ?? [])];
  for (const name of [first, ...replicas]) {
    if (failures.has(name) || isOver()) continue;
    const pushed =
      name === first ? await pushTo(push, registry, push.plan, note) : await pushToReplica(push, name, note);
    if (!pushed.ok) failures.set(name, pushed.error);
  }
  const worst = gravest([...failures.values()].map(({ reason }) => exitCodeOf(reason)));
  const told = [...failures].find(([, { reason }]) => exitCodeOf(reason) === worst);
  for (const [name, failure] of failures) {
    if (name !== told?.[0]) host.stderr.write(`${name}: ${describeFailure(failure)}\n`);
  }
  return told === undefined ? ok(undefined) : err(told[1]);
}

async function pushToReplica(
  push: PlannedPush,
  name: string,
  note: (came: PushedTo) => void,
): Promise<Result<void, Failure>> {
  const opened = await push.registries.open(name);
  if (!opened.ok) return opened;
  const state = await readRegistryState(opened.value, push.images);
  if (!state.ok) return state;
  const rules = { overwrite: push.target.overwrite, ...allowOf(push.target) };
  return pushTo(push, opened.value, planPush(name, push.images, state.value, rules), note);
}

/** What planning a push takes of the allowances. */
export function allowOf({ allowances }: PushTarget): {
  readonly allow?: { readonly verdicts: readonly string[]; readonly reason: string };
} {
  const [first] = allowances;
  if (first === undefined) return {};
  return { allow: { verdicts: allowances.map(({ verdict }) => verdict), reason: first.reason } };
}

/** @param note is told of the images as soon as they are there; statements about them are added to it as they come. */
async function pushTo(
  push: PlannedPush,
  registry: Registry,
  plan: PushPlan,
  note: (came: PushedTo) => void,
): Promise<Result<void, Failure>> {
  const { rebuilt, images, host } = push;
  const came: CameOf[] = [];
  const meter = newMeter(() => host.now() / 1000);
  let sent: Bytes = { done: 0, total: plan.bytes.upload };
  rebuilt.say(`uploading to ${plan.host}`, () => meter.at(sent));
  const [pushed, staged] = await Promise.all([
    pushImages(registry, plan, images, {
      onCame: (each) => came.push(each),
      onSent: (bytes) => {
        sent = bytes;
      },
    }),
    stageAll(push, registry),
  ]);
  rebuilt.say('');
  if (!pushed.ok) {
    const unfinished = unfinishedOf(plan, came);
    if (unfinished.length > 0) note({ host: plan.host, images: [], provenance: {}, unfinished });
    return pushed;
  }
  const provenance: Record<string, OciDigest> = {};
  note({ ...pushed.value, provenance });
  if (!staged.ok) return staged;
  rebuilt.say(`writing statements to ${plan.host}`);
  const written = await staged.value.attach((repository, digest) => {
    provenance[repository] = digest;
  });
  if (!written.ok) return written;
  rebuilt.say('');
  const bytes = pushed.value.images.reduce((sum, image) => sum + image.bytes.upload, 0);
  const uploaded = bytes === 0 ? 'nothing had to be uploaded' : `${(bytes / 1e6).toFixed(1)} MB uploaded`;
  const by = push.signer === undefined ? '' : `, statements signed by ${push.signer.shown}`;
  host.stdout.write(`✔ ${plan.host}: ${countOf(images.length, 'image')}, ${uploaded}${by}\n`);
  return ok(undefined);
}

/** What had come of each image, of those of which anything had. */
function unfinishedOf({ images }: PushPlan, came: readonly CameOf[]): readonly UnfinishedImage[] {
  return images.flatMap(({ repository, digest }) => {
    const own = came.filter((each) => each.repository === repository);
    if (own.length === 0) return [];
    const names = own.flatMap((each) => ('name' in each ? [each.name] : []));
    const uploaded = own.reduce(
      (sum, each) => sum + ('how' in each && each.how === 'uploaded' ? each.size : 0),
      0,
    );
    const isDigest = (name: string) => name.startsWith('sha256:');
    const [manifests, tags] = [names.filter(isDigest), names.filter((name) => !isDigest(name))];
    return [{ repository, digest, uploaded, manifests, tags }];
  });
}
