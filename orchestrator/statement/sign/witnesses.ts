import { RekorWitness, TSAWitness, type Witness } from '@sigstore/sign';
import type { SignSettings } from '../../config/settings/sign.ts';

/** Milliseconds that a service may take to answer, and how often it is asked where that may help. */
export const patience = { timeout: 30_000, retry: { retries: 3, minTimeout: 500 } } as const;

/** Those that the settings name, and no others: what is entered into a public log stays there for everybody. */
export function witnessesOf({ rekor, timestamps }: SignSettings): readonly Witness[] {
  return [
    ...(rekor === undefined
      ? []
      : [new RekorWitness({ rekorBaseURL: plain(rekor), entryType: 'dsse', ...patience })]),
    ...(timestamps === undefined ? [] : [new TSAWitness({ tsaBaseURL: plain(timestamps), ...patience })]),
  ];
}

/** The library puts a path behind it, with a slash. */
export function plain(url: string): string {
  return url.replace(/\/+$/, '');
}
