import { BadArchive } from './tar-stream.ts';

/** How much may come out of one archive, and of all that lie in it. */
export interface ArchiveLimits {
  /** Bytes. */
  readonly unpacked: number;
  /** Bytes that come out for each byte of the outermost. Of less than `ratioFrom` bytes it says nothing. */
  readonly ratio: number;
  readonly ratioFrom: number;
  readonly members: number;
}

/**
 * The largest archives of a release are Kubernetes' server (half a gigabyte packed, image tars among it) and its source (26,000
 * members). Programs shrink to a third, texts to a tenth.
 */
export const releaseLimits: ArchiveLimits = {
  unpacked: 8 * 1024 ** 3,
  ratio: 200,
  ratioFrom: 32 * 1024 ** 2,
  members: 200_000,
};

/** Images of users: some hold gigabytes of zeros, which pack to nothing. */
export const layerLimits: ArchiveLimits = {
  unpacked: 64 * 1024 ** 3,
  ratio: Number.POSITIVE_INFINITY,
  ratioFrom: 0,
  members: 5_000_000,
};

/** It would unpack to more than anything needs: what lies in it is not looked at any further, whoever asks. */
export class TooMuch extends BadArchive {}

/** What may still come out; shared by all archives that lie in one another. */
export interface Budget {
  /** Bytes of the outermost that were read. */
  read(bytes: number): void;
  /** Bytes that came out of any. @throws TooMuch */
  unpacked(bytes: number): void;
  /** @throws TooMuch */
  member(): void;
}

export function newBudget({ unpacked, ratio, ratioFrom, members }: ArchiveLimits): Budget {
  let [packed, plain, count] = [0, 0, 0];
  return {
    read: (bytes) => {
      packed += bytes;
    },
    unpacked(bytes) {
      plain += bytes;
      if (plain > unpacked) throw new TooMuch(`it unpacks to more than ${unpacked} bytes`);
      if (plain > ratioFrom && plain > ratio * packed) {
        throw new TooMuch(`it unpacks to more than ${ratio} times its size`);
      }
    },
    member() {
      count += 1;
      if (count > members) throw new TooMuch(`it has more than ${members} members`);
    },
  };
}
