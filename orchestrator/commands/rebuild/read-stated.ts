import type { Failure } from '../../core/failure.ts';
import { parseJson } from '../../core/json-text.ts';
import { err, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { readProvenance, type StatedBuild } from '../../statement/read-provenance.ts';
import { mostOfStatement, payloadType, readStatement } from '../../statement/statement.ts';
import { readStatementIndex } from '../../statement/statement-index.ts';
import { readText } from '../../tool/file/read-file.ts';
import { shownPath } from '../../workspace/shown-path.ts';

/**
 * Reads a provenance from a file: a statement, or a bundle that holds one. No signature is looked at: what comes out shows whether the
 * statement is true, and "trust" whose it is. Errors: `usage`, `configuration`.
 */
export async function readStated(file: string, { cwd }: Host): Promise<Result<StatedBuild, Failure>> {
  const place = shownPath(file, cwd);
  // A payload in base64 is a third longer.
  const text = await readText(file, { limit: 2 * mostOfStatement }, place);
  if (!text.ok) return err({ reason: 'configuration', diagnostics: [text.error] });
  if (text.value === undefined) {
    const message = `There is no file ${place}.`;
    const help = 'Name a statement: "eksd-rebuild attest RELEASE" writes them.';
    return err({ reason: 'usage', message, help });
  }
  const list = readStatementIndex(text.value, place);
  if (list.ok) {
    const message = `${place} lists the statements of ${list.value.release}, and is none.`;
    const help = 'Name the file of one: what it is about stands beside its "path" in the list.';
    return err({ reason: 'usage', message, help });
  }
  const statement = readStatement(payloadOf(text.value) ?? text.value, place);
  return statement.ok ? readProvenance(statement.value, place) : statement;
}

/** What a Sigstore bundle has signed; undefined where the text is none, or holds something else. */
function payloadOf(text: string): string | undefined {
  const { dsseEnvelope: envelope } = (parseJson(text) ?? {}) as { readonly dsseEnvelope?: unknown };
  if (typeof envelope !== 'object' || envelope === null) return undefined;
  const { payload, payloadType: type } = envelope as {
    readonly payload?: unknown;
    readonly payloadType?: unknown;
  };
  if (typeof payload !== 'string' || type !== payloadType) return undefined;
  return Buffer.from(payload, 'base64').toString('utf8');
}
