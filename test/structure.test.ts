import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What each room may import: other rooms, packages, and node's modules. The table of orchestrator/README.md. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: ['core', 'node:crypto'],
  config: ['core', 'config', 'yaml', 'zod'],
  release: ['core', 'config', 'plan', 'release', 'tool'],
  plan: ['core', 'config', 'plan', 'semver'],
  tool: ['core', 'tool', 'agent-base', 'execa', 'http-proxy-agent', 'https-proxy-agent', 'tar', 'node:'],
  store: ['core', 'store', 'tool', 'node:'],
  task: [
    'core',
    'config',
    'image',
    'packages',
    'plan',
    'registry',
    'task',
    'tool',
    'store',
    'minimatch',
    'node-sqlite3-wasm',
    'node:',
  ],
  engine: ['core', 'plan', 'task', 'store', 'tool', 'engine', 'p-limit', 'node:'],
  verify: ['core', 'config', 'store', 'tool', 'verify'],
  image: ['core', 'tool', 'image', 'node:'],
  registry: ['core', 'config', 'image', 'tool', 'registry', '@aws-sdk', 'node:'],
  packages: ['core', 'config', 'tool', 'packages', 'saxes', 'node-sqlite3-wasm', 'node:'],
  cluster: ['core', 'config', 'plan', 'cluster', 'yaml'],
  inspect: ['core', 'image', 'tool', 'inspect', 'node:'],
  explain: ['core', 'config', 'plan', 'inspect', 'verify', 'explain'],
  report: ['core', 'config', 'report', 'tool', 'verify', 'listr2', 'picocolors'],
  workspace: [
    'core',
    'config',
    'plan',
    'store',
    'workspace',
    'host',
    'fastest-levenshtein',
    'minimatch',
    'node:',
  ],
  wiring: [
    ...[
      'core',
      'config',
      'release',
      'plan',
      'engine',
      'image',
      'inspect',
      'packages',
      'registry',
      'store',
      'task',
      'tool',
      'verify',
      'workspace',
      'wiring',
      'host',
    ],
    ...['p-limit', 'node:'],
  ],
  sample: ['core', 'config', 'release', 'store', 'tool', 'workspace', 'wiring', 'sample', 'host', 'node:'],
};

/** Rooms whose only import of another is of its types. */
const typesOnly: readonly (readonly [string, string])[] = [
  ['release', 'tool'],
  ['release', 'plan'],
  ['engine', 'task'],
  ['wiring', 'verify'],
  ['explain', 'plan'],
  ['explain', 'verify'],
  ['registry', 'config'],
  ['cluster', 'config'],
  ['verify', 'tool'],
  ['verify', 'store'],
  ['task', 'store'],
];

interface Import {
  readonly file: string;
  readonly target: string;
  readonly isType: boolean;
}

const sources = filesBelow('orchestrator').filter((file) => file.endsWith('.ts'));
const imports = sources.flatMap(importsOf);

test('every room imports only what the architecture allows it', () => {
  const wrong = imports.filter(({ file, target }) => {
    const allowed = mayImport[roomOf(file)];
    return (
      allowed !== undefined &&
      !allowed.some((each) => (each.endsWith(':') ? target.startsWith(each) : target === each))
    );
  });
  assert.equal(
    wrong.map(({ file, target }) => `${file} imports ${target}`),
    [],
  );
});

test('where a room may know only the types of another, it imports no values of it', () => {
  const wrong = imports.filter(
    ({ file, target, isType }) =>
      !isType && typesOnly.some(([from, to]) => roomOf(file) === from && target === to),
  );
  assert.equal(
    wrong.map(({ file, target }) => `${file} imports values of ${target}`),
    [],
  );
});

test('no file imports itself by way of others', () => {
  const edges = new Map<string, readonly string[]>();
  for (const file of sources) edges.set(file, relativeImports(file));
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert.not.ok(path.includes(file), `cycle: ${[...path, file].join(' -> ')}`);
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
});

test('no file is longer than 300 lines, and half of them are shorter than 100', () => {
  const all = [...sources, ...filesBelow('test').filter((file) => file.endsWith('.ts'))];
  const lengths = all.map((file) => ({ file, lines: read(file).split('\n').length - 1 }));
  assert.equal(
    lengths.filter(({ lines }) => lines > 300),
    [],
  );
  const sorted = lengths.filter(({ file }) => file.startsWith('orchestrator')).map(({ lines }) => lines);
  assert.ok((sorted.sort((a, b) => a - b)[Math.floor(sorted.length / 2)] ?? 0) < 100);
});

test('every test file runs its tests', () => {
  const silent = filesBelow('test').filter(
    (file) => file.endsWith('.test.ts') && !/\.run\(\);/.test(read(file)),
  );
  assert.equal(silent, []);
});

test('only the edge reads the process', () => {
  const reads =
    /\bprocess\.(env|argv|cwd|std|exit|pid|platform|on|kill|umask|getuid)|import (?!\{ kill \} )[^;]*'node:process'/;
  const wrong = sources.filter((file) => file !== 'orchestrator/cli.ts' && reads.test(read(file)));
  assert.equal(wrong, []);
});

function importsOf(file: string): readonly Import[] {
  const found = read(file).matchAll(/^(?:import|export) (type )?([^'";=|]*?) from '([^']+)';$/gm);
  return [...found].map(([, type, names = '', specifier = '']) => {
    const isType = type !== undefined || /^\{(\s*type\s+\w+(\s+as\s+\w+)?\s*,?)+\s*\}$/.test(names);
    if (!specifier.startsWith('.')) return { file, target: specifier.split('/')[0] ?? '', isType };
    return { file, target: roomOf(normalize(join(dirname(file), specifier))), isType };
  });
}

function relativeImports(file: string): readonly string[] {
  const found = read(file).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g);
  return [...found].map(([, specifier = '']) => normalize(join(dirname(file), specifier)));
}

function roomOf(file: string): string {
  const parts = file.split('/');
  return parts.length > 2 ? (parts[1] ?? '') : (parts[1] ?? '').replace(/\.ts$/, '');
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

test.run();
