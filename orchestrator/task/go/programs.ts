import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { isProgramName } from '../../core/names.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Program } from '../../plan/node-go.ts';
import { within } from '../source/within.ts';

/** One package and the file that the build makes of it, without `.exe`. */
export interface NamedProgram {
  readonly name: string;
  readonly package: string;
}

/**
 * Expands patterns in a checkout: `./plugins/main/*` stands for every folder there that has a Go file.
 * Errors: `missing-output` where a pattern fits nothing, `unsafe-path` for a folder that no program can be called after.
 */
export async function expandPrograms(
  moduleFolder: string,
  programs: readonly Program[],
): Promise<Result<readonly NamedProgram[], Failure>> {
  const named: NamedProgram[] = [];
  for (const program of programs) {
    if (!program.package.includes('*')) {
      named.push({ name: program.name ?? basename(program.package), package: program.package });
      continue;
    }
    const folders = await matchFolders(moduleFolder, program.package, program.except ?? []);
    if (folders.length === 0) {
      const detail = 'the pattern fits no folder of the checkout that holds Go files';
      return err({ reason: 'missing-output', file: program.package, detail });
    }
    for (const folder of folders) {
      const name = basename(folder);
      if (!isProgramName(name))
        return err({
          reason: 'unsafe-path',
          path: folder,
          where: 'the checkout',
          detail: 'has a name that no program can have',
        });
      named.push({ name, package: folder });
    }
  }
  return ok(named);
}

async function matchFolders(
  root: string,
  pattern: string,
  except: readonly string[],
): Promise<readonly string[]> {
  let found = ['.'];
  for (const segment of pattern.replace(/^\.\//, '').split('/')) {
    const fits = new RegExp(`^${segment.split('*').map(escaped).join('[^/]*')}$`);
    const next: string[] = [];
    for (const folder of found) {
      const at = await within(root, folder);
      const entries = at === undefined ? [] : await readdir(at, { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        if (entry.isDirectory() && fits.test(entry.name)) next.push(`${folder}/${entry.name}`);
      }
    }
    found = next;
  }
  const kept: string[] = [];
  for (const folder of found.sort(byCodeUnit)) {
    const files = await readdir(join(root, folder));
    if (!except.includes(basename(folder)) && files.some((file) => file.endsWith('.go'))) kept.push(folder);
  }
  return kept;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.|?+()[\]{}]/g, '\\$&');
}
