import type { PatchPin } from '../../plan/node-go.ts';
import { costs, type Variant } from './variant.ts';

/** A Go that could have built something (`release/go-candidates.ts`). */
interface Candidate {
  readonly version: string;
  readonly patches: readonly PatchPin[];
  readonly label: string;
}

/** Other Gos (rule 2), the likeliest first as they come. */
export function goVariants(candidates: readonly Candidate[]): readonly Variant[] {
  return candidates.map(({ version, patches, label }, at) => {
    const pinned = patches.flatMap(({ path, sha256, from }) =>
      from.kind === 'upstream' ? [{ path, sha256, repository: from.repository, commit: from.commit }] : [],
    );
    return {
      rule: 'go',
      what: label,
      override: { go: { version, patches: pinned } },
      weight: 60 / (at + 1),
      cost: costs.everything,
    };
  });
}
