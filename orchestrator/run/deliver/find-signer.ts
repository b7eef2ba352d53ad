import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { keyPlaceOf, type SignWords } from '../../statement/sign/key-place.ts';
import type { Signer } from '../../statement/sign/signer.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** Gives who signs; undefined where nobody is to. Errors: those of `keyPlaceOf` and `openSigner`. */
export type FindSigner = (workspace: Pick<Workspace, 'sign'>) => Promise<Result<Signer | undefined, Failure>>;

/** Opens what signs when it is first asked for, which is to be before a wait, and once. What signs is loaded only then. */
export function signerOnce(words: SignWords, host: Host): FindSigner {
  let opened: ReturnType<FindSigner> | undefined;
  return ({ sign }) => {
    opened ??= open(words, sign, host);
    return opened;
  };
}

async function open(words: SignWords, settings: Workspace['sign'], host: Host): ReturnType<FindSigner> {
  const place = keyPlaceOf(words);
  if (!place.ok || place.value === undefined) return place.ok ? ok(undefined) : place;
  const { openSigner } = await import('../../statement/sign/signer.ts');
  return openSigner(words, settings, host);
}
