import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import type { OpenDatabase } from '../../orchestrator/vulnerability/database/open.ts';
import { judgeProgram } from '../../orchestrator/vulnerability/judge-program.ts';
import type { Scanner } from '../../orchestrator/vulnerability/scan/scanner.ts';
import { goRecord } from '../rig/go-database.ts';
import { type GoProgram, goPrograms } from '../rig/go-programs.ts';
import { addModule } from '../rig/module-proxy.ts';
import { suite } from '../rig/suite.ts';
import { vulnScanner } from '../rig/vuln-scanner.ts';

/** govulncheck's own library, on databases and programs of this test. It takes a minute to compile. */
interface Scanned {
  readonly folder: string;
  readonly programs: ReturnType<typeof goPrograms>;
  readonly scanner: Scanner;
  readonly database: OpenDatabase;
}

const test = suite<Scanned>('vulnscan');

const library = `package lib

import "fmt"

// Small is inlined wherever it is called.
func Small(s string) string { return s + "!" }

//go:noinline
func Large(s string) string { return fmt.Sprint(s, len(s)) }

type T struct{ n int }

//go:noinline
func (t *T) Method() int { t.n++; return t.n }
`;

/** Named after what is in it: the user's module cache keeps it, and holds other tests' to its sum. */
const lib = `vuln.test.example/lib-${digestOf(library).slice(0, 12)}`;

test.before(async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vulnscan-'));
  const programs = goPrograms(folder);
  addModule(join(folder, 'proxy'), { path: lib, version: 'v1.0.0', files: { 'lib.go': library } });
  const record = (id: string, symbols: readonly string[], path = lib) =>
    goRecord({ id, module: lib, imports: [{ path, symbols }] });
  const judge = await vulnScanner(folder, [
    record('GO-2024-0001', ['Small']),
    record('GO-2024-0002', ['Large']),
    record('GO-2024-0003', ['T.Method']),
    record('GO-2024-0004', ['F'], `${lib}/other`),
    goRecord({ id: 'GO-2024-0005', module: lib, events: [{ introduced: '1.0.1' }, { fixed: '1.1.0' }] }),
    goRecord({
      id: 'GO-2024-0006',
      module: 'stdlib',
      imports: [{ path: 'fmt', symbols: ['Sprint'] }],
      events: [{ introduced: '0' }],
    }),
    goRecord({
      id: 'GO-2024-0007',
      module: 'app.test.example/app',
      imports: [{ path: 'app.test.example/app', symbols: ['main'] }],
    }),
  ]);
  Object.assign(context, { folder, programs, ...judge });
});

test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const off = { GOFLAGS: '-mod=mod -buildvcs=false', GONOSUMDB: 'vuln.test.example' };

/** Builds a program whose main calls something of the library, and gives its path. */
function built({ folder, programs }: Scanned, call: string, given: GoProgram = {}): Promise<string> {
  programs.write({
    'app/go.mod': `module app.test.example/app\n\ngo 1.20\n\nrequire ${lib} v1.0.0\n`,
    'app/main.go': `package main\n\nimport "${lib}"\n\nfunc main() {\n\tprintln(${call})\n}\n`,
  });
  const proxy = `file://${join(folder, 'proxy')}`;
  return programs.build({
    ...given,
    env: { ...off, GOPROXY: `${proxy},${process.env['GOPROXY'] ?? 'https://proxy.golang.org'}` },
  });
}

async function statesOf({ scanner, database }: Scanned, file: string, version?: string) {
  const scan = await scanner.scan(file, version, database);
  assert.ok(scan.ok, JSON.stringify(scan));
  const { findings, gaps } = judgeProgram(scan.value, database);
  const states = Object.fromEntries(findings.map(({ id, state }) => [id.slice(-1), state]));
  return { states, gaps, level: scan.value.level };
}

const not = 'not-affected';

test('what a program calls is in it, stripped or not, inlined or not; what it does not call is not', async (context) => {
  const ways: readonly GoProgram[] = [{}, { ldflags: '' }, { flags: ['-gcflags=all=-l'], ldflags: '' }];
  for (const way of ways) {
    const small = await statesOf(context, await built(context, 'lib.Small("a")', way));
    const common = { '3': not, '4': not, '7': 'unknown' };
    assert.equal(small.states, { '1': 'affected', '2': not, '6': not, ...common }, JSON.stringify(way));
    assert.is(small.level, 'symbols');
    const large = await statesOf(context, await built(context, 'lib.Large("a")', way));
    assert.equal(large.states, { '1': not, '2': 'affected', '6': 'affected', ...common });
    const method = await statesOf(context, await built(context, 'new(lib.T).Method()', way));
    assert.equal(method.states, { ...common, '1': not, '2': not, '3': 'affected', '6': not });
  }
});

test('the same for the formats and processors that releases have programs for, and an older Go', async (context) => {
  for (const platform of ['linux/arm64', 'darwin/arm64', 'windows/amd64'])
    assert.is(
      (await statesOf(context, await built(context, 'lib.Small("a")', { platform }))).states['1'],
      'affected',
    );
  const old = await statesOf(context, await built(context, 'lib.Small("a")', { go: '1.20.14' }));
  assert.equal([old.states['1'], old.states['2'], old.level], ['affected', not, 'symbols']);
});

test("the version of a program's own module is the one that is given, where it has none", async (context) => {
  const file = await built(context, 'lib.Small("a")');
  assert.is((await statesOf(context, file, 'v1.0.0')).states['7'], 'affected');
  assert.is((await statesOf(context, file, 'v1.1.0')).states['7'], undefined);
  assert.is((await statesOf(context, file, 'release-1')).states['7'], 'unknown');
});

test('what is no Go program, or a broken one, is not known and no program without findings', async (context) => {
  const { folder } = context;
  const program = readFileSync(await built(context, 'lib.Small("a")'));
  mkdirSync(join(folder, 'odd'));
  const files: Readonly<Record<string, Buffer>> = {
    script: Buffer.from('#!/bin/sh\nexit 0\n'),
    empty: Buffer.alloc(0),
    half: program.subarray(0, program.length >> 1),
    other: readFileSync('/bin/true'),
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, 'odd', name), content);
    const { states, gaps, level } = await statesOf(context, join(folder, 'odd', name));
    const isTold = level === 'none' ? gaps.length === 1 : states['1'] === 'affected';
    assert.ok(isTold, `${name}: ${level} ${JSON.stringify({ states, gaps })}`);
  }
});

test('a program without a table of names is judged by its modules alone, and that is said', async (context) => {
  const program = readFileSync(await built(context, 'lib.Large("a")'));
  // The magic of its table, of Go 1.20 and later.
  const magic = Buffer.from([0xf1, 0xff, 0xff, 0xff, 0, 0]);
  for (let at = program.indexOf(magic); at >= 0; at = program.indexOf(magic, at + 1)) program[at] = 0;
  const file = join(context.folder, 'nameless');
  writeFileSync(file, program);
  const { states, level } = await statesOf(context, file);
  assert.is(level, 'modules');
  assert.equal(
    [states['1'], states['2'], states['4'], states['5']],
    ['affected', 'affected', 'affected', undefined],
  );
});

test.run();
