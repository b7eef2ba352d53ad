import { Readable } from 'node:stream';
import { memberOf } from '../aws/failure.ts';

/** The bytes are not those of which the answer says the checksum. */
export class OtherBytes extends Error {
  override readonly name = 'NetworkingError';
  readonly $metadata: unknown;

  constructor(message: string, metadata: unknown) {
    super(message);
    this.$metadata = metadata;
  }
}

interface Answer {
  readonly Body?: unknown;
  readonly $metadata?: unknown;
}

/**
 * What an object's answer brings. The SDK holds it against the checksum that the answer has, and says otherwise by an error of the stream,
 * which ends the program where nobody listens any more: who has read enough, for one. @throws OtherBytes, while it is read.
 */
export function bodyOf(answer: Answer): AsyncIterable<Uint8Array> {
  const body = memberOf(answer, 'Body') as AsyncIterable<Uint8Array>;
  if (body instanceof Readable) body.on('error', () => undefined);
  return (async function* () {
    try {
      yield* body;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('Checksum mismatch'))
        throw new OtherBytes(error.message, answer.$metadata);
      throw error;
    }
  })();
}
