import { describeFailure } from '../../core/describe-failure.ts';
import type { Say } from '../../core/event.ts';
import { type Failure, isTransient } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { Sharing } from '../../store/remote/shared.ts';
import type { LocalStore } from '../../store/remote/take-tree.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { describeShared } from './describe.ts';

/** A store that is shared, and what is done at its end. */
export interface OpenShared<S> {
  readonly store: S & Partial<Sharing>;
  /** Why nothing could be written to the shared one when it was opened. */
  readonly refusal?: Failure | undefined;
  /** Waits for what is on its way, and says what came and went. */
  close(say?: Say): Promise<void>;
}

/**
 * Joins a store with the one that machines share, as the settings have it; as it is where they name none. One that cannot be reached is told, and done
 * without. @param isForLooking nothing is brought there. Errors: `usage` where it can never be; those of `openSeal`.
 */
export async function openShared<S extends LocalStore>(
  local: S,
  { store: settings, sign }: Pick<Workspace, 'store' | 'sign'>,
  host: Host,
  { isForLooking = false } = {},
): Promise<Result<OpenShared<S>, Failure>> {
  const alone: OpenShared<S> = { store: local, close: async () => undefined };
  if (settings.remote === undefined) return ok(alone);
  const { openRemotePlace } = await import('./place.ts');
  const { openSeal } = await import('./seal.ts');
  const { claimPlace } = await import('../../store/remote/claim-place.ts');
  const { takeLease } = await import('../../store/remote/lease.ts');
  const { sharedStore } = await import('../../store/remote/shared.ts');
  const place = await openRemotePlace(settings, host);
  if (!place.ok) return place;
  if (place.value === undefined) return ok(alone);
  const seal = await openSeal(settings, sign, host);
  if (!seal.ok) return seal;
  const isReadable = settings.write === false || isForLooking;
  // Unsigned results among signed ones would be read by nobody.
  const mayWrite = !isReadable && (seal.value === undefined || seal.value.signer !== undefined);
  const claimed = await claimPlace(place.value, mayWrite);
  if (!claimed.ok) {
    if (!isTransient(claimed.error)) return claimed;
    host.stderr.write(
      `The shared store ${place.value.shown} is done without: ${describeFailure(claimed.error)}\n`,
    );
    return ok(alone);
  }
  if (claimed.value === 'absent' && !isForLooking)
    host.stderr.write(
      `There is no shared store in ${place.value.shown} yet, and nothing is written there.\n`,
    );
  const lease = mayWrite ? await takeLease(place.value, host) : undefined;
  const { now, signal } = host;
  const refusal = lease?.refusal;
  const store = sharedStore(local, place.value, { mayWrite, seal: seal.value, refusal, now, signal });
  return ok({
    ...{ store, refusal },
    async close(say) {
      say?.(`bringing results to ${settings.remote}`);
      const summary = await store.settle();
      await lease?.release();
      say?.('');
      host.stderr.write(describeShared(summary));
    },
  });
}
