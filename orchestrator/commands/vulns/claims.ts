import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { fixesOf, messageOf, vulnerabilitiesIn } from '../../config/lock/patch-message.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { PatchPin, SourceNode, ToolchainNode } from '../../plan/node-go.ts';
import { readSource } from '../../tool/file/read-file.ts';
import type { GoDatabase } from '../../vulnerability/database/database.ts';
import type { GoRecord } from '../../vulnerability/database/record.ts';
import {
  compareFindings,
  type Finding,
  type KnownSide,
  type Unclaimed,
} from '../../vulnerability/finding.ts';
import { namesOf } from '../../vulnerability/judge-program.ts';
import { type BuiltFrom, evidenceOf, type NamingPatch } from '../../vulnerability/vex/evidence.ts';
import { patchedCode } from '../../vulnerability/vex/patched-code.ts';
import type { LookedInto } from './scanning.ts';

/** The trees that a program was compiled from, with the patches that made them. */
export interface Origin {
  readonly source: { readonly node: SourceNode; readonly tree: string } | undefined;
  readonly toolchain: { readonly node: ToolchainNode; readonly tree: string } | undefined;
  /** The folder of go.mod below the checkout, or `.`. */
  readonly folder: string;
  /** Whether `vendor/` was made of modules that were held to their sums. */
  readonly isVendorMade: boolean;
}

/** The texts of patches. */
export type ReadPatches = (
  pins: readonly PatchPin[],
) => Promise<Result<readonly { readonly pin: PatchPin; readonly text: string }[], Failure>>;

/** A patch, the numbers that it names, and what it did in a tree that was compiled. */
interface Named extends NamingPatch {
  readonly fixes: readonly string[];
}

/** What patches mended of programs. Patches are read, and trees looked through, once for each project. */
export function createClaims(read: ReadPatches, database: GoDatabase) {
  const byTree = new Map<string, Promise<Result<readonly Named[], Failure>>>();
  const named = (tree: string, pins: readonly PatchPin[], isOfGo: boolean) => {
    const asked = byTree.get(tree) ?? readNamed(read, tree, pins, isOfGo);
    byTree.set(tree, asked);
    return asked;
  };
  return {
    /** The side with what patches mended said so, and what they name without that. */
    async apply(
      project: string,
      { side, scan }: LookedInto,
      origin: Origin,
    ): Promise<Result<{ readonly side: KnownSide; readonly unclaimed: readonly Unclaimed[] }, Failure>> {
      const { source, toolchain } = origin;
      const patches: Named[] = [];
      if (source !== undefined) {
        const own = await named(join(source.tree, 'source'), source.node.patches, false);
        if (!own.ok) return own;
        patches.push(...own.value);
      }
      if (toolchain !== undefined && toolchain.node.patches.length > 0) {
        const ofGo = await named(join(toolchain.tree, 'go'), toolchain.node.patches, true);
        if (!ofGo.ok) return ofGo;
        patches.push(...ofGo.value);
      }
      const built: BuiltFrom = {
        modules: scan.modules,
        folder: origin.folder,
        isVendored: async (path) =>
          !origin.isVendorMade &&
          source !== undefined &&
          isFolder(join(source.tree, 'source', posix.join(origin.folder, 'vendor', path))),
      };
      return ok(await claim(project, side, patches, built, database));
    },
  };
}

async function claim(
  project: string,
  side: KnownSide,
  patches: readonly Named[],
  built: BuiltFrom,
  database: GoDatabase,
): Promise<{ readonly side: KnownSide; readonly unclaimed: readonly Unclaimed[] }> {
  const findings = new Map(side.findings.map((each) => [keyOf(each), each]));
  const unclaimed: Unclaimed[] = [];
  for (const id of new Set(patches.flatMap(({ fixes }) => fixes))) {
    const naming = patches.filter(({ fixes }) => fixes.includes(id));
    const patch = naming.map(({ path }) => path).join(', ');
    const record = recordOf(id, database);
    if (record === undefined) {
      unclaimed.push({ id, project, patch, why: 'no record of the database has it' });
      continue;
    }
    const evidence = await evidenceOf(record, naming, built);
    const about = [...findings.values()].filter((each) => isAbout(each, record));
    const open = about.filter(({ state }) => state !== 'not-affected');
    if (!evidence.ok) {
      // Of what is not in the program nothing needs to be shown.
      if (open.length > 0) unclaimed.push({ id, project, patch, why: evidence.error });
      continue;
    }
    const why = `${evidence.value}; named by ${patch}.`;
    for (const each of about.length > 0 ? open : [mended(record, built)]) {
      if (each !== undefined) findings.set(keyOf(each), { ...each, state: 'fixed', why });
    }
  }
  return { side: { ...side, findings: [...findings.values()].sort(compareFindings) }, unclaimed };
}

/** What no finding speaks of any more: its version is past the fix. */
function mended(record: GoRecord, { modules }: BuiltFrom): Finding | undefined {
  const module = modules.find(({ path }) => record.affected.some((each) => each.module === path));
  if (module === undefined) return undefined;
  return {
    ...namesOf(record),
    ...{ source: 'go', component: module.path, version: module.version, state: 'fixed', why: '' },
    ...defined({ summary: record.summary, url: record.url }),
  };
}

function recordOf(id: string, { records }: GoDatabase): GoRecord | undefined {
  return [...records.values()].find((each) => each.id === id || each.aliases.includes(id));
}

function isAbout({ id, aliases, source }: Finding, record: GoRecord): boolean {
  return source === 'go' && (id === record.id || aliases.includes(record.id));
}

function keyOf({ id, component, version, source }: Finding): string {
  return JSON.stringify([id, component, version, source]);
}

async function readNamed(
  read: ReadPatches,
  tree: string,
  pins: readonly PatchPin[],
  isOfGo: boolean,
): Promise<Result<readonly Named[], Failure>> {
  const texts = await read(pins);
  if (!texts.ok) return texts;
  const found: Named[] = [];
  for (const { pin, text } of texts.value) {
    const fixes = fixesOf(pin.path, vulnerabilitiesIn(messageOf(text)));
    if (fixes.length === 0) continue;
    const code = await patchedCode(text, async (path) => {
      const content = await readSource(join(tree, path));
      return content === '' ? undefined : content;
    });
    found.push({ path: pin.path, isOfGo, code, fixes });
  }
  return ok(found);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
