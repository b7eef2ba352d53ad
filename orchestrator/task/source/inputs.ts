import type { Json } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import type { CheckoutNode, SourceNode } from '../../plan/node-go.ts';
import type { KeyInputs } from '../task.ts';

/** Who committed upstream's patched sources (`git config` in EKS Distro's Common.mk, every version of it). */
export const committer = { name: 'Prow Bot', email: 'prow@amazonaws.com' } as const;

export function sourceInputs({ tag, commit, patches, vendor, override }: SourceNode): KeyInputs {
  return {
    // With what was undone beside it since 3, where anything is.
    recipe: vendor === undefined ? 2 : 3,
    // Its name is in the facts and in the marker file.
    tag,
    commit,
    patches: patches.map((patch) => patch.sha256),
    committer: `${committer.name} <${committer.email}>`,
    ...defined({ vendor, override: override && overrideInputs(override) }),
  };
}

function overrideInputs({ patching, committer: by, stamp, tags }: NonNullable<SourceNode['override']>): Json {
  return {
    patching: patching ?? 'committed',
    committer: by === undefined ? null : [by.name, by.email, by.date ?? null],
    stamp: stamp ?? 'modified',
    ...defined({ tags }),
  };
}

export function checkoutInputs({ commit, folder }: CheckoutNode): KeyInputs {
  return { recipe: 1, commit, folder };
}
