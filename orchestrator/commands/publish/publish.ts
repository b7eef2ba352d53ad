import { join } from 'node:path';
import { digestOf } from '../../core/digest.ts';
import type { Bytes } from '../../core/event.ts';
import { type ExitCode, exitCode, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { newMeter } from '../../core/meter.ts';
import { countOf } from '../../core/numbers.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { announce, planAnnouncement } from '../../publish/announce/announce.ts';
import { messageOf } from '../../publish/announce/message.ts';
import { readRecord, recordPath } from '../../publish/announce/record.ts';
import { openTopic, type Topic } from '../../publish/announce/topic.ts';
import { carryOut } from '../../publish/carry-out.ts';
import { planPublication, refusalOf } from '../../publish/plan.ts';
import { readPlace } from '../../publish/read-place.ts';
import { readSite, type Site } from '../../publish/read-site.ts';
import { listObjects } from '../../publish/s3/read.ts';
import { publishing } from '../../publish/s3/words.ts';
import { proseOn } from '../../run/deliver/reporter.ts';
import { proxiesOf } from '../../tool/http/proxy.ts';
import { type Bucket, openBucket } from '../../tool/s3/bucket.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { openWorkspace } from '../../workspace/workspace.ts';
import { activityOf, telling } from '../words/activity-of.ts';
import { reportFailure } from '../words/report-failure.ts';
import { type ChosenSite, chooseSite } from './chosen-site.ts';
import { describePlan, type Planned, planJson } from './describe.ts';
import { showPolicy } from './policy.ts';
import { type PublishOptions, type PublishTarget, readTarget, readTopic } from './target.ts';

/**
 * `eksd-rebuild publish RELEASE --to s3://BUCKET/PREFIX`: makes the site of the release, or takes one that was laid out; says what
 * publishing it would do, and with `--confirm` does it. `--policy` says what AWS has to allow for it, and does nothing else.
 */
export async function publish(name: string, options: PublishOptions, host: Host): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const target = readTarget(options, workspace.value.publish, host.env);
  if (!target.ok) return reportFailure(target.error, host);
  if (options.policy === true) return showPolicy(name, options, target.value, host);
  const { place, region, endpoints, expectedOwner } = target.value;
  const bucket = openBucket({
    ...reachedFrom(host),
    place,
    region,
    endpoint: endpoints.s3,
    expectedOwner,
    words: publishing,
  });
  // To make a site may take long: whether it can go there is asked before.
  const asked =
    options.site === undefined
      ? await telling(host, `asking for ${bucket.shown('')}`, () => listObjects(bucket, 'crds/'))
      : ok(undefined);
  if (!asked.ok) return reportFailure(asked.error, host);
  const chosen = await chooseSite(name, options, host);
  if (!chosen.ok) return reportFailure(chosen.error, host);
  if (typeof chosen.value === 'number') return chosen.value;
  return gravest([chosen.value.code, await publishSite(chosen.value, options, target.value, bucket, host)]);
}

async function publishSite(
  { folder, release }: ChosenSite,
  options: PublishOptions,
  target: PublishTarget,
  bucket: Bucket,
  host: Host,
): Promise<ExitCode> {
  const shown = (path: string) => shownPath(join(folder, path), host.cwd);
  const around = { shown, signal: host.signal };
  const site = await telling(host, `hashing ${shown('')}`, () => readSite(folder, release, around));
  if (!site.ok) return reportFailure(site.error, host);
  const planned = await planFor(site.value, options, target, bucket, host);
  if (!planned.ok) return reportFailure(planned.error, host);
  const { plan, topic, announcement } = planned.value;
  const prose = proseOn(options.json === true ? 'json' : options.log, host);
  if (options.json !== true) prose.write(describePlan(planned.value));
  const finish = (failure: Failure | undefined, done?: object): ExitCode => {
    if (options.json === true) host.stdout.write(planJson(planned.value, done));
    return failure === undefined ? exitCode.identical : reportFailure(failure, host);
  };
  const refused = refusalOf(plan, bucket.shown);
  if (refused !== undefined) return finish(refused);
  if (options.confirm !== true) {
    prose.write('Nothing was published: give --confirm to do this.\n');
    return finish(undefined);
  }
  const written: string[] = [];
  const { keeping, overwrite } = target;
  const say = activityOf(host);
  const meter = newMeter(() => host.now() / 1000);
  let sent: Bytes = { done: 0, total: plan.bytes.upload };
  say(`uploading to ${bucket.shown('')}`, () => meter.at(sent));
  const carried = await carryOut(plan, {
    ...{ bucket, site: site.value, keeping, overwrite },
    onWritten: (path) => written.push(path),
    onSent: (bytes) => {
      sent = { ...sent, done: sent.done + bytes };
    },
  });
  say('');
  if (!carried.ok) {
    prose.write(`${countOf(written.length, 'file')} written before it broke off.\n`);
    return finish(carried.error, { written, isWhole: false });
  }
  prose.write(`✔ ${bucket.shown('')}: ${countOf(written.length, 'file')} written\n`);
  if (topic === undefined || announcement === undefined) return finish(undefined, { written, isWhole: true });
  const run = digestOf(`${host.hostName} ${host.pid} ${host.now()} ${host.random()}`).slice(0, 32);
  const { message } = announcement;
  const told = await announce(
    { bucket, keeping, topic, message, manifest: site.value.layout.manifest, run, now: host.now },
    announcement.plan,
  );
  const announced = told.ok ? told.value : 'failed';
  if (announced === 'sent') prose.write(`✔ announced to ${topic.arn}\n`);
  return finish(told.ok ? undefined : told.error, { written, isWhole: true, announced });
}

interface PlannedFor extends Planned {
  readonly topic: Topic | undefined;
}

function reachedFrom({ env, signal }: Host) {
  return { env, findProxy: proxiesOf(env), signal };
}

/** Asks what is there, and whether the topic is; what would end the publication in its middle ends it here. */
async function planFor(
  site: Site,
  options: PublishOptions,
  target: PublishTarget,
  bucket: Bucket,
  host: Host,
): Promise<Result<PlannedFor, Failure>> {
  const { region, endpoints } = target;
  const arn = options.announce === true ? readTopic(site.channel, target) : ok(undefined);
  if (!arn.ok) return arn;
  const topic =
    arn.value === undefined
      ? undefined
      : openTopic({ ...reachedFrom(host), arn: arn.value, endpoint: endpoints.sns, wait: host.wait });
  const path = recordPath(site.layout.manifest);
  return telling(host, `asking ${bucket.shown('')} what it has`, async () => {
    const state = await readPlace(bucket, site);
    if (!state.ok) return state;
    const plan = planPublication(site, state.value, target);
    const planned = {
      release: site.manifest.name,
      to: bucket.shown('').replace(/\/$/, ''),
      region,
      plan,
    };
    if (topic === undefined) return ok({ ...planned, topic, announcement: undefined });
    const there = await readRecord(bucket, path);
    if (!there.ok) return there;
    const announcement = planAnnouncement(there.value);
    if (announcement.action === 'send') {
      const asked = await topic.ask();
      if (!asked.ok) return asked;
    }
    const message = messageOf(site, bucket.shown);
    return ok({ ...planned, topic, announcement: { plan: announcement, topic: topic.arn, message } });
  });
}
