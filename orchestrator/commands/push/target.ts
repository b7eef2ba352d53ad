import type { Failure } from '../../core/failure.ts';
import { isTag } from '../../core/image-reference.ts';
import { type RegistryPlace, readPlace } from '../../core/registry-place.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { parseEcrHost } from '../../oci/ecr/host.ts';
import { type Insecure, type InsecureOptions, insecureOf } from '../../oci/registry/endpoint.ts';
import type { ImageOptions } from '../../run/prepare/images.ts';
import type { RebuildOptions } from '../../run/rebuild.ts';
import type { NameOptions } from '../../run/site/release-name.ts';
import type { Allowance } from '../../statement/allowance.ts';
import { type KeyPlace, keyPlaceOf, type SignWords } from '../../statement/sign/key-place.ts';
import { type AllowOptions, allowancesOf, idleReason } from '../words/allowances.ts';
import { refuseIdle } from '../words/refuse-idle.ts';

export interface PushOptions
  extends RebuildOptions,
    ImageOptions,
    NameOptions,
    InsecureOptions,
    AllowOptions,
    SignWords {
  /** `HOST/PREFIX` */
  readonly registry: string;
  readonly confirm?: boolean;
  readonly overwrite?: boolean;
  readonly tag?: readonly string[];
  /** Gives images the further tags under which kubeadm asks for them. */
  readonly retag?: boolean;
  readonly reconcile?: boolean;
  readonly policy?: boolean;
}

/** Where a push goes, and what it may do there. */
export interface PushTarget extends RegistryPlace {
  /** Undefined: as the settings say. */
  readonly insecure: Insecure | undefined;
  readonly allowances: readonly Allowance[];
  /** Further tags, with `{tag}`, `{branch}` and `{number}` for what the release has there. */
  readonly tags: readonly string[];
  readonly overwrite: boolean;
  /** Where the key is that signs; undefined where nothing is to be signed. */
  readonly key: KeyPlace | undefined;
}

/** Reads the options of a push. Errors: `usage`. */
export function readTarget(options: PushOptions): Result<PushTarget, Failure> {
  if (options.platform !== undefined && options.platform.length > 0) {
    const message =
      'A published tag stands for an image of all platforms: --platform would push a part of it.';
    return err({
      reason: 'usage',
      message,
      help: 'Leave it out; "eksd-rebuild images" makes one platform alone.',
    });
  }
  const place = readPlace(options.registry);
  if (!place.ok) return place;
  const { host } = place.value;
  const key = keyPlaceOf(options);
  if (!key.ok) return key;
  const elsewhere = `at ${host}, which is no registry of Amazon ECR`;
  const isElsewhere = parseEcrHost(host) === undefined;
  const busy = refuseIdle([
    [options.policy === true && isElsewhere && key.value?.kind !== 'kms', '--policy', elsewhere],
    [options.reconcile === true && isElsewhere, '--reconcile', elsewhere],
    ...[
      ['--confirm', options.confirm] as const,
      ['--fresh', options.fresh] as const,
      ['--recheck', options.recheck] as const,
      ['--report', options.report] as const,
    ].map(([name, given]) => {
      const isIdle = options.policy === true && given !== undefined;
      return [isIdle, name, 'beside --policy, which neither builds nor pushes'] as const;
    }),
    idleReason(options),
  ]);
  if (!busy.ok) return busy;
  const insecure = insecureOf(host, options);
  if (!insecure.ok) return insecure;
  const allowances = allowancesOf(options, 'the record and the provenance of the images');
  if (!allowances.ok) return allowances;
  const bad = options.tag?.find((tag) => !isTag(fillTag(tag, { tag: 'v1', branch: '1-30', number: 1 })));
  if (bad !== undefined) {
    const help =
      'Letters, digits, "_", "." and "-", and {tag}, {branch} or {number} for what the release has there.';
    return err({ reason: 'usage', message: `${JSON.stringify(bad)} is no tag.`, help });
  }
  return ok({
    ...place.value,
    insecure: insecure.value,
    allowances: allowances.value,
    tags: options.tag ?? [],
    overwrite: options.overwrite === true,
    key: key.value,
  });
}

/** What `{tag}`, `{branch}` and `{number}` of a further tag stand for. */
export function fillTag(
  text: string,
  values: { readonly tag: string; readonly branch: string; readonly number: number },
): string {
  return text
    .replaceAll('{tag}', values.tag)
    .replaceAll('{branch}', values.branch)
    .replaceAll('{number}', String(values.number));
}
