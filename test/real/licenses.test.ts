import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { asNodeId } from '../../orchestrator/plan/node-base.ts';
import type { LicensesNode } from '../../orchestrator/plan/node-image.ts';
import {
  createLicenseClassifier,
  type LicenseClassifier,
} from '../../orchestrator/task/licenses/classifier.ts';
import { gatherLicenses } from '../../orchestrator/task/licenses/licenses.ts';
import { findHostGo, type HostGo } from '../../orchestrator/tool/go/go.ts';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { sharedPlace } from '../rig/shared-place.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';

/** A real program of two modules, built and listed by the machine's go. Uses the module proxy, for licensecheck. */
interface Context {
  folder: string;
  go: HostGo;
  classifier: LicenseClassifier;
}

const test = suite<Context>('licenses');
const packageFolder = fileURLToPath(new URL('../../', import.meta.url));
const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);
const run = createRunProcess({ isolation: noIsolation, now: () => performance.now() });

const isc = `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.
`;

const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;

/** As the comment of a source file, in both ways that Go has. */
const block = (text: string) =>
  [
    '/*',
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => ` * ${line}`),
    ' */',
  ].join('\n');
const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `// ${line}`)
    .join('\n');

const goMod = (path: string) => `module ${path}\n\ngo 1.21\n\nrequire test.example/dep v1.2.3\n`;

const source = {
  'go.mod': goMod('test.example/app'),
  LICENSE: `Copyright 2021 The App\n\n${mit}`,
  // A licence that a program prints is not its own.
  'cmd/tool/main.go': `package main\n\nimport "test.example/dep/x"\n\nvar _ = \`${isc}\`\n\nfunc main() { x.X() }\n`,
};

const vendor = {
  'modules.txt': '# test.example/dep v1.2.3\n## explicit; go 1.21\ntest.example/dep/x\n',
  'test.example/dep/COPYING': `Copyright 2020 Dep\n\n${isc}`,
  'test.example/dep/x/linux.go': `${block(`Copyright 2011 Elsewhere\n\n${mit}`)}\n\npackage x\n\nfunc X() { println() }\n`,
  'test.example/dep/x/more.go': `${lines(`Copyright 2020 Dep\n\n${isc}`)}\n\npackage x\n`,
  'test.example/dep/x/x_windows.go': `${lines(`Copyright 2012 Windows\n\n${mit}`)}\n\npackage x\n`,
};

const below = (folder: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

test.before(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'licenses-'));
  defer(() => rmSync(context.folder, { recursive: true, force: true }));
  const go = await findHostGo(run, environment, context.folder);
  assert.ok(go.ok, JSON.stringify(go));
  context.go = go.value;
  context.classifier = createLicenseClassifier({
    ...{ packageFolder, folder: sharedPlace('inspect/licenses'), run, fetchEnvironment: environment },
    hostGo: async () => go,
  });
});

/** Lays out the trees below a folder of their own, and builds the program there. */
function layOut({ folder, go }: Context, name: string): string {
  const world = join(folder, name);
  const vendored = { ...below('vendor', vendor), 'go.mod': goMod('test.example/app') };
  writeFiles(world, {
    'source/facts.json': JSON.stringify({ tag: 'v0.1.0' }),
    ...below('source/source', source),
    ...below('modules/module', vendored),
    ...below('built', { ...source, ...vendored }),
  });
  mkdirSync(join(world, 'toolchain'));
  symlinkSync(join(go.program, '../..'), join(world, 'toolchain/go'));
  build(go, join(world, 'built'), join(world, 'go-build'));
  return world;
}

function build(go: HostGo, cwd: string, output: string): void {
  mkdirSync(output, { recursive: true });
  execFileSync(
    go.program,
    ['build', '-trimpath', '-mod=vendor', '-ldflags', '-s -w', '-o', join(output, 'tool'), './cmd/tool'],
    {
      cwd,
      env: {
        ...{ CGO_ENABLED: '0', GOOS: 'linux', GOARCH: 'amd64', GOENV: 'off', GOFLAGS: '-buildvcs=false' },
        ...{
          GOPROXY: 'off',
          GOTOOLCHAIN: 'local',
          HOME: environment['HOME'] ?? cwd,
          PATH: environment['PATH'] ?? '',
        },
      },
    },
  );
}

async function gather({ go, classifier }: Context, world: string) {
  const ids = { toolchain: asNodeId('toolchain'), source: asNodeId('source') };
  const node: LicensesNode = {
    ...{ kind: 'licenses', id: asNodeId('licenses'), needs: [], title: '', projects: ['test/app'], ...ids },
    platform: 'linux/amd64',
    builds: [
      {
        ...{ build: asNodeId('go-build'), modules: asNodeId('modules'), module: '.', goVersion: go.version },
        ...{
          vendors: true,
          programs: [{ package: './cmd/tool' }],
          flags: ['-trimpath', '-mod=vendor'],
          environment: {},
        },
      },
    ],
  };
  const [output, scratch] = [join(world, 'output'), join(world, 'scratch')];
  for (const each of [output, scratch]) mkdirSync(each);
  const { signal } = new AbortController();
  const tree = (id: string) => join(world, id);
  const git = { program: '/usr/bin/git', env: {} };
  const tools = { classifier, git, buildCache: join(world, 'cache') };
  const context = { tree, output, scratch, run, signal, progress: () => {} };
  const result = await gatherLicenses(node, context, tools);
  const files = readdirSync(output, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(output.length + 1))
    .sort();
  return { result, files: new Map(files.map((file) => [file, readFileSync(join(output, file), 'utf8')])) };
}

test('what a real program links is attributed, the same in another folder', async (context) => {
  const { result, files } = await gather(context, layOut(context, 'first'));
  assert.equal(result, { ok: true, value: {} });
  const ours = [...files.keys()].filter((file) => !file.startsWith('LICENSES/golang.org/go/src/'));
  assert.equal(ours, [
    'ATTRIBUTION.txt',
    'LICENSES/golang.org/go/LICENSE',
    'LICENSES/golang.org/go/PATENTS',
    'LICENSES/test.example/app/LICENSE',
    'LICENSES/test.example/dep/COPYING',
    'LICENSES/test.example/dep/x/linux.go.license',
  ]);
  assert.is(files.get('LICENSES/test.example/dep/x/linux.go.license'), `Copyright 2011 Elsewhere\n\n${mit}`);
  const attribution = files.get('ATTRIBUTION.txt') ?? '';
  assert.ok(
    attribution.startsWith(
      `** golang.org/go; version go${context.go.version} --\nhttps://go.dev/\nLicense: BSD-3-Clause\n`,
    ),
  );
  for (const expected of [
    '** test.example/app; version v0.1.0 --\nhttps://pkg.go.dev/test.example/app\nLicense: MIT\n',
    '** test.example/dep; version v1.2.3 --\nhttps://pkg.go.dev/test.example/dep@v1.2.3\nLicense: ISC\nCopyright 2020 Dep\n',
    'License: MIT\nOf these source files only:\n  x/linux.go\nCopyright 2011 Elsewhere\n',
  ]) {
    assert.ok(attribution.includes(expected), expected);
  }
  assert.not.match(attribution, context.folder);
  const again = await gather(context, layOut(context, 'second'));
  assert.equal(again.files, files);
});

test('a program that holds more than is listed is refused', async (context) => {
  const world = layOut(context, 'more');
  const modules =
    '# test.example/dep v1.2.3\n## explicit; go 1.21\ntest.example/dep/x\n# test.example/other v0.0.9\n## explicit; go 1.21\ntest.example/other\n';
  writeFiles(join(world, 'built'), {
    'go.mod': `${goMod('test.example/app')}require test.example/other v0.0.9\n`,
    'cmd/tool/main.go':
      'package main\n\nimport (\n\t"test.example/dep/x"\n\t"test.example/other"\n)\n\nfunc main() { x.X(); other.Y() }\n',
    'vendor/modules.txt': modules,
    'vendor/test.example/other/o.go': 'package other\n\nfunc Y() { println() }\n',
  });
  build(context.go, join(world, 'built'), join(world, 'go-build'));
  const { result, files } = await gather(context, world);
  assert.equal(result, {
    ok: false,
    error: {
      reason: 'missing-output',
      file: 'LICENSES/test.example/other',
      detail: 'tool holds that module in version v0.0.9, and the go command does not list it',
    },
  });
  assert.is(files.size, 0);
});

test.run();
