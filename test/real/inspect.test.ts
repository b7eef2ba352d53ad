import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { findHostGo } from '../../orchestrator/tool/go/go.ts';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { compareBinaries } from '../../orchestrator/verdict/inspect/compare-binaries.ts';
import { describeDifference } from '../../orchestrator/verdict/inspect/describe-difference.ts';
import type { BinaryComparison, Difference } from '../../orchestrator/verdict/inspect/difference.ts';
import { createInspector, type Inspector } from '../../orchestrator/verdict/inspect/gobinary.ts';
import { type GoProgram, goPrograms } from '../rig/go-programs.ts';
import { userBuildCache } from '../rig/go-tools.ts';
import { suite } from '../rig/suite.ts';

/** Real programs with one known difference each. Uses the module proxy, for toolchains and one module. */
interface Context {
  folder: string;
  programs: ReturnType<typeof goPrograms>;
  inspector: Inspector;
  openInspector(folder: string): Inspector;
  compare(built: GoProgram, published: GoProgram): Promise<BinaryComparison>;
}

const test = suite<Context>('inspect');

const packageFolder = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
const run = createRunProcess({ isolation: noIsolation, now: Date.now });
const { signal } = new AbortController();

/** Nothing is imported: each Go compiles what it imports for each machine. */
const main = (sign: string) => `package main

var version, date = "unknown", "unknown"

var scale = 3

//go:noinline
func work(n int) int {
	if n > 100 {
		return n ${sign} 3
	}
	return work(n + scale)
}

func main() { println(version, date, work(1)) }
`;

test.before((context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'inspect-'));
  defer(() => rmSync(folder, { recursive: true }));
  const programs = goPrograms(folder);
  programs.write({
    'app/go.mod': 'module test.example/app\n\ngo 1.13\n',
    'app/main.go': main('*'),
    'app/extra.go': '// +build extra\n\npackage main\n\nfunc init() { scale = work(4) }\n',
    'go.etcd.io/x/go.mod': 'module go.etcd.io/x\n\ngo 1.13\n',
    'go.etcd.io/x/main.go': 'package main\n\nimport "go.etcd.io/x/y"\n\nfunc main() { y.Z() }\n',
    'go.etcd.io/x/y/y.go': 'package y\n\n//go:noinline\nfunc Z() { println() }\n',
    'other/go.mod': 'module test.example/app\n\ngo 1.13\n',
    'other/main.go': main('-'),
    'needy/go.mod': 'module test.example/needy\n\ngo 1.21\n\nrequire github.com/pkg/errors v0.9.1\n',
    'needy/main.go':
      'package main\n\nimport "github.com/pkg/errors"\n\nfunc main() { panic(errors.New("x")) }\n',
  });
  programs.git('app', 'init', '-q', '-b', 'main');
  programs.git('app', 'add', '.');
  programs.git('app', 'commit', '-q', '-m', 'one');
  const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']));
  const buildCache = userBuildCache();
  const openInspector = (name: string) =>
    createInspector({
      packageFolder,
      folder: join(folder, name),
      buildCache,
      hostGo: () => findHostGo(run, env, folder),
      run,
      signal,
    });
  const inspector = openInspector('cache');
  const compare: Context['compare'] = async (built, published) => {
    const files = await Promise.all([programs.build(built), programs.build(published)]);
    const [ours, theirs] = await Promise.all(files.map((file) => report(inspector, file)));
    if (ours === undefined || theirs === undefined) throw new Error('unreachable');
    return compareBinaries(ours, theirs);
  };
  Object.assign(context, { folder, programs, inspector, openInspector, compare });
});

/** Whoever asks for the build information alone is told the same. */
async function report(inspector: Inspector, file: string) {
  const inspected = await inspector.inspect(file, { strings: true });
  if (!inspected.ok) throw new Error(JSON.stringify(inspected.error));
  const { os, arch, build } = inspected.value;
  assert.equal(await inspector.build(file), { ok: true, value: { os, arch, build } });
  return inspected.value;
}

/** The first difference, in few words. */
function first({ differences }: BinaryComparison): string {
  const [difference] = differences;
  if (difference === undefined) return 'none';
  const more =
    'what' in difference ? ` ${difference.what}` : 'name' in difference ? ` ${difference.name}` : '';
  return difference.kind + more;
}

function some<K extends Difference['kind']>({ differences }: BinaryComparison, kind: K) {
  return differences.find((each): each is Extract<Difference, { kind: K }> => each.kind === kind);
}

const stripped = '-s -w';
const older = ' -X main.version=v1.2.3';
const newer = ' -X main.version=v1.2.3-eks-1-27-10+deadbeef -X main.date=2024-01-02T03:04:05Z';

for (const [go, platforms] of [
  ['1.13.15', ['linux/amd64']],
  ['1.16.15', ['linux/amd64', 'windows/amd64']],
  ['1.20.14', ['darwin/amd64']],
  ['1.21.9', ['linux/amd64', 'linux/arm64']],
  ['1.24.13', ['linux/amd64']],
  [undefined, ['linux/amd64', 'windows/amd64']],
] as const) {
  for (const platform of platforms) {
    const base = { platform, ...(go === undefined ? {} : { go }) };
    test(`${go ?? 'the machine'}'s ${platform}: another value, and no code that moved`, async ({
      compare,
    }) => {
      const compared = await compare(
        { ...base, ldflags: stripped + older },
        { ...base, ldflags: stripped + newer },
      );
      assert.is(first(compared), 'values');
      const values = some(compared, 'values');
      const texts = (
        list: typeof values extends undefined ? never : readonly { text: string }[] | undefined,
      ) => list?.map(({ text }) => text);
      assert.equal(texts(values?.onlyBuilt), ['v1.2.3']);
      assert.equal(texts(values?.onlyPublished), ['2024-01-02T03:04:05Z', 'v1.2.3-eks-1-27-10+deadbeef']);
      assert.is(compared.extent, 'data');
      assert.is(compared.undecided, 0);
    });
    test(`${go ?? 'the machine'}'s ${platform}: one instruction`, async ({ compare }) => {
      const compared = await compare(base, { ...base, module: 'other' });
      assert.is(first(compared), 'functions');
      assert.is(compared.extent, 'code');
      const changed = some(compared, 'functions')?.packages.flatMap((each) => each.functions);
      assert.equal(
        changed?.map(({ name }) => name),
        ['main.work'],
      );
    });
  }
}

const now = { go: '1.21.9' };
const stamped = { ...now, flags: ['-trimpath', '-buildvcs=true'] };

for (const [name, built, published, expected, extent] of [
  ['nothing', now, now, 'none', 'identical'],
  ['another Go', now, { go: '1.24.13' }, 'go-version', 'code'],
  ['no stamp', stamped, now, 'vcs stamp', 'data'],
  ['other tags', now, { ...now, flags: ['-trimpath', '-tags=extra'] }, 'setting -tags', 'code'],
  ['no trimpath', now, { ...now, flags: [] }, 'setting -trimpath', 'code'],
  ['old Go, no trimpath', { go: '1.16.15' }, { go: '1.16.15', flags: [] }, 'paths', 'data'],
  ['another processor', now, { ...now, env: { GOAMD64: 'v3' } }, 'setting GOAMD64', 'code'],
  ['another machine', now, { ...now, platform: 'linux/arm64' }, 'machine', 'code'],
  [
    'another build id',
    { ...now, ldflags: '-s -w -buildid=one' },
    { ...now, ldflags: '-s -w -buildid=two' },
    'build-id',
    'build-id',
  ],
  [
    'symbols',
    { ...now, ldflags: '-w -buildid=' },
    { ...now, ldflags: '-s -w -buildid=' },
    'bookkeeping',
    'bookkeeping',
  ],
] as const) {
  test(name, async ({ compare }) => {
    const compared = await compare(built, published);
    assert.is(
      first(compared),
      expected,
      compared.differences.map((each) => describeDifference(each)).join('\n'),
    );
    if (name !== 'no trimpath') assert.is(compared.extent, extent);
  });
}

test('a modified checkout, and another commit', async ({ programs, inspector }) => {
  const clean = await report(inspector, await programs.build(stamped));
  programs.write({ 'app/marker': '' });
  const modified = await report(inspector, await programs.build(stamped));
  programs.git('app', 'add', '.');
  programs.git('app', 'commit', '-q', '-m', 'two');
  const later = await report(inspector, await programs.build(stamped));
  assert.is(first(compareBinaries(clean, modified)), 'vcs modified');
  assert.is(first(compareBinaries(clean, later)), 'vcs revision');
});

test('sums that a vendor folder leaves out from Go 1.23 on', async ({ programs, compare }) => {
  const needy = { go: '1.24.13', module: 'needy' };
  await programs.go(needy, 'mod', 'tidy');
  await programs.go(needy, 'mod', 'vendor');
  const compared = await compare(
    { ...needy, flags: ['-trimpath', '-mod=mod'] },
    { ...needy, flags: ['-trimpath', '-mod=vendor'] },
  );
  assert.is(first(compared), 'dependencies sum-absent');
  assert.equal(
    some(compared, 'dependencies')?.modules.map(({ module, published }) => [module, published]),
    [['github.com/pkg/errors', undefined]],
  );
});

test('a package whose path begins as the names of the linker do', async ({ programs, inspector }) => {
  for (const go of ['1.16.15', '1.21.9']) {
    const inspected = await report(inspector, await programs.build({ go, module: 'go.etcd.io/x' }));
    assert.is(
      inspected.functions?.find(({ name }) => name === 'go.etcd.io/x/y.Z')?.package,
      'go.etcd.io/x/y',
    );
  }
});

test('two that compile the helper at once both get it, and leave one', async ({
  folder,
  programs,
  openInspector,
}) => {
  const program = await programs.build(now);
  const both = [openInspector('two'), openInspector('two')];
  const [one, other] = await Promise.all(both.map((each) => report(each, program)));
  assert.equal(one, other);
  assert.is(readdirSync(join(folder, 'two')).length, 1);
});

test('what is damaged is told in one line, and never crashes', async ({ programs, inspector, folder }) => {
  const damaged = join(folder, 'damaged');
  for (const [go, platform] of [
    ['1.21.9', 'linux/amd64'],
    ['1.16.15', 'windows/amd64'],
    ['1.20.14', 'darwin/amd64'],
  ] as const) {
    const whole = readFileSync(await programs.build({ go, platform }));
    for (let round = 0; round < 16; round += 1) {
      const copy = Buffer.from(round === 0 ? whole.subarray(0, whole.length / 2) : whole);
      // The same bytes in every run: all of the headers, and some of what they point at.
      for (let at = round * 7; at < 4096; at += 97) copy[at] = (copy[at] ?? 0) ^ (round * 37 + 1);
      whole.copy(copy, 0, 0, 4);
      writeFileSync(damaged, copy);
      const inspected = await inspector.inspect(damaged);
      if (inspected.ok) continue;
      assert.is(inspected.error.reason, 'usage', JSON.stringify(inspected.error));
      assert.not.match(JSON.stringify(inspected.error), /goroutine|fatal error/);
    }
  }
  for (const content of ['', 'text', '#!/bin/sh\n', '\x7fELF', 'MZ']) {
    writeFileSync(damaged, content);
    const inspected = await inspector.inspect(damaged);
    assert.is(inspected.ok, false, content);
  }
});

test.run();
