import { z } from 'zod';
import { decodeJson } from '../../config/json.ts';
import type { Failure } from '../../core/failure.ts';
import { err, type Result } from '../../core/result.ts';
import { mostOfBundle } from '../sign/bundle-shape.ts';
import { payloadType, readStatement, type Statement } from '../statement.ts';
import type { Found } from './found.ts';
import { refusal } from './look-into.ts';

const bundle = z.looseObject({
  dsseEnvelope: z.looseObject({ payload: z.base64(), payloadType: z.literal(payloadType) }),
});

/**
 * The statement in what was found, whoever signed it, if anybody: for whoever compares what is said, and trusts none of it. Errors: why
 * there is none, as the end of a sentence.
 */
export function uncheckedStatement(found: Found): Result<Statement, string> {
  if ('why' in found) return err(found.why);
  const { text, place, isSigned } = found;
  const read = isSigned ? readBundle(text, place) : readStatement(text, place);
  return read.ok ? read : err(refusal(read.error, place));
}

function readBundle(text: string, place: string): Result<Statement, Failure> {
  const read = decodeJson(text, place, bundle, mostOfBundle);
  if (!read.ok) return read;
  return readStatement(Buffer.from(read.value.dsseEnvelope.payload, 'base64').toString('utf8'), place);
}
