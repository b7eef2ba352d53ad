import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';

/**
 * What a file is by its name. `license`: terms, or who holds the rights, patents included. `notice`: what the Apache License 2.0
 * (4d) asks to hand on, and lists of what else is in it. `authors`: needed only where a licence refers to it. `readme`: the only place for the licence in some
 * old packages.
 */
export type LicenseFileKind = 'license' | 'notice' | 'authors' | 'readme';

export interface LicenseFile {
  readonly kind: LicenseFileKind;
  readonly name: string;
  /** Absolute; a link's target. */
  readonly path: string;
}

/** Beside what google/go-licenses knows: what `go mod vendor` copies (cmd/go/internal/modcmd, metaPrefixes), and MIT-LICENSE. */
const kinds: readonly (readonly [LicenseFileKind, RegExp])[] = [
  ['notice', /(third|3rd)[-_ ]?part(y|ies)/i],
  ['license', /(^|[-_. ])(un)?licen[cs]es?($|[-_. ])/i],
  ['license', /^(copying|copyright|copyleft|legal|patents?)($|[-_. ])/i],
  ['notice', /^notices?($|[-_. ])/i],
  ['authors', /^(authors|contributors)($|[-_. ])/i],
  ['readme', /^readme($|\.)/i],
];

/** Endings of what only deals with licences: `license.go`, `check_license.sh`, `.license-header.yml`. */
const otherEndings =
  /\.(asm|bat|c|cc|css|go|h|html|in|js|json|lock|mod|mk|out|pl|png|proto|ps1|py|rb|s|sh|sum|svg|tmpl|toml|tpl|ts|ya?ml)$/i;

export function licenseFileKind(name: string): LicenseFileKind | undefined {
  if (name.startsWith('.') || otherEndings.test(name)) return undefined;
  return kinds.find(([, pattern]) => pattern.test(name))?.[0];
}

/**
 * The files of a folder that deal with its licence, by name in code-unit order.
 * @param boundary a link that leads out of this folder is not followed: what is there is none of the module's.
 */
export async function findLicenseFiles(folder: string, boundary: string): Promise<readonly LicenseFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: LicenseFile[] = [];
  for (const entry of entries.sort((a, b) => byCodeUnit(a.name, b.name))) {
    const kind = licenseFileKind(entry.name);
    if (kind === undefined) continue;
    const path = join(folder, entry.name);
    if (entry.isFile()) found.push({ kind, name: entry.name, path });
    else if (entry.isSymbolicLink()) {
      const target = await fileWithin(path, boundary);
      if (target !== undefined) found.push({ kind, name: entry.name, path: target });
    }
  }
  return found;
}

async function fileWithin(link: string, boundary: string): Promise<string | undefined> {
  const [target, top] = await Promise.all([link, boundary].map((each) => realpath(each).catch(() => '')));
  if (!target?.startsWith(`${top}/`)) return undefined;
  return (await stat(target)).isFile() ? target : undefined;
}
