import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutUrlCredentials } from '../../core/credentials.ts';
import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { openImageSource } from '../../oci/image/open-source.ts';
import { fetchPublished } from '../../run/explain/fetch-published.ts';
import { openInspector } from '../../run/explain/look-inside.ts';
import { claimCache, openProcesses } from '../../run/wiring/tools.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import {
  type ArchiveSource,
  type ComparingArchives,
  compareArchiveFiles,
} from '../../verdict/archive/compare-files.ts';
import { compareBinaries } from '../../verdict/inspect/compare-binaries.ts';
import type { BinaryComparison } from '../../verdict/inspect/difference.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { activityOf, telling } from '../words/activity-of.ts';
import { reportFailure } from '../words/report-failure.ts';
import { compareSources } from './compare-image.ts';
import { describeArchiveComparison } from './describe-archive.ts';

export interface CompareArchiveOptions extends GlobalOptions {
  readonly programs?: boolean;
  readonly json?: boolean;
}

/** `eksd-rebuild compare archive A B`: exit code 1 where they differ in more than what can be set aside. */
export async function compareArchive(
  a: string,
  b: string,
  options: CompareArchiveOptions,
  host: Host,
): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const sources: ArchiveSource[] = [];
  for (const given of [a, b]) {
    const path = await fetchPublished(given, workspace.value, host, activityOf(host), oneArchive);
    if (!path.ok) return reportFailure(path.error, host);
    if ((await stat(path.value)).isDirectory()) return reportFailure(isFolder(given), host);
    sources.push({ path: path.value, name: withoutUrlCredentials(given) });
  }
  const [left, right] = sources as [ArchiveSource, ArchiveSource];
  ensureFolder(workspace.value.cache);
  const scratch = await mkdtemp(join(workspace.value.cache, 'compare-'));
  try {
    const comparing: ComparingArchives = {
      scratch,
      signal: host.signal,
      compareImages: (one, other) => compareImagesIn(one, other, scratch, host),
      comparePrograms: options.programs === true ? await programs(workspace.value, host) : undefined,
    };
    const compared = await telling(host, `reading ${left.name} and ${right.name}`, () =>
      compareArchiveFiles(left, right, comparing),
    );
    if (!compared.ok) return reportFailure(compared.error, host);
    const { a: inA, b: inB, ...rest } = compared.value;
    const names = { a: left.name, b: right.name };
    host.stdout.write(
      options.json === true
        ? `${JSON.stringify({ schema: 1, ...names, archives: { a: inA, b: inB }, ...rest }, null, 2)}\n`
        : describeArchiveComparison(names.a, names.b, compared.value),
    );
    return compared.value.verdict === 'different' ? exitCode.different : exitCode.identical;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const oneArchive = 'Name the file of an archive, or the URL of one.';

function isFolder(given: string): Failure {
  const help = 'Name an archive; "compare image" compares images that are laid out in folders.';
  return { reason: 'usage', message: `${given} is a folder.`, help };
}

/** Two image tars, as `compare image` compares them. */
function compareImagesIn(a: ArchiveSource, b: ArchiveSource, scratch: string, { signal }: Host) {
  const places = new Map([a, b].map(({ name, path }) => [name, path]));
  return compareSources(
    a.name,
    b.name,
    {},
    {
      scratch,
      signal,
      open: (name, folder) => openImageSource(places.get(name) ?? name, { name, scratch: folder, signal }),
    },
  );
}

async function programs(
  workspace: Workspace,
  host: Host,
): Promise<(a: string, b: string) => Promise<Result<BinaryComparison, Failure>>> {
  claimCache(workspace, host);
  ensureFolder(join(workspace.cache, 'inspect'));
  const inspector = openInspector(workspace, await openProcesses(host, workspace), host);
  return async (a, b) => {
    const inA = await inspector.inspect(a, { strings: true });
    if (!inA.ok) return inA;
    const inB = await inspector.inspect(b, { strings: true });
    return inB.ok ? ok(compareBinaries(inA.value, inB.value)) : inB;
  };
}
