import { z } from 'zod';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import { agreementOf, type Row, rowSchema } from './agreement.ts';
import { differingInputs, inputDifferenceSchema } from './inputs.ts';
import type { Built, Rebuilt } from './rebuilder.ts';

const comparedRow = rowSchema.extend({
  /** Where they differ: what their builds were given that is not the same, by those who say what. */
  inputs: z.array(inputDifferenceSchema),
  /** Who says what its build was given. */
  told: z.array(z.string()),
  /** The command that looks for the cause here. */
  explain: z.string().optional(),
});
export type ComparedRow = z.infer<typeof comparedRow>;

/** What `challenge --json` prints. */
export const challengeSchema = z.strictObject({
  schema: z.literal(1),
  release: z.string(),
  /** The file; without one, no signature was checked. */
  policy: z.string().optional(),
  /** How many have to say the same. */
  needed: z.number(),
  /** Who says anything: signers of the policy, or places. */
  rebuilders: z.array(z.string()),
  /** What was found and shows nothing: why is the end of a sentence. */
  refused: z.array(z.strictObject({ place: z.string(), signer: z.string().optional(), why: z.string() })),
  rows: z.array(comparedRow),
});
export type Challenge = z.infer<typeof challengeSchema>;

/** Holds what several say of a release against each other. Errors: those of asking how something was built. */
export async function challengeOf(
  release: string,
  places: readonly Rebuilt[],
  { needed, policy }: { readonly needed: number; readonly policy: string | undefined },
): Promise<Result<Challenge, Failure>> {
  const assertions = places.flatMap((each) => each.assertions);
  const rows: ComparedRow[] = [];
  for (const row of agreementOf(assertions, needed)) {
    const builds = row.state === 'differs' ? await buildsOf(row, places) : ok([]);
    if (!builds.ok) return builds;
    rows.push({
      ...row,
      inputs: [...differingInputs(builds.value)],
      told: builds.value.map(({ rebuilder }) => rebuilder),
      ...(row.state === 'differs' && row.what === 'file'
        ? { explain: explainCommand(release, row.name) }
        : {}),
    });
  }
  const rebuilders = [...new Set(assertions.map(({ rebuilder }) => rebuilder))].sort();
  const refused = places.flatMap((each) => each.refused).map((each) => ({ ...each }));
  return ok({
    schema: 1,
    release,
    ...(policy === undefined ? {} : { policy }),
    needed,
    rebuilders,
    refused,
    rows,
  });
}

/** How what each says was built: one build a rebuilder. */
async function buildsOf(
  { says }: Row,
  places: readonly Rebuilt[],
): Promise<Result<readonly Built[], Failure>> {
  const builds = new Map<string, Built>();
  for (const { rebuilder, built } of says) {
    if (built === undefined) continue;
    for (const place of places) {
      const found = await place.buildsOf(built as Digest);
      if (!found.ok) return found;
      const own = found.value.find((each) => each.rebuilder === rebuilder);
      if (own !== undefined && !builds.has(rebuilder)) builds.set(rebuilder, own);
    }
  }
  return ok([...builds.values()]);
}

function explainCommand(release: string, file: string): string {
  return ['eksd-rebuild', 'explain', release, file].map(shellQuote).join(' ');
}
