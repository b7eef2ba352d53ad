import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { renderVulnerabilities } from '../../report/page/vulnerabilities.tsx';
import { vexFile, vulnerabilitiesPage } from '../../run/deliver/beside-names.ts';
import type { Vulnerabilities } from '../../vulnerability/finding.ts';
import { vulnerabilitiesJson } from '../../vulnerability/result-json.ts';
import { sarif } from '../../vulnerability/sarif.ts';
import { csafFileName, csafVex } from '../../vulnerability/vex/csaf.ts';
import { openVex, type VexAuthor } from '../../vulnerability/vex/openvex.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { writeWholeFile } from '../../workspace/write-file.ts';

/** Who publishes, where the settings do not say. */
const nobody: VexAuthor = { name: 'eksd-rebuild', namespace: 'urn:eksd-rebuild' };

/** The documents about what was found, by their file names; all but the page for programs. */
export function documentsOf(
  found: Vulnerabilities,
  { vulnerabilities }: Pick<Workspace, 'vulnerabilities'>,
  version: string,
): ReadonlyMap<string, string> {
  const author = vulnerabilities.publisher ?? nobody;
  const json = vulnerabilitiesJson(found);
  return new Map([
    ['vulnerabilities.json', `${JSON.stringify(json, null, 2)}\n`],
    [vulnerabilitiesPage, renderVulnerabilities(json)],
    ['vulnerabilities.sarif', sarif(found, version)],
    [vexFile, openVex(found, author)],
    [csafFileName(found.release), csafVex(found, author)],
  ]);
}

/** Writes them into a folder, each whole or not at all, and says where. Errors: those of `writeWholeFile`. */
export async function writeDocuments(
  documents: ReadonlyMap<string, string>,
  folder: string,
  host: Host,
): Promise<Result<void, Failure>> {
  for (const [name, text] of documents) {
    const written = await writeWholeFile(join(folder, name), text, host);
    if (!written.ok) return written;
  }
  host.stderr.write(`${[...documents.keys()].join(', ')} in ${shownPath(folder, host.cwd)}\n`);
  return ok(undefined);
}
