import type { Digest } from '../../core/digest.ts';
import type { VerdictName } from '../verify/verdict.ts';

/** What a record may say: that this machine or its network failed is no word on a file. */
export type RecordedVerdict = Exclude<VerdictName, 'infra-failed'>;

interface Members {
  readonly verdict: RecordedVerdict;
  readonly comparable: boolean;
  readonly expected?: Digest | undefined;
  readonly found?: Digest | undefined;
}

/** What `compareProject` says with each verdict, and nothing else can be so. Absent: either. `found` is there where it is not the expected. */
const needs: Readonly<
  Record<RecordedVerdict, { readonly [member in 'comparable' | 'expected' | 'found']?: boolean }>
> = {
  identical: { comparable: true, expected: true, found: false },
  equivalent: { comparable: true, expected: true, found: true },
  explained: { expected: true, found: true },
  different: { comparable: true, expected: true, found: true },
  'build-failed': { found: false },
  'source-unavailable': { comparable: false, found: false },
  'toolchain-unavailable': { comparable: false, found: false },
  'stale-expectation': { comparable: false, expected: true, found: true },
  'no-expectation': { comparable: false, expected: false, found: true },
  'not-built': { comparable: false, found: false },
};

interface Unsound {
  readonly member: 'comparable' | 'expected' | 'found';
  readonly message: string;
}

/** Where a record contradicts itself. */
export function unsoundIn({ verdict, comparable, expected, found }: Members): readonly Unsound[] {
  const need = needs[verdict];
  const such = `${comparable ? 'comparable and ' : ''}${verdict}`;
  const checks: readonly (readonly [member: Unsound['member'], is: boolean, wanted: boolean | undefined])[] =
    [
      ['comparable', comparable, need.comparable],
      ['expected', expected !== undefined, need.expected ?? (comparable || undefined)],
      ['found', found !== undefined, need.found],
    ];
  return [
    ...checks
      .filter(([, is, wanted]) => wanted !== undefined && is !== wanted)
      .map(([member, is]) => ({ member, message: `${is ? 'does not go' : 'is wanted'} with ${such}` })),
    ...(found !== undefined && found === expected
      ? [{ member: 'found' as const, message: 'is the expected, which then came out' }]
      : []),
  ];
}

/** The same as JSON schema, but that `found` is not `expected`, for which that has no words. */
export const soundness = {
  allOf: [
    ...Object.entries(needs).map(([verdict, { comparable, expected, found }]) => ({
      if: { properties: { verdict: { const: verdict } } },
      // biome-ignore lint/suspicious/noThenProperty: a word of JSON schema.
      then: {
        required: [...(expected === true ? ['expected'] : []), ...(found === true ? ['found'] : [])],
        properties: {
          ...(comparable === undefined ? {} : { comparable: { const: comparable } }),
          ...(expected === false ? { expected: false } : {}),
          ...(found === false ? { found: false } : {}),
        },
      },
    })),
    {
      if: { properties: { comparable: { const: true } } },
      // biome-ignore lint/suspicious/noThenProperty: a word of JSON schema.
      then: { required: ['expected'] },
    },
  ],
};
