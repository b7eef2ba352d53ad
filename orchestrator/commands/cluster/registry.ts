import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterRelease } from '../../cluster/cluster-release.ts';
import { repositoryBelow } from '../../cluster/image-names.ts';
import type { KopsCluster } from '../../cluster/kops.ts';
import { describeRetag, type KubeadmCluster, kubeadmRetags, type Retag } from '../../cluster/kubeadm.ts';
import { imagesNamedBy, missingImages } from '../../cluster/missing-images.ts';
import { type ExitCode, exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from '../../core/image-reference.ts';
import { countOf } from '../../core/numbers.ts';
import { repositoryOf } from '../../core/registry-place.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type ImageThere, imagesThere } from '../../oci/push/images-there.ts';
import { type ImageToPush, planPush } from '../../oci/push/plan.ts';
import { pushImages } from '../../oci/push/push.ts';
import { refusalOf } from '../../oci/push/refusal.ts';
import { imageToRetag } from '../../oci/push/retag.ts';
import { readRegistryState } from '../../oci/push/state.ts';
import type { Insecure } from '../../oci/registry/endpoint.ts';
import type { Registry } from '../../oci/registry/registry.ts';
import { describePush } from '../../run/deliver/describe-push.ts';
import { openRegistries } from '../../run/wiring/registries.ts';
import { openProcesses } from '../../run/wiring/tools.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { telling } from '../words/activity-of.ts';

export interface RetagOptions {
  /** Plans further tags that kubeadm asks for, of images that are there. */
  readonly retag?: boolean;
  /** Gives them. */
  readonly confirm?: boolean;
  /** Moves them where they are there with another image. */
  readonly overwrite?: boolean;
}

/** Configuration that was made, and what for. */
export interface MadeCluster {
  readonly release: ClusterRelease;
  readonly configs: readonly (KubeadmCluster | KopsCluster)[];
}

/** The further tags that are needed where kubeadm is among what is configured. */
export function retagsOf({ release, configs }: MadeCluster): readonly Retag[] {
  return configs.some(({ kind }) => kind === 'ClusterConfiguration') ? kubeadmRetags(release) : [];
}

/**
 * Asks the registry whether it has every image that configuration names, and says which it has not; before that, gives
 * further tags where that is wanted. The exit code is that of a difference where an image is missing.
 * Errors: `usage` where a tag may not be given; those of asking and of writing.
 */
export async function tryRegistry(
  made: MadeCluster,
  workspace: Workspace,
  options: RetagOptions,
  insecure: Insecure | undefined,
  host: Host,
): Promise<Result<ExitCode, Failure>> {
  const { run } = await openProcesses(host, workspace);
  const registries = openRegistries(workspace, run, host, { pushes: options.confirm === true });
  const opening = insecure === undefined ? {} : { insecure };
  const registry = await registries.open(made.release.place.host, opening);
  if (!registry.ok) return registry;
  if (options.retag === true) {
    const retagged = await retag(made, registry.value, workspace, options, host);
    if (!retagged.ok) return retagged;
  }
  return checkImages(made, registry.value, host);
}

async function retag(
  made: MadeCluster,
  registry: Registry,
  workspace: Workspace,
  { confirm, overwrite }: RetagOptions,
  host: Host,
): Promise<Result<void, Failure>> {
  ensureFolder(workspace.cache);
  const scratch = await mkdtemp(join(workspace.cache, 'retag-'));
  try {
    const images: ImageToPush[] = [];
    for (const [at, each] of retagsOf(made).entries()) {
      const repository = repositoryOf(made.release.place, each.image);
      const image = await imageToRetag(registry, { ...each, repository }, join(scratch, String(at)));
      if (!image.ok) return image;
      if (image.value !== undefined) images.push(image.value);
      else host.stderr.write(`${describeRetag(made.release.place, each)}, and is not there itself\n`);
    }
    if (images.length === 0) return ok(undefined);
    const state = await readRegistryState(registry, images);
    if (!state.ok) return state;
    const plan = planPush(registry.host, images, state.value, { overwrite: overwrite === true });
    host.stderr.write(describePush(plan));
    const refused = refusalOf(plan);
    if (refused !== undefined) return err(refused);
    if (confirm !== true) {
      host.stderr.write('No tag was given: give --confirm to do this.\n');
      return ok(undefined);
    }
    const pushed = await pushImages(registry, plan, images);
    return pushed.ok ? ok(undefined) : pushed;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function checkImages(
  { release, configs }: MadeCluster,
  registry: Registry,
  host: Host,
): Promise<Result<ExitCode, Failure>> {
  const missing = new Set<string>();
  const others: string[] = [];
  for (const config of configs) {
    const there = await telling(host, `asking ${registry.host} for images`, () =>
      imagesThere(registry, imagesNamedBy(config).map(referenceOf)),
    );
    if (!there.ok) return there;
    const pushed = new Set(
      there.value.map(({ image: { digest: _, ...tagged } }) => formatImageReference(tagged)),
    );
    others.push(...there.value.flatMap((found) => otherThanReported(found, release) ?? []));
    for (const name of missingImages(config, pushed)) missing.add(name);
  }
  // One that both name may have a digest in one of them.
  const { size } = new Set(configs.flatMap(imagesNamedBy).map((name) => name.split('@')[0]));
  const place = repositoryBelow(release.place, '');
  if (others.length > 0) {
    const lines = others.map((each) => `  ${each}\n`).join('');
    const who = release.manifest === undefined ? 'the report' : 'report or manifest';
    host.stderr.write(`✖ ${place} has other images by these tags than ${who}:\n${lines}`);
  }
  if (missing.size === 0) {
    host.stderr.write(`✔ ${place} has all ${countOf(size, 'image')} that are named.\n`);
    return ok(others.length === 0 ? exitCode.identical : exitCode.different);
  }
  const lines = [...missing].map((each) => `  ${each}\n`).join('');
  host.stderr.write(
    `✖ ${place} lacks ${missing.size} of ${countOf(size, 'image')} that are named:\n${lines}`,
  );
  return ok(exitCode.different);
}

/** What is behind a tag that stands for an image of the report, where it is another: kubeadm takes no digests. */
function otherThanReported({ image, digest }: ImageThere, release: ClusterRelease): string | undefined {
  const own = release.images.find(({ name }) => repositoryOf(release.place, name) === image.repository);
  const reported = own && release.digests.get(`${own.name}:${own.tag}`);
  if (image.digest !== undefined || reported === undefined || reported === digest) return undefined;
  return `${formatImageReference(image)} is ${digest}, not ${reported}`;
}

function referenceOf(name: string): ImageReference {
  const parsed = parseImageReference(name);
  if ('why' in parsed) throw new Error(`${name} ${parsed.why}`);
  return parsed;
}
