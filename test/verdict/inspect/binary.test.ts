import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readBinaryReport } from '../../../orchestrator/verdict/inspect/binary.ts';

/** As gobinary prints a C program, made small by hand. */
const bare = {
  schema: 1,
  size: 10,
  sha256: 'a',
  format: 'elf',
  os: 'linux',
  arch: null,
  build: null,
  buildId: null,
  gnuBuildId: 'beef',
  uuid: null,
  sections: [
    {
      name: '.text',
      addr: 4096,
      size: 8,
      sha256: 'b',
      withoutId: 'c',
      alloc: true,
      exec: true,
      write: false,
    },
  ],
  rest: { size: 2, sha256: 'd' },
  packages: [],
  functions: null,
  paths: [],
  strings: [],
};

test('what is not known is left out', () => {
  const read = readBinaryReport(JSON.stringify(bare));
  assert.is(read.build, undefined);
  assert.is(read.arch, undefined);
  assert.is(read.functions, undefined);
  assert.is(read.gnuBuildId, 'beef');
  assert.equal(read.sections, [
    {
      ...{ name: '.text', address: 4096, size: 8, sha256: 'b', withoutId: 'c' },
      ...{ isLoaded: true, isCode: true, isWritable: false },
    },
  ]);
});

test('functions get the package that they are listed under, and no shape where there is none', () => {
  const text = JSON.stringify({
    ...bare,
    packages: [
      { path: 'gopkg.in/yaml.v2', functions: [['gopkg.in/yaml%2ev2.Marshal', 4, 's', 't']] },
      { path: '', functions: [['type:.eq.int', 2, 'u', '']] },
    ],
    functions: { count: 2, shapeless: 1 },
  });
  assert.equal(readBinaryReport(text).functions, [
    { name: 'gopkg.in/yaml%2ev2.Marshal', package: 'gopkg.in/yaml.v2', size: 4, sha256: 's', shape: 't' },
    { name: 'type:.eq.int', package: '', size: 2, sha256: 'u', shape: undefined },
  ]);
});

test('another schema is a bug', () => {
  assert.throws(() => readBinaryReport(JSON.stringify({ ...bare, schema: 2 })), /schema 2/);
});

test.run();
