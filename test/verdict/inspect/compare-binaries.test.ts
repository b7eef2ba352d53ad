import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BinaryReport } from '../../../orchestrator/verdict/inspect/binary.ts';
import { compareBinaries } from '../../../orchestrator/verdict/inspect/compare-binaries.ts';
import { describeDifference } from '../../../orchestrator/verdict/inspect/describe-difference.ts';
import {
  binaryFunction,
  binaryModule,
  binaryReport,
  buildInformation,
  section,
} from '../../rig/binary-report.ts';

/** The extent, and each difference in words. */
function told(built: Partial<BinaryReport>, published: Partial<BinaryReport>): readonly string[] {
  const { extent, differences } = compareBinaries(binaryReport(built), binaryReport(published));
  return [extent, ...differences.map((each) => describeDifference(each))];
}

function withSettings(settings: Readonly<Record<string, string>>): Partial<BinaryReport> {
  return { build: buildInformation({ settings: new Map(Object.entries(settings)) }) };
}

const moved = {
  sections: [section('.text', 'code'), section('.data', 'other'), section('.symtab', 'symbols')],
};

test('two of the same are identical', () => {
  assert.equal(told({}, {}), ['identical']);
});

test('the Go version comes before what it brings with it', () => {
  const published = { build: buildInformation({ goVersion: 'go1.21.10' }), ...moved };
  assert.equal(
    told({}, { ...published, functions: [binaryFunction('main.main'), binaryFunction('runtime.main', 40)] }),
    [
      'code',
      'They were built with different versions of Go: built go1.21.9, published go1.21.10.',
      "The code of 1 function in 1 package differs. Only Go's own packages are among them: another build of that Go.\n" +
        '  runtime: 40 bytes: runtime.main (built 32, published 40 bytes)',
      'The content of loaded sections differs: .data.',
    ],
  );
});

test('a stamp that one lacks is one difference, and its parts are several', () => {
  const stamp = (revision: string, modified: string) =>
    withSettings({
      'vcs.revision': revision,
      'vcs.time': '2024-01-02T03:04:05Z',
      'vcs.modified': modified,
      vcs: 'git',
    });
  assert.equal(told(withSettings({}), { ...stamp('abc', 'true'), ...moved }).slice(0, 2), [
    'data',
    'Only one has a version-control stamp: built none, published abc of 2024-01-02T03:04:05Z, modified.',
  ]);
  assert.equal(told(stamp('abc', 'false'), { ...stamp('def', 'true'), ...moved }).slice(1, 3), [
    'They are stamped with different commits: built abc, published def.',
    'One is stamped as modified, the other as clean: built false, published true.',
  ]);
});

test('trimming comes before the linker flags that go leaves out with it', () => {
  const found = told(
    withSettings({ '-ldflags': '-s', CGO_ENABLED: '0' }),
    withSettings({ '-trimpath': 'true', CGO_ENABLED: '1' }),
  );
  assert.equal(found.slice(1), [
    'The build setting CGO_ENABLED differs: built 0, published 1.',
    'The build setting -trimpath differs: built none, published true.',
    'The build setting -ldflags differs: built -s, published none.',
  ]);
});

test('of each module the one thing that says most', () => {
  const dependencies = (...modules: ReturnType<typeof binaryModule>[]) => ({
    build: buildInformation({ dependencies: modules }),
  });
  const fork = { ...binaryModule('c'), replace: binaryModule('fork', 'v2.0.0') };
  const built = dependencies(
    binaryModule('a'),
    binaryModule('b'),
    binaryModule('c'),
    binaryModule('d'),
    binaryModule('e'),
  );
  const published = dependencies(
    binaryModule('a', 'v1.0.1', 'h1:other'),
    binaryModule('b', 'v1.0.0', ''),
    fork,
    binaryModule('d', 'v1.0.0', 'h1:other'),
  );
  assert.equal(told(built, published).slice(1), [
    'They were built from different modules (1 module).\n  e: built v1.0.0, published none',
    'They were built from different versions of modules (1 module).\n  a: built v1.0.0, published v1.0.1',
    'Modules are replaced in one, and in the other not so (1 module).\n  c: built none, published fork@v2.0.0',
    'Modules of one version have different sums (1 module).\n  d: built h1:sum, published h1:other',
    'The sums of modules are in one of them only (1 module).\n  b: built h1:sum, published none',
  ]);
});

test('what looks like a value comes before the code, other strings after it', () => {
  const found = told(
    { strings: ['hello', 'v1.2.3-4-gdbc45af', 'no'] },
    {
      strings: ['dbc45af', 'good morning', '2024-01-02', 'hello'],
      functions: [binaryFunction('main.main', 32, 'x'), binaryFunction('runtime.main')],
    },
  );
  assert.equal(found, [
    'code',
    'Strings differ that look like values set by the linker.\n  only built: "v1.2.3-4-gdbc45af" (version)\n  only published: "dbc45af" (commit), "2024-01-02" (date)',
    'The code of 1 function in 1 package differs.\n  main: 32 bytes: main.main (32 bytes, other instructions)',
    'Strings differ.\n  only published: "good morning"',
  ]);
});

test('a function that only moved has not changed', () => {
  const at = (place: string) => ({
    functions: [binaryFunction('main.main', 32, `same@${place}`), binaryFunction('runtime.main')],
    sections: [section('.text', place)],
  });
  assert.equal(told(at('1'), at('2')), ['data', 'The content of loaded sections differs: .text.']);
});

test('functions that cannot be read any further are counted, and called neither', () => {
  const unread = (code: string) => ({
    functions: [{ ...binaryFunction('main.main', 32, code), shape: undefined }],
  });
  const compared = compareBinaries(binaryReport(unread('a')), binaryReport(unread('b')));
  assert.is(compared.undecided, 1);
  assert.equal(compared.differences, []);
});

test('functions of one name are paired as they stand; packages and functions come worst first', () => {
  const built = [
    binaryFunction('a.init', 10),
    binaryFunction('a.init', 20),
    binaryFunction('b/c.big', 100),
    binaryFunction('b/c.huge', 500),
  ];
  const published = [binaryFunction('a.init', 10), binaryFunction('a.init', 21), binaryFunction('a.new', 5)];
  const [difference] = compareBinaries(
    binaryReport({ functions: built }),
    binaryReport({ functions: published }),
  ).differences;
  assert.is(difference?.kind, 'functions');
  assert.equal(
    difference?.kind === 'functions' &&
      difference.packages.map((each) => [
        each.package,
        each.bytes,
        each.functions.map(({ name, change }) => `${name} ${change}`),
      ]),
    [
      ['b/c', 600, ['b/c.huge only-built', 'b/c.big only-built']],
      ['a', 26, ['a.init resized', 'a.new only-published']],
    ],
  );
});

test('without functions, differing code is code', () => {
  const bare = (code: string) => ({ functions: undefined, sections: [section('.text', code)] });
  assert.equal(told(bare('a'), bare('b')), [
    'code',
    'The code differs (.text), and without a table of functions nothing says where.',
  ]);
});

test('only the build id', () => {
  const identified = (id: string) => ({
    buildId: id,
    sections: [{ ...section('.note.go.buildid', id), withoutId: 'blank' }, section('.text', 'code')],
  });
  assert.equal(told(identified('a'), identified('b')), [
    'build-id',
    'The build id differs: built a, published b.',
  ]);
});

test('only what does not run', () => {
  const symbols = [section('.text', 'code'), section('.data', 'data')];
  assert.equal(told({}, { sections: symbols }), [
    'bookkeeping',
    'What does not matter when the program runs differs: .symtab.',
  ]);
  assert.equal(told({}, { rest: { size: 100, sha256: 'others' } }), [
    'bookkeeping',
    'What does not matter when the program runs differs: headers.',
  ]);
});

test('a machine, and the folders of the machine that built it', () => {
  assert.equal(
    told({}, { arch: 'arm64', paths: [{ path: '/usr/local/go', kind: 'goroot', count: 7 }] }).slice(1),
    [
      'They are for different machines: built elf linux/amd64, published elf linux/arm64.',
      'They name different folders of the machine that built them.\n  only published: /usr/local/go (goroot, 7 files)',
    ],
  );
});

test.run();
