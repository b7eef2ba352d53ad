import { join } from 'node:path';
import type { Json } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import { digestOfJson } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { parseJson } from '../../core/json-text.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { openInspector } from '../../run/explain/look-inside.ts';
import { fetchEnvironment } from '../../run/wiring/environment.ts';
import { once } from '../../run/wiring/once.ts';
import type { Processes } from '../../run/wiring/tools.ts';
import { readBytes, sizeLimit } from '../../tool/file/read-file.ts';
import { findHostGo } from '../../tool/go/go.ts';
import type { OpenDatabase } from '../../vulnerability/database/open.ts';
import type { KnownSide } from '../../vulnerability/finding.ts';
import { judgeProgram } from '../../vulnerability/judge-program.ts';
import type { ProgramScan } from '../../vulnerability/scan/program-scan.ts';
import { createScanner, scannerVersion } from '../../vulnerability/scan/scanner.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { writeWholeFile } from '../../workspace/write-file.ts';

/** A program to be looked into. */
interface ProgramFile {
  readonly sha256: string;
  /** Where it is from, for a reader. */
  readonly from: string;
  /** Of its module, where it says none itself. */
  readonly version: string | undefined;
  /** Its absolute path; asked for only where nothing is kept of it. */
  readonly file: () => Promise<Result<string, Failure>>;
}

/** A program that was looked into. */
export interface LookedInto {
  readonly scan: ProgramScan;
  readonly side: KnownSide;
}

/** Looks into programs, each once for each database. */
export interface Scanning {
  readonly database: OpenDatabase;
  look(program: ProgramFile): Promise<Result<LookedInto, Failure>>;
}

/** Raised when what is kept of a scan changes its shape, or what is concluded by. */
const schema = 1;

export function openScanning(
  workspace: Workspace,
  processes: Processes,
  database: OpenDatabase,
  host: Host,
): Scanning {
  const folder = join(workspace.cache, 'vulnerabilities');
  const environment = fetchEnvironment(host);
  const scanner = createScanner({
    packageFolder: host.packageFolder,
    folder: join(folder, 'scanner'),
    hostGo: once(() => findHostGo(processes.run, environment, host.packageFolder)),
    fetchEnvironment: environment,
    run: processes.run,
    signal: host.signal,
    inspector: openInspector(workspace, processes, host),
  });
  const fileOf = (key: Json) => {
    const name = digestOfJson(key);
    return join(folder, 'scans', name.slice(0, 2), `${name}.json`);
  };
  const scanOf = async ({ sha256, version, file }: ProgramFile): Promise<Result<ProgramScan, Failure>> => {
    const kept = fileOf({
      ...{ schema, sha256, scanner: scannerVersion, database: database.sha256 },
      version: version ?? null,
    });
    const known = await readBytes(kept, { limit: sizeLimit.lock });
    const parsed =
      known.ok && known.value !== undefined ? parseJson(known.value.toString('utf8')) : undefined;
    if (parsed !== undefined) return ok(parsed as ProgramScan);
    const place = await file();
    if (!place.ok) return place;
    const scan = await scanner.scan(place.value, version, database);
    // What is not kept is looked at again: that costs no more than time.
    if (scan.ok) await writeWholeFile(kept, `${JSON.stringify(scan.value)}\n`, host);
    return scan;
  };
  const looked = new Map<string, Promise<Result<ProgramScan, Failure>>>();
  return {
    database,
    async look(program) {
      const key = `${program.sha256} ${program.version}`;
      const asked = looked.get(key) ?? scanOf(program);
      looked.set(key, asked);
      const scan = await asked;
      if (!scan.ok) return scan;
      const main = scan.value.modules.find(({ isMain }) => isMain);
      const side: KnownSide = {
        ...{ known: true, from: program.from, sha256: [program.sha256] },
        ...judgeProgram(scan.value, database),
        ...defined({ module: main && (main.version === '' ? main.path : `${main.path}@${main.version}`) }),
      };
      return ok({ scan: scan.value, side });
    },
  };
}
