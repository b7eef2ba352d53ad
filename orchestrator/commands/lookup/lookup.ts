import { resolve } from 'node:path';
import { asDigest, type Digest } from '../../core/digest.ts';
import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { rowsOf } from '../../report/atlas/data.ts';
import { describeKnown } from '../../report/atlas/describe-known.ts';
import { knownDigests } from '../../report/atlas/view/digest.ts';
import { describeTroubles, gatherReleases } from '../../run/atlas/gather.ts';
import { digestOfFile } from '../../tool/file/read-file.ts';
import { type GlobalOptions, openWorkspace } from '../../workspace/workspace.ts';
import { reportFailure } from '../words/report-failure.ts';

export interface LookupOptions extends GlobalOptions {
  readonly records?: string;
  readonly json?: boolean;
}

/** `eksd-rebuild lookup FILE|SHA256`: what locks and records at hand say of a file. Ends with 5 where they say nothing. */
export async function lookup(what: string, options: LookupOptions, host: Host): Promise<number> {
  const sha256 = await digestOfWord(what, host);
  if (!sha256.ok) return reportFailure(sha256.error, host);
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const gathered = await gatherReleases(workspace.value, options.records, host);
  if (!gathered.ok) return reportFailure(gathered.error, host);
  const { releases, troubles } = gathered.value;
  host.stderr.write(describeTroubles(troubles));
  const rows = rowsOf(releases).filter(
    ({ file: { expected, said } }) => expected === sha256.value || said?.found === sha256.value,
  );
  const known = knownDigests(rows).find((each) => each.sha256 === sha256.value);
  const uses = known?.as ?? [];
  const found = { schema: 1, sha256: sha256.value, as: uses };
  const text = describeKnown(sha256.value, uses, releases.length);
  host.stdout.write(options.json === true ? `${JSON.stringify(found, null, 2)}\n` : text);
  return uses.length === 0 ? exitCode.nothingCompared : exitCode.identical;
}

/** Errors: `usage`, a file that cannot be read. */
async function digestOfWord(what: string, host: Host): Promise<Result<Digest, Failure>> {
  const sum = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(what)?.[1];
  if (sum !== undefined) return ok(asDigest(sum.toLowerCase()));
  const hashed = await digestOfFile(resolve(host.cwd, what));
  if (hashed.ok) return hashed;
  const help = 'Name a file, or its SHA-256: 64 digits and letters from a to f.';
  return err({ reason: 'usage', message: `${what} ${hashed.error}.`, help });
}
