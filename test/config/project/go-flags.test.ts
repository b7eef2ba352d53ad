import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  whyNoGoVariable,
  wrongBuildFlags,
  wrongLinkerFlags,
} from '../../../orchestrator/config/project/go-flags.ts';

const goodBuildFlags = [
  ...[['-trimpath'], ['-installsuffix', 'cgo'], ['-installsuffix=static'], ['-mod=vendor'], ['--tags=netgo']],
  ...[['-tags', 'netgo,osusergo'], ['-tags=selinux,notest,'], ['-gcflags=all=-trimpath={directory} ']],
  ...[['-gcflags= -trimpath={checkout}'], ['-gcflags', '-N -l'], ['-gcflags=all=-N -l=4 -dwarf=false']],
  ...[
    ['-gcflags=-trimpath=/a/b=>./c;/d'],
    ['-asmflags=all=-trimpath=/x'],
    ['-asmflags', '-D=X=1'],
    ['-race'],
  ],
  ...[
    ['-race=false'],
    ['-buildvcs=false'],
    ['-buildmode=pie'],
    ['-pgo=off'],
    ['-p=4'],
    ['-a', '-v', '-tags=x', '-mod=mod'],
  ],
];
const goodLinkerFlags = [
  ...[
    ['-s', '-w', '-buildid=', '-extldflags', '-static'],
    ['-s', '-w', "-buildid=''"],
    ['-s', '-w', '--buildid=""'],
  ],
  ...[
    ['-buildid=made/else-where_1=='],
    ['-extldflags=-static'],
    ['-extldflags', "'-static -Wl,-z,now'"],
    ['-B=gobuildid'],
  ],
  ...[
    ['-linkmode=external'],
    ['-X', 'main.version=v1'],
    ['-X=a.b/c-d.e.Version=v1+dirty'],
    ['-w=false'],
    ['-H', 'windowsgui'],
  ],
];

test('flags that change what is compiled, in every way of writing them', () => {
  for (const words of goodBuildFlags) assert.equal(wrongBuildFlags(words), [], words.join(' '));
  for (const words of goodLinkerFlags) assert.equal(wrongLinkerFlags(words), [], words.join(' '));
});

test('a word that is none is told by its place, and those after it are looked at too', () => {
  const places = (words: readonly string[]) => wrongBuildFlags(words).map(({ index }) => index);
  assert.equal(places(['-trimpath', '-toolexec=x', '-tags', 'a', '-o']), [1, 4]);
  assert.equal(places(['-tags', '-toolexec=x']), [1], 'it would be the tags');
  assert.equal(places(['-gcflags', '-o=x', '-overlay=y']), [1, 2]);
  assert.equal(places(['-mod']), [0]);
  assert.match(wrongBuildFlags(['-toolexec=x'])[0]?.why ?? '', /^"-toolexec=x" is not for a recipe: /);
});

test('variables of the go command: what programs are made of, with values that there are', () => {
  for (const [name, value] of [
    ['GOAMD64', 'v3'],
    ['GOARM64', 'v8.0,lse'],
    ['CGO_ENABLED', '1'],
    ['GOEXPERIMENT', 'a,nob'],
  ] as const) {
    assert.is(whyNoGoVariable(name, value), undefined);
  }
  assert.match(
    whyNoGoVariable('GOFLAGS', '-x') ?? '',
    /^GOFLAGS reaches beyond what is compiled; there are CGO_ENABLED, /,
  );
  assert.match(whyNoGoVariable('constructor', '') ?? '', /^constructor reaches beyond/);
  assert.is(whyNoGoVariable('GOAMD64', 'v9'), 'GOAMD64 has no value "v9"');
});

test.run();
