import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import { licensesInputs } from '../../../orchestrator/task/licenses/inputs.ts';
import { build, cached, gather, node, own, type World } from './world.ts';

const cache = 'modules/gopath/pkg/mod';
const copy = 'scratch/build-0/source';

const runtime = ['runtime', '$/toolchain/go/src/runtime', 'true', 'proc.go|asm.s|', '', '', '', '', ''];
const unsafe = ['unsafe', '$/toolchain/go/src/unsafe', 'true', '||', '', '', '', '', ''];

const world: World = {
  files: {
    'toolchain/go/src/runtime/proc.go': 'package runtime\n',
    'toolchain/go/src/runtime/asm.s': '// Copyright 1994 Lucent\n// terms of MIT\n',
    [`${copy}/LICENSE`]: 'terms of Apache-2.0\n',
    [`${copy}/go.sum`]: 'a.b/dep v1.2.3 h1:depdep=\na.b/dep v1.2.3/go.mod h1:modmod=\n',
    [`${copy}/cmd/tool/main.go`]: 'package main\n',
    [`${cache}/a.b/dep@v1.2.3/LICENSE`]: 'Copyright (c) 2020 A. Person\r\nterms of MIT\r\n',
    [`${cache}/a.b/dep@v1.2.3/NOTICE`]: 'Thanks to everyone.\n',
    [`${cache}/a.b/dep@v1.2.3/x/a.go`]: 'package x\n',
    [`${cache}/a.b/dep@v1.2.3/unlinked/LICENSE`]: 'terms of GPL-3.0-only\n',
  },
  listed: [unsafe, runtime, own('a.b/tool', 'cmd/tool'), cached('a.b/dep/x', 'a.b/dep', 'v1.2.3')],
  programs: {
    tool: ['path\ta.b/tool/cmd/tool', 'mod\ta.b/tool\t(devel)\t', 'dep\ta.b/dep\tv1.2.3\th1:depdep='],
  },
};

test('what is linked is attributed, Go first, then the project, and nothing else', async () => {
  const { licenses, attribution, notes, failure } = await gather(world);
  assert.is(failure, undefined);
  assert.equal(Object.keys(licenses), [
    'LICENSES/a.b/dep/LICENSE',
    'LICENSES/a.b/dep/NOTICE',
    'LICENSES/a.b/tool/LICENSE',
    'LICENSES/golang.org/go/LICENSE',
    'LICENSES/golang.org/go/src/runtime/asm.s.license',
  ]);
  assert.is(licenses['LICENSES/a.b/dep/LICENSE'], 'Copyright (c) 2020 A. Person\r\nterms of MIT\r\n');
  assert.equal(notes, []);
  const heads = attribution.split('\n').filter((line) => line.startsWith('** '));
  assert.equal(heads, [
    '** golang.org/go; version go1.21.10 --',
    '** golang.org/go/src/runtime; version go1.21.10 --',
    '** a.b/tool; version v3.2.1 --',
    '** a.b/dep; version v1.2.3 --',
  ]);
  const block = '** a.b/dep; version v1.2.3 --\nhttps://pkg.go.dev/a.b/dep@v1.2.3\nLicense: MIT\n';
  assert.ok(attribution.includes(`${block}Copyright (c) 2020 A. Person\nTexts 4, 5 below.\n`), attribution);
  assert.not.match(attribution, /\r/);
});

test('a text that is longer than any licence is not read', async () => {
  const long = { [`${cache}/a.b/dep@v1.2.3/NOTICE`]: 'x'.repeat(2 ** 24 + 1) };
  const { failure } = await gather({ ...world, files: { ...world.files, ...long } });
  assert.ok(failure?.reason === 'unsafe-path');
  assert.equal([failure.path, failure.detail], ['NOTICE', 'has more than 16 MiB, which none needs']);
  assert.match(failure.where, 'a.b/dep@v1.2.3');
});

test('the go command is asked as the build asked it, without a network', async () => {
  const { commands, folder } = await gather(world);
  const list = commands.find((command) => command.args[0] === 'list');
  assert.equal(list?.args.slice(0, 5), ['list', '-trimpath', '-mod=mod', '-buildvcs=false', '-deps']);
  assert.is(list?.env['GOCACHE'], '/cache/go-build');
  assert.is(list?.args.at(-1), './cmd/tool');
  const { GOOS, GOARCH, CGO_ENABLED, GOPROXY, GOMODCACHE, GIT_CONFIG_NOSYSTEM } = list?.env ?? {};
  assert.equal(
    [GOOS, GOARCH, CGO_ENABLED, GOPROXY, GIT_CONFIG_NOSYSTEM],
    ['linux', 'arm64', '0', 'off', '1'],
  );
  assert.is(GOMODCACHE, `${folder}/modules/gopath/pkg/mod`);
  assert.ok(commands.every((command) => command.network === 'none'));
});

test('no path of the machine and nothing of the day is in what is written', async () => {
  const [first, second] = [await gather(world), await gather(world)];
  assert.is.not(first.folder, second.folder);
  assert.equal([first.licenses, first.attribution], [second.licenses, second.attribution]);
  assert.not.ok(first.attribution.includes('/tmp'));
});

test('a module that a program holds and that is not listed is a failure', async () => {
  const dep = world.programs['tool'] ?? [];
  const { failure } = await gather({
    ...world,
    programs: { tool: dep, other: [...dep, 'dep\ta.b/more\tv0.1.0\t'] },
  });
  assert.equal(failure, {
    reason: 'missing-output',
    file: 'LICENSES/a.b/more',
    detail: 'other holds that module in version v0.1.0, and the go command does not list it',
  });
});

test('so is one whose sum is not that of go.sum, and a program that says nothing', async () => {
  const forged = ['mod\ta.b/tool\t(devel)\t', 'dep\ta.b/dep\tv1.2.3\th1:other='];
  const { failure } = await gather({ ...world, programs: { tool: forged } });
  assert.equal(failure, {
    reason: 'module-mismatch',
    module: 'a.b/dep@v1.2.3',
    detail: 'tool says h1:other=, go.sum h1:depdep=',
  });
  const silent = await gather({ ...world, programs: { tool: ['path\ta.b/tool'] } });
  assert.is(silent.failure?.reason, 'missing-output');
});

test('of a module that is replaced, what stands in its place is what counts', async () => {
  const forged = ['mod\ta.b/tool\t(devel)\t', 'dep\ta.b/dep\tv1.2.3', '=>\ta.b/fork\tv9.0.0\th1:other='];
  assert.is((await gather({ ...world, programs: { tool: forged } })).failure?.reason, 'module-mismatch');
  const fork = '$/modules/gopath/pkg/mod/a.b/fork@v9.0.0/x';
  const replaced = ['a.b/dep/x', fork, 'false', 'a.go||', 'a.b/dep', 'v1.2.3', 'false', 'a.b/fork', 'v9.0.0'];
  const { attribution, licenses, failure } = await gather({
    files: {
      ...world.files,
      [`${copy}/go.sum`]: 'a.b/fork v9.0.0 h1:forked=\n',
      [`${cache}/a.b/fork@v9.0.0/COPYING`]: 'terms of MPL-2.0\n',
      [`${cache}/a.b/fork@v9.0.0/x/a.go`]: '',
    },
    listed: [own('a.b/tool', 'cmd/tool'), replaced],
    programs: {
      tool: ['mod\ta.b/tool\t(devel)\t', 'dep\ta.b/dep\tv1.2.3', '=>\ta.b/fork\tv9.0.0\th1:forked='],
    },
  });
  assert.is(failure, undefined);
  assert.ok('LICENSES/a.b/dep/COPYING' in licenses);
  assert.match(
    attribution,
    '** a.b/dep; version v9.0.0 --\nhttps://pkg.go.dev/a.b/fork@v9.0.0\nIn its place: a.b/fork\n',
  );
  assert.match(
    attribution,
    'source be offered: Go module a.b/fork, version v9.0.0 (go mod download a.b/fork@v9.0.0).',
  );
});

test('without a licence a module is named, loudly, and the others are written', async () => {
  const { [`${cache}/a.b/dep@v1.2.3/LICENSE`]: _gone, ...files } = world.files;
  const { attribution, notes, failure } = await gather({ ...world, files });
  assert.is(failure, undefined);
  assert.equal(notes, ['Linked without a licence file (see ATTRIBUTION.txt): a.b/dep v1.2.3.']);
  assert.match(
    attribution,
    '** a.b/dep; version v1.2.3 --\nhttps://pkg.go.dev/a.b/dep@v1.2.3\nLicense: NONE FOUND.',
  );
});

test('BoringSSL is attributed where its code is linked, and not for the folder that it lies in', async () => {
  const files = {
    ...world.files,
    'toolchain/go/src/crypto/internal/boring/LICENSE': 'terms of OpenSSL\n',
    'toolchain/go/src/crypto/internal/boring/not.go': '',
    'toolchain/go/src/crypto/internal/boring/syso/syso.go': '',
  };
  const standard = (path: string, source: string) =>
    [path, `$/toolchain/go/src/${path}`, 'true', `${source}||`, '', '', '', '', ''] as const;
  const boring = standard('crypto/internal/boring', 'not.go');
  const syso = standard('crypto/internal/boring/syso', 'syso.go');
  const path = 'LICENSES/golang.org/go/src/crypto/internal/boring/LICENSE';
  const without = await gather({ ...world, files, listed: [...world.listed, boring] });
  assert.equal([without.failure, path in without.licenses], [undefined, false]);
  const withCode = await gather({ ...world, files, listed: [...world.listed, boring, syso] });
  assert.equal([withCode.failure, path in withCode.licenses], [undefined, true]);
});

test('several builds are one attribution, and a module in two versions is there twice', async () => {
  const files = {
    ...world.files,
    'scratch/build-1/source/LICENSE': 'terms of Apache-2.0\n',
    'scratch/build-1/source/cmd/tool/main.go': '',
    [`${cache}/a.b/dep@v2.0.0/LICENSE`]: 'terms of ISC\n',
    [`${cache}/a.b/dep@v2.0.0/x/a.go`]: '',
  };
  const { licenses, failure } = await gather({
    ...world,
    files,
    listed: [...world.listed, cached('a.b/dep/x', 'a.b/dep', 'v2.0.0')],
    builds: [build, { ...build, build: asNodeId('go-build'), programs: [{ package: './cmd/other' }] }],
    programs: { tool: ['mod\ta.b/tool\t(devel)\t', 'dep\ta.b/dep\tv2.0.0\t'] },
  });
  assert.is(failure, undefined);
  assert.equal(
    Object.keys(licenses).filter((path) => path.includes('a.b')),
    [
      'LICENSES/a.b/dep@v1.2.3/LICENSE',
      'LICENSES/a.b/dep@v1.2.3/NOTICE',
      'LICENSES/a.b/dep@v2.0.0/LICENSE',
      'LICENSES/a.b/tool/LICENSE',
    ],
  );
});

test('the key depends on what is linked, and on what recognises licences', () => {
  const digests = ['a', 'b', 'c', 'd'].map((letter) => asDigest(letter.repeat(64)));
  const ids = [node.toolchain, node.source, build.build, build.modules];
  const inputs = licensesInputs(node, new Map(ids.map((id, index) => [id, digests[index] ?? asDigest('')])));
  assert.equal(inputs, {
    recipe: 1,
    classifier: 'github.com/google/licensecheck v0.3.1',
    toolchain: 'a'.repeat(64),
    source: 'b'.repeat(64),
    platform: 'linux/arm64',
    builds: [
      {
        build: 'c'.repeat(64),
        modules: 'd'.repeat(64),
        module: '.',
        goVersion: '1.21.10',
        programs: [{ name: null, package: './cmd/tool', except: [] }],
        flags: ['-trimpath', '-mod=mod'],
        vendors: false,
        environment: {},
      },
    ],
  });
});

test.run();
