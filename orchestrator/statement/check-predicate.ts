import { z } from 'zod';
import { checkJson } from '../config/json.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { type Statement, statementText } from './statement.ts';

/**
 * The predicate of a statement, decoded by the schema of the type that is asked for. Errors: `configuration`: it is of another type,
 * or every complaint about it, by the names of its members and at its place in the canonical text.
 */
export function checkPredicate<T>(
  statement: Statement,
  place: string,
  type: string,
  schema: z.ZodType<T>,
): Result<T, Failure> {
  if (statement.predicateType !== type)
    return refuseStatement(place, `is of type ${statement.predicateType}, and not ${type}`);
  const whole = z.object({ predicate: schema });
  const checked = checkJson({ predicate: statement.predicate }, statementText(statement), place, whole);
  return checked.ok ? ok(checked.value.predicate) : checked;
}

/** A refusal of a statement as a whole. @param why the end of a sentence: `is of type ...`. */
export function refuseStatement(place: string, why: string): Result<never, Failure> {
  const message = `the statement ${why}`;
  return err({
    reason: 'configuration',
    diagnostics: [{ severity: 'error', message, location: { file: place } }],
  });
}
