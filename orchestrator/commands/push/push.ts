import { describeRetag, kubeadmRetags, type Retag } from '../../cluster/kubeadm.ts';
import { exitCodeOf, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { repositoryOf } from '../../core/registry-place.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { describeEcrPlan } from '../../oci/ecr/describe.ts';
import type { ImageToPush } from '../../oci/push/plan.ts';
import { planPush } from '../../oci/push/plan.ts';
import { refusalOf } from '../../oci/push/refusal.ts';
import { readRegistryState } from '../../oci/push/state.ts';
import { taggingRelease } from '../../plan/plan.ts';
import type { ImageReport } from '../../report/image-report.ts';
import { describePush, describeUnpublished } from '../../run/deliver/describe-push.ts';
import { type FindSigner, signerOnce } from '../../run/deliver/find-signer.ts';
import { proseOn } from '../../run/deliver/reporter.ts';
import { wantedImages } from '../../run/deliver/wanted-images.ts';
import type { AskedAhead } from '../../run/prepare/look-ahead.ts';
import type { Prepared } from '../../run/prepare/prepare.ts';
import { type Rebuilt, rebuild } from '../../run/rebuild.ts';
import { callFor } from '../../run/site/release-name.ts';
import { openRegistries } from '../../run/wiring/registries.ts';
import { openProcesses } from '../../run/wiring/tools.ts';
import { reportFailure } from '../words/report-failure.ts';
import { askRegistry } from './ask-registry.ts';
import { allowOf, carryOut } from './carry-out.ts';
import { planEcrFor } from './plan-ecr.ts';
import { showPolicy } from './policy.ts';
import { type PushedTo, recorded } from './record.ts';
import { fillTag, type PushOptions, type PushTarget, readTarget } from './target.ts';

/**
 * `eksd-rebuild push RELEASE --registry HOST/PREFIX`: rebuilds and makes the images that are not in the store, says what a
 * push would do, and with `--confirm` does it. Only what is verified goes, or what was allowed for a reason. `--policy` says
 * what AWS has to allow for it, and does nothing else.
 */
export async function push(release: string, options: PushOptions, host: Host): Promise<number> {
  const target = readTarget(options);
  if (!target.ok) return reportFailure(target.error, host);
  if (options.policy === true) return showPolicy(release, options, target.value, host);
  // What is said of the push stands beside lines for programs, not among them.
  const speaker = { ...host, stdout: proseOn(options.log, host) };
  const findSigner = signerOnce(options, host);
  const use = (rebuilt: Rebuilt): Promise<Result<void, Failure>> => {
    const deed = (note: (came: PushedTo) => void) =>
      pushMade(rebuilt, target.value, findSigner, options, speaker, note);
    return options.confirm === true
      ? recorded({ rebuilt, target: target.value, host: speaker }, deed)
      : deed(() => undefined);
  };
  const ahead: AskedAhead = {
    needsAll: true,
    check: (prepared, around) => askRegistry(prepared, target.value, options, around),
  };
  const call = callFor(options, { isOut: true });
  const check = async ({ workspace }: Prepared): Promise<Result<unknown, Failure>> => findSigner(workspace);
  const result = await rebuild(release, options, host, { images: options, call, ahead, check, use });
  return result.ok ? result.value : reportFailure(result.error, host);
}

async function pushMade(
  rebuilt: Rebuilt,
  target: PushTarget,
  findSigner: FindSigner,
  options: PushOptions,
  host: Host,
  note: (came: PushedTo) => void,
): Promise<Result<void, Failure>> {
  if (host.signal.aborted) return err({ reason: 'aborted' });
  const missing = wantedImages(rebuilt).filter(({ digest }) => digest === undefined);
  if (missing.length > 0) return err(whyNothing(missing, host));
  const retags = retagsFor(rebuilt);
  const images = imagesToPush(rebuilt, target, options.retag === true ? retags : []);
  if (!images.ok) return images;
  const signer = await findSigner(rebuilt.prepared.workspace);
  if (!signer.ok) return signer;
  const { workspace } = rebuilt.prepared;
  const processes = await openProcesses(host, workspace);
  const registries = openRegistries(workspace, processes.run, host, { pushes: true });
  const opening = target.insecure === undefined ? {} : { insecure: target.insecure };
  const registry = await registries.open(target.host, opening);
  if (!registry.ok) return registry;
  const ecr = await planEcrFor(target, images.value, rebuilt, registries.ecr);
  if (!ecr.ok) return ecr;
  rebuilt.say(`asking ${target.host} what it has`);
  const state = await readRegistryState(registry.value, images.value);
  rebuilt.say('');
  if (!state.ok) return state;
  const rules = { overwrite: target.overwrite, ...allowOf(target) };
  const plan = planPush(target.host, images.value, state.value, rules);
  host.stdout.write(`\n${describePush(plan)}${describeUnpublished(wantedImages(rebuilt))}`);
  for (const each of ecr.value?.plans ?? []) host.stdout.write(`${describeEcrPlan(each).join('\n')}\n`);
  showRetags(retags, target, options, host);
  const refused = refusalOf(plan);
  if (refused !== undefined) return err(refused);
  if (options.confirm !== true) {
    host.stdout.write('Nothing was pushed: give --confirm to do this.\n');
    return ok(undefined);
  }
  return carryOut(
    {
      ...{ rebuilt, target, images: images.value, plan, ecr: ecr.value, options, host },
      ...{ registries, registry: registry.value, signer: signer.value },
    },
    note,
  );
}

/** The further tags that kubeadm asks for of the images that are pushed. */
function retagsFor(rebuilt: Rebuilt): readonly Retag[] {
  const images = wantedImages(rebuilt).map(({ image, project, tag }) => ({ name: image, project, tag }));
  return kubeadmRetags({ branch: rebuilt.lock.branch, images });
}

/** Says what could not be made, and gives the gravest of the causes: its exit code is that of the push. */
function whyNothing(missing: readonly ImageReport[], host: Host): Failure {
  const names = missing.map(({ image }) => image).join(', ');
  const help = 'Say which images are to be pushed by --image or --project.';
  host.stderr.write(`Nothing is pushed: ${names} could not be made.\n${help}\n`);
  const causes = missing.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  const worst = gravest(causes.map(({ reason }) => exitCodeOf(reason)));
  const cause = causes.find(({ reason }) => exitCodeOf(reason) === worst);
  if (cause === undefined) throw new Error(`nobody knows why ${names} could not be made`);
  return cause;
}

/** Every image that was asked for, under the names that it gets; all were made. Errors: `usage` where there is none. */
function imagesToPush(
  rebuilt: Rebuilt,
  target: PushTarget,
  retags: readonly Retag[],
): Result<readonly ImageToPush[], Failure> {
  const { report, images, prepared } = rebuilt;
  const { channel: branch, number } = taggingRelease(prepared.planInput);
  const wanted = wantedImages(rebuilt);
  if (wanted.length === 0) {
    const message = 'Nothing is pushed: there is no image.';
    const help = 'Say which images are to be pushed by --image or --project.';
    return err({ reason: 'usage', message, help });
  }
  return ok(
    wanted.flatMap((image) => {
      const tree = images.get(image.image);
      const tag = report.projects.find(({ name }) => name === image.project)?.tag ?? '';
      const values = { tag, branch, number };
      const second = retags.filter((retag) => retag.image === image.image).map(({ to }) => to);
      const tags = [image.tag, ...target.tags.map((text) => fillTag(text, values)), ...second];
      const unverified = image.unverified.map(({ file, platform, verdict }) => {
        return { file: `${file} for ${platform}`, verdict };
      });
      if (tree === undefined) return [];
      const repository = repositoryOf(target, image.image);
      return [{ repository, tags: [...new Set(tags)], tree, unverified }];
    }),
  );
}

/** What a push leaves undone where it is not to give further tags. */
function showRetags(retags: readonly Retag[], target: PushTarget, options: PushOptions, host: Host): void {
  if (options.retag !== true) {
    for (const retag of retags) host.stdout.write(`${describeRetag(target, retag)}: give --retag.\n`);
  } else if (retags.length === 0) {
    host.stdout.write('No image of this push needs a further tag for kubeadm.\n');
  }
}
