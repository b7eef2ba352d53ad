import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programsCalledIn, shellPrograms } from './called-programs.ts';
import { neededPrograms } from './programs.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

function filesBelow(folder: string, end: string): ReadonlyMap<string, string> {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const paths = names.filter((name) => name.endsWith(end)).map((name) => join(folder, name));
  // What is planted here is not called.
  return new Map(
    paths.filter((path) => !/rig\/.*programs\.test\.ts$/.test(path)).map((path) => [path, read(path)]),
  );
}

const needed = neededPrograms();
const tests = filesBelow('test', '.ts');

/** Calls as a test might have them, and what is seen in them. */
const planted: Readonly<Record<string, readonly string[]>> = {
  "execFileSync('one', ['two'])": ['one'],
  'spawn(\n  "one",\n  two,\n)': ['one'],
  "const out = spawnSync('/usr/bin/one', [`three`], { env: { a: 'b' } }).stdout;": ['one'],
  "await promisify(execFile)('one')": [],
  "execFileSync(join(folder, 'two'), ['three'])": [],
  "spawn(process.execPath, ['two'])": [],
  "/one(a)/.exec('two three')": [],
  "const tool = 'one';\nexecFileSync(tool);": ['one'],
  "const tools = ['one', 'two'];\nfor (const tool of tools) add(programPath(tool), '/');": ['one', 'two'],
  "for (const tool of ['one', 'two']) execFileSync(tool);": ['one', 'two'],
  "function run(folder: string, program: string) { execFileSync(program); }\nrun('two', 'one');": ['one'],
  "const run = (program: string, ...args: string[]) => execFileSync(program, args);\nrun('one', 'two');": [
    'one',
  ],
  "function only(...all: string[]) { for (const each of all) programPath(each); }\nonly('one', 'two');": [
    'one',
    'two',
  ],
  "execSync('one --two | three')": ['one', 'three'],
  "execFileSync('sh', ['-c', 'command -v one'])": ['sh', 'one'],
  "execFileSync('sh', ['-eu', '-c', `A=b one $(two ${'three'}) && exec four`])": ['sh', 'two', 'one', 'four'],
  "execFileSync('/bin/bash', [script])": ['bash'],
  "execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs'])": ['unshare', 'mount'],
  "execFileSync('env', ['-i', 'A=b', 'sh', '-c', 'one', 'two'])": ['env', 'sh', 'one'],
  "createRunProcess({});\nrun({ program: 'one', args: ['-c', 'two'] });": ['one'],
  "createRunProcess({});\nrun({ program: 'sh', args: ['-c', 'two'] });": ['sh', 'two'],
  "writeFileSync(file, '#!/usr/bin/env one\\n')": ['env', 'one'],
};

test('a call is seen however it is written, and nothing else is', () => {
  for (const [text, expected] of Object.entries(planted)) {
    const seen = programsCalledIn(new Map([['a.ts', text]])).map(({ name }) => name);
    assert.equal([text, [...seen].sort()], [text, [...expected].sort()]);
  }
  const helper = 'export function run(program: string) {\n  execFileSync(program);\n}\n';
  const files = {
    'rig/a.ts': helper,
    'b.ts': "import { run } from './rig/a.ts';\n\nrun('one');",
    'c.ts': "run('two');",
  };
  assert.equal(programsCalledIn(new Map(Object.entries(files))), [{ name: 'one', place: 'b.ts:3' }]);
});

test('of a shell script all commands are seen, and no words', () => {
  const script = `set -eu # comment
own() { one "two three" >/dev/null; }
if [ "$a" = b ] || own; then cd "$c"; fi
for each in four five; do six '$(seven)' | eight; done
case $x in nine) exec ten ;; esac
A=b make -s || { echo no; exit 1; }
`;
  assert.equal(shellPrograms(script), ['one', 'six', 'eight', 'ten', 'make']);
});

test('whatever is called by its name is in .ci/programs', () => {
  const makefile = read('Makefile')
    .replaceAll(/^[^\t].*$|@/gm, '')
    .replaceAll(/\$\((?:[^()]|\([^()]*\))*\)/g, '$0');
  const calls = [
    ...programsCalledIn(tests),
    ...shellPrograms(read('.ci/run')).map((name) => ({ name, place: '.ci/run' })),
    ...shellPrograms(makefile).map((name) => ({ name, place: 'Makefile' })),
  ];
  assert.ok(calls.length > 150, `${calls.length}`);
  const unknown = calls.filter(({ name }) => needed.every((each) => each.name !== name));
  assert.equal(
    unknown.map(({ name, place }) => `${place} calls ${name}, which .ci/programs lacks`),
    [],
  );
});

test('whatever is in .ci/programs is called, once in the list', () => {
  const code = [...tests.values(), ...filesBelow('orchestrator', '.ts').values()];
  const scripts = [
    ...[read('.ci/run'), read('Makefile')],
    ...[...filesBelow('examples', '.sh').values(), ...filesBelow('projects', '.yaml').values()],
  ];
  const text = [
    ...code.map((each) => each.replaceAll(/^\s*(\/\*[\s\S]*?\*\/|\/\/.*)$/gm, '')),
    ...scripts.map((each) => each.replaceAll(/(^|\s)#.*$/gm, '')),
  ].join('\n');
  const names = needed.map(({ name }) => name);
  const unused = needed.filter(({ name, calledBy }) => {
    if (calledBy !== undefined) return !names.includes(calledBy);
    return !new RegExp(`(?<![\\w.-])${name.replaceAll('.', '\\.')}(?![\\w.-])`).test(text);
  });
  assert.equal(
    unused.map(({ name }) => name),
    [],
  );
  assert.equal(
    names.filter((name, at) => names.indexOf(name) !== at),
    [],
  );
});

test.run();
