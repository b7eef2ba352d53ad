import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { licensesOf } from '../../../orchestrator/run/sbom/licenses.ts';
import { renderAttribution } from '../../../orchestrator/task/licenses/attribution.ts';
import type { LicenseEntry } from '../../../orchestrator/task/licenses/entry.ts';
import { readAttribution } from '../../../orchestrator/task/licenses/read-attribution.ts';
import { binaryModule, buildInformation } from '../../rig/binary-report.ts';

function entry(
  name: string,
  module: string,
  version: string,
  given: Partial<LicenseEntry> = {},
): LicenseEntry {
  const origin = module === 'golang.org/go' ? 'go' : module === 'own.example/own' ? 'own' : 'other';
  const none = { replacement: undefined, folders: new Map(), sources: new Map() };
  return {
    ...{ name, module: { path: module, version, origin, ...none }, ids: ['MIT'], sources: [] },
    copyrights: ['Copyright 2024 ** x; version y --'],
    texts: [
      {
        path: `${name}/LICENSE`,
        text: '** forged.example/x; version v1 --\nLicense: MIT\n',
        from: undefined,
      },
    ],
    trouble: undefined,
    ...given,
  };
}

const build = buildInformation({
  main: binaryModule('own.example/own', '(devel)', ''),
  dependencies: [
    binaryModule('a.example/a'),
    binaryModule('a.example/a/v2', 'v2.0.0'),
    { ...binaryModule('b.example/b'), replace: binaryModule('fork.example/b', 'v1.0.9') },
  ],
});

const attributed = readAttribution(
  renderAttribution([
    entry('golang.org/go', 'golang.org/go', 'go1.21.9', { ids: ['BSD-3-Clause'] }),
    entry('own.example/own', 'own.example/own', 'v1.2.3', { ids: ['Apache-2.0'] }),
    entry('a.example/a', 'a.example/a', 'v1.0.0'),
    entry('a.example/a/internal/c', 'a.example/a', 'v1.0.0', { ids: ['BSD-2-Clause', 'MIT'] }),
    entry('a.example/a/v2', 'a.example/a/v2', 'v2.0.0', { ids: ['ISC'], trouble: 'unknown' }),
    entry('b.example/b', 'b.example/b', 'v1.0.9', { ids: [], trouble: 'none', texts: [] }),
    entry('c.example/c', 'c.example/c', 'v1.0.0', { ids: [], trouble: 'unknown' }),
  ]),
);

test('ATTRIBUTION.txt is read as it was written, and no text in it for a part of it', () => {
  assert.equal(attributed.slice(-2), [
    { name: 'b.example/b', version: 'v1.0.9', expression: undefined, trouble: 'NONE FOUND' },
    { name: 'c.example/c', version: 'v1.0.0', expression: undefined, trouble: 'NOT RECOGNISED' },
  ]);
  assert.is(attributed.length, 7);
  assert.equal(readAttribution(''), []);
});

test('a module has the licences of all its parts, and of none that only begins like it', () => {
  const found = licensesOf(build, attributed);
  const shown = Object.fromEntries(
    [...found].map(([key, { declared, isAbsent, note }]) => [key, [declared, isAbsent, note]]),
  );
  assert.equal(shown, {
    'golang.org/go go1.21.9': ['BSD-3-Clause', false, undefined],
    'own.example/own v1.2.3': ['Apache-2.0', false, undefined],
    'a.example/a v1.0.0': ['BSD-2-Clause AND MIT', false, undefined],
    'a.example/a/v2 v2.0.0': ['ISC', false, 'a.example/a/v2: recognised only in part.'],
    'b.example/b v1.0.9': [undefined, true, 'b.example/b: NONE FOUND.'],
  });
});

test.run();
