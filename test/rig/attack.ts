import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { type Diagnostic, renderDiagnostic } from '../../orchestrator/core/diagnostic.ts';
import type { Result } from '../../orchestrator/core/result.ts';
import type { Ran } from './host.ts';
import type { World } from './world.ts';

/** What stands in the place of a file, and what is said of it. */
export interface Planted {
  readonly what: string;
  plant(path: string): void;
  readonly said: RegExp;
}

const text = (content: string | Uint8Array) => (path: string) => writeFileSync(path, content);

/** What is no file, or none that is read: for texts of every kind. */
export const badFiles: readonly Planted[] = [
  { what: 'a folder', plant: (path) => mkdirSync(path), said: /is a folder/ },
  {
    what: 'a dangling link',
    plant: (path) => symlinkSync('nowhere', path),
    said: /symbolic link/,
  },
  {
    what: 'a link to itself',
    plant: (path) => symlinkSync(basename(path), path),
    said: /symbolic link/,
  },
  { what: 'a pipe', plant: (path) => execFileSync('mkfifo', [path]), said: /is a pipe/ },
  {
    what: 'a link to a device that never ends',
    plant: (path) => symlinkSync(process.env['ATTACK_DEVICE'] ?? '/dev/zero', path),
    said: /is a device|is a symbolic link/,
  },
  {
    what: '2 GiB',
    plant(path) {
      const descriptor = openSync(path, 'w');
      ftruncateSync(descriptor, 2 ** 31);
      closeSync(descriptor);
    },
    said: /has more than [0-9]+ MiB/,
  },
];

/** What is no text. */
export const badTexts: readonly Planted[] = [
  {
    what: 'Latin-1',
    plant: text(Buffer.from('# caf\xe9\n', 'latin1')),
    said: /:1:6: error: .*no UTF-8.*0xe9 at offset 5/,
  },
  {
    what: 'half a character at its end',
    plant: text(Buffer.concat([Buffer.from('a: b\n#'), Buffer.from([0xf0, 0x9f])])),
    said: /:2:2: error: .*no UTF-8.*0xf0 at offset 6/,
  },
  {
    what: 'UTF-16',
    plant: text(Buffer.from('\ufeffschema: 1\n', 'utf16le')),
    said: /:1:1: error: .*no UTF-8.*0xff at offset 0/,
  },
];

const bomb = `a: &a [x, x, x, x, x, x, x, x, x]
${['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']
  .map((name, at) => `${name}: &${name} [${`*${'abcdefghij'[at]}, `.repeat(9)}]`)
  .join('\n')}
`;

/** What is YAML, and none of ours. */
export const badYaml: readonly Planted[] = [
  { what: 'an unknown alias', plant: text('schema: *nope\n'), said: /:1:9: error: the alias \*nope / },
  { what: 'an alias bomb', plant: text(bomb), said: /:[0-9]+:[0-9]+: error: too much for one file/ },
  { what: 'an alias within itself', plant: text('a: &a [b, *a]\n'), said: /:1:11: error: the alias \*a / },
  { what: 'an alias above its anchor', plant: text('a: *b\nc: &b d\n'), said: /:1:4: error: the alias \*b / },
  {
    what: 'lists in lists in lists',
    plant: text(`a: ${'['.repeat(100_000)}`),
    said: /:1:[0-9]+: error: nested more than 64 levels deep/,
  },
  {
    what: 'steps without end',
    plant: text(Array.from({ length: 500 }, (_, at) => `${' '.repeat(at)}a:\n`).join('')),
    said: /:[0-9]+:[0-9]+: error: nested more than 64 levels deep/,
  },
  {
    what: 'dashes without end',
    plant: text(`${'- '.repeat(50_000)}a\n`),
    said: /:1:[0-9]+: error: nested more than 64 levels deep/,
  },
  {
    what: 'a field twice',
    plant: text('schema: 1\nschema: 1\n'),
    said: /:2:1: error: malformed YAML: Map keys/,
  },
  {
    what: 'a merge key',
    plant: text('a: &a {b: c}\nd: {<<: *a}\n'),
    said: /:2:5: error: no field is called << ?/,
  },
  {
    what: 'a prototype',
    plant: text('__proto__: {a: b}\n'),
    said: /:1:1: error: no field is called __proto__/,
  },
  {
    what: 'a list as a name',
    plant: text('? [a, b]\n: c\n'),
    said: /:1:3: error: the name of a field is a text/,
  },
  {
    what: 'a tag of its own',
    plant: text('a: !js/function x\n'),
    said: /:1:4: error: malformed YAML: Unresolved tag/,
  },
  {
    what: 'a tag for bytes',
    plant: text('a: !!binary aGk=\n'),
    said: /:1:4: error: malformed YAML: Unresolved tag/,
  },
  {
    what: 'two documents',
    plant: text('a: b\n---\nc: d\n'),
    said: /:[23]:1: error: malformed YAML: a second/,
  },
  { what: 'a NUL', plant: text('a: "b\0"\n\0'), said: /: error: / },
  { what: 'a list', plant: text('- a\n'), said: /:1:1: error: / },
  { what: 'one word', plant: text('a\n'), said: /:1:1: error: / },
  {
    what: 'ten thousand fields of no meaning',
    plant: text(Array.from({ length: 10_000 }, (_, at) => `x${at}: 1\n`).join('')),
    said: /unknown field "x0"[\s\S]* more complaints/,
  },
];

/** What is said of a text that is decoded, as it would be shown; nothing where there is nothing against it. */
export function saidOf(decoded: Result<unknown, readonly Diagnostic[]>): string {
  return decoded.ok ? '' : decoded.error.map(renderDiagnostic).join('\n');
}

/** Some of a table's cases: what a decoder refuses is refused by the program that it is part of, which takes a hundred times as long. */
export function sampleOf<T>(cases: readonly T[]): readonly T[] {
  return cases.filter((_, at) => at % 12 === 0);
}

/** Milliseconds: what takes longer waits for somebody, or for ever. */
const patience = 8000;

/** Runs the program, and no longer than it may take. A pipe that it waits at is opened for it then. */
async function runWithin(
  world: World,
  argv: readonly string[],
  pipe: string | undefined,
): Promise<Ran | string> {
  const timeout = new AbortController();
  const ran = world.run(argv).catch((error: unknown) => `it threw: ${String(error)}`);
  const late = setTimeout(patience, 'it hangs', { signal: timeout.signal }).catch(() => 'it hangs');
  const first = await Promise.race([ran, late]);
  timeout.abort();
  if (first === 'it hangs' && pipe !== undefined && existsSync(pipe)) {
    closeSync(openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK));
    await ran;
  }
  return first;
}

/** An attack by way of a file of the workspace. */
export interface Attack {
  /** Of the file that is bad: absolute. */
  readonly file: string;
  readonly planted: Planted;
  readonly argv: readonly string[];
  /** How the file is called in what is said; its own name where it is absent. */
  readonly named?: string;
}

/**
 * Puts something bad in the place of a file, runs a command, and puts back what was there. It has to end with 2 and to name the file
 * and the reason; nothing may be thrown, and nothing written but in the cache.
 */
export async function attack(
  world: World,
  { file, planted, argv, named = basename(file) }: Attack,
): Promise<void> {
  const aside = `${file}.aside`;
  if (existsSync(file)) renameSync(file, aside);
  mkdirSync(dirname(file), { recursive: true });
  planted.plant(file);
  const before = everything(world);
  try {
    const ran = await runWithin(world, argv, file);
    if (typeof ran === 'string') throw new Error(ran);
    assert.is(ran.code, 2, ran.stderr);
    assert.not.match(`${ran.stdout}${ran.stderr}`, /^ +at .*:[0-9]+:[0-9]+\)?$/m);
    assert.ok(ran.stderr.includes(named), `no word on ${named}: ${ran.stderr.slice(0, 500)}`);
    assert.match(ran.stderr, planted.said);
    assert.equal(everything(world), before);
  } finally {
    rmSync(file, { recursive: true, force: true });
    if (existsSync(aside)) renameSync(aside, file);
  }
}

/** The names of all that is in a world but its cache. */
export function everything({ folder }: Pick<World, 'folder'>): readonly string[] {
  const names = readdirSync(folder, { recursive: true }).map(String);
  return names.filter((name) => !/^(cache|git)(\/|$)/.test(name)).sort();
}
