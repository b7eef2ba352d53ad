import {
  accessSync,
  chmodSync,
  constants,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Which tests need a program. Each of them needs what the ones before it need, too. */
const stages = ['unit', 'real', 'slow'] as const;
export type Stage = (typeof stages)[number];

/** A line of `.ci/programs`. */
export interface NeededProgram {
  readonly name: string;
  /** Debian's; undefined for what README asks of everybody, as Debian's may be too old. */
  readonly inPackage: string | undefined;
  readonly stage: Stage;
  /** The program of the list that calls it, where no test of ours does. */
  readonly calledBy: string | undefined;
}

/** Where Debian's packages put programs. */
const debianFolders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The programs that tests need: `.ci/programs`. */
export function neededPrograms(): readonly NeededProgram[] {
  return readPrograms(readFileSync(fileURLToPath(new URL('../../.ci/programs', import.meta.url)), 'utf8'));
}

/** @throws where a line is not as the list's head says. */
export function readPrograms(text: string): readonly NeededProgram[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [name, inPackage, stage, calledBy, ...rest] = line.split(' ');
    if (name === undefined || inPackage === undefined || !isStage(stage) || rest.length > 0)
      throw new Error(`.ci/programs: "${line}" is not: program package ${stages.join('|')} [caller]`);
    return { name, inPackage: inPackage === '-' ? undefined : inPackage, stage, calledBy };
  });
}

function isStage(word: string | undefined): word is Stage {
  return stages.some((stage) => stage === word);
}

/** Those of the list that tests of a stage may call. */
export function programsOf(stage: Stage, all = neededPrograms()): readonly NeededProgram[] {
  return all.filter((each) => stages.indexOf(each.stage) <= stages.indexOf(stage));
}

/**
 * The absolute path of a program on the PATH: for what is not called, but looked at, linked or named to another program.
 * @throws what names it, and its package.
 */
export function programPath(name: string): string {
  const file = findIn(foldersOf(process.env['PATH']), name);
  if (file !== undefined) return file;
  const needed = neededPrograms().find((each) => each.name === name);
  throw new Error(
    needed === undefined ? `${name} is not in .ci/programs` : `missing on the PATH: ${describe(needed)}`,
  );
}

/** Says what of a list is missing here, and how to get it, in lines; empty where nothing is. */
export function describeMissing(programs: readonly NeededProgram[], path = process.env['PATH']): string {
  const missing = programs.filter((each) => findNeeded(each, path) === undefined);
  const packages = missing.flatMap(({ inPackage }) => inPackage ?? []);
  if (missing.length === 0) return '';
  return [
    'The tests need programs that are missing here:',
    ...missing.map((each) => `  ${describe(each)}`),
    ...(packages.length === 0 ? [] : [aptLine(packages)]),
    '',
  ].join('\n');
}

/** Without what packages recommend, which is a desktop's. */
function aptLine(packages: readonly string[]): string {
  return `apt-get install --no-install-recommends ${[...new Set(packages)].sort().join(' ')}`;
}

function describe({ name, inPackage }: NeededProgram): string {
  return `${name} (${inPackage === undefined ? 'see "Needed" in README.md' : `Debian's ${inPackage}`})`;
}

/**
 * A folder with links to those of the programs that are here: a PATH on which nothing else is found, so that what the list lacks
 * is missing on every machine. It is gone when this process ends.
 */
export function linkPrograms(programs: readonly NeededProgram[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'eksd-programs-'));
  // Some tests go on as nobody.
  chmodSync(folder, 0o755);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const each of programs) {
    const file = each.name === 'node' ? process.execPath : findNeeded(each);
    if (file !== undefined) symlinkSync(file, join(folder, each.name));
  }
  return folder;
}

/**
 * What everybody has is taken as the PATH has it; the rest must be Debian's. A version manager's script of that name, python3's say,
 * needs programs that are not in the list.
 */
function findNeeded({ name, stage }: NeededProgram, path = process.env['PATH']): string | undefined {
  return findIn(stage === 'unit' ? foldersOf(path) : debianFolders, name);
}

function foldersOf(path = ''): readonly string[] {
  return path.split(delimiter).filter(isAbsolute);
}

function findIn(folders: readonly string[], name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
