import { decodeJson } from '../../config/json.ts';
import type { Json } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { RunReport } from '../../report/run-report.ts';
import { subjectName } from '../../statement/equivalence.ts';
import { openVexSchema } from '../../statement/openvex.ts';
import { vexType } from '../../statement/predicates.ts';
import { imageSubjects } from '../../statement/provenance.ts';
import type { Statement, Subject } from '../../statement/statement.ts';
import { readText } from '../../tool/file/read-file.ts';
import { shownPath } from '../../workspace/shown-path.ts';

/** UTF-16 code units; that of all programs of a release has 2 MiB. */
const most = 32 * 2 ** 20;

/** An OpenVEX document, and the SHA-256 of each product that it speaks of. */
export interface Vex {
  readonly place: string;
  readonly document: Json;
  readonly products: ReadonlySet<string>;
}

/** Reads what `vulns` writes (OpenVEX v0.2.0, by the SHA-256 of products). Errors: `usage`, `configuration`. */
export async function readVex(file: string, { cwd }: Host): Promise<Result<Vex, Failure>> {
  const place = shownPath(file, cwd);
  const text = await readText(file, { limit: most }, place);
  if (!text.ok) return err({ reason: 'configuration', diagnostics: [text.error] });
  if (text.value === undefined) {
    const help = '"eksd-rebuild vulns RELEASE" writes one.';
    return err({ reason: 'usage', message: `There is no file ${place}.`, help });
  }
  const decoded = decodeJson(text.value, place, openVexSchema, most);
  if (!decoded.ok) return decoded;
  const products = decoded.value.statements.flatMap((each) => each.products);
  return ok({
    place,
    document: decoded.value as Json,
    products: new Set(products.map(({ hashes }) => hashes['sha-256'])),
  });
}

/** What a document says of what a run made. Errors: `usage`, where it speaks of nothing of that: it is another run's. */
export function vexStatement(
  { place, document, products }: Vex,
  report: RunReport,
): Result<Statement, Failure> {
  const subject = madeBy(report).filter(({ digest }) => products.has(digest['sha256'] ?? ''));
  if (subject.length > 0) return ok({ subject, predicateType: vexType, predicate: document });
  const message = `${place} speaks of nothing that this run made.`;
  return err({
    reason: 'usage',
    message,
    help: `Have it written again: eksd-rebuild vulns ${report.release.name}`,
  });
}

/** Programs and images, each once by name and bytes. */
function madeBy({ verdicts, images = [] }: RunReport): readonly Subject[] {
  const programs = verdicts.flatMap(({ project, platform, name: file, found }) =>
    found === undefined
      ? []
      : [{ name: subjectName({ project, platform, file }), digest: { sha256: found } }],
  );
  const made = images.filter(({ digest }) => digest !== undefined);
  return [...programs, ...made.flatMap(imageSubjects)];
}
