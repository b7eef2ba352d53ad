import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { asRelativePath } from '../../../orchestrator/core/relative-path.ts';
import { linkAstray } from '../../../orchestrator/task/go/build-place.ts';
import { notesOnGo } from '../../../orchestrator/task/go/file.ts';
import { expandPrograms } from '../../../orchestrator/task/go/programs.ts';
import { takeOutputs } from '../../../orchestrator/task/script/outputs.ts';
import { goesThroughLink, textWithin, within } from '../../../orchestrator/task/source/within.ts';
import { suite } from '../../rig/suite.ts';
import { writeFiles } from '../../rig/world.ts';

/** What this program itself reads of folders that others filled: links in them lead nowhere else. */
const test = suite<{ folder: string; checkout: string }>('within a checkout');

test.before.each((context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'within-'));
  defer(() => rmSync(folder, { recursive: true }));
  const checkout = join(folder, 'tree', 'source');
  Object.assign(context, { folder, checkout });
  writeFiles(folder, {
    'outside/key': 'secret\n',
    'outside/cmd/named/main.go': 'package main\n',
    'tree/source/inner/file': 'text\n',
    'tree/source/cmd/own/main.go': 'package main\n',
  });
  symlinkSync(join(folder, 'outside'), join(checkout, 'out'));
  symlinkSync(join(folder, 'outside', 'key'), join(checkout, '.go-version'));
  symlinkSync('inner', join(checkout, 'same'));
});

test('a link within it is followed, one that leads out is not', async ({ checkout }) => {
  assert.is(await textWithin(checkout, 'inner/file'), 'text\n');
  assert.is(await textWithin(checkout, 'same/file'), 'text\n');
  for (const path of ['out/key', '.go-version', '../../outside/key', 'gone']) {
    assert.is(await within(checkout, path), undefined, path);
    assert.is(await textWithin(checkout, path), '');
  }
  assert.equal(
    [await goesThroughLink(checkout, 'same/file'), await goesThroughLink(checkout, 'inner/file')],
    [true, false],
  );
});

test('no note quotes what lies outside', async ({ folder }) => {
  const notes = await notesOnGo({ goFile: '.go-version', goVersion: '1.22.1' }, join(folder, 'tree'));
  assert.equal(notes, []);
});

test('no folder outside gives programs their names', async ({ checkout }) => {
  assert.ok((await expandPrograms(checkout, [{ package: './cmd/*' }])).ok);
  assert.not.ok((await expandPrograms(checkout, [{ package: './out/cmd/*' }])).ok);
});

test('no output is taken from outside, by its path or by a glob', async ({ folder, checkout }) => {
  const target = join(folder, 'target');
  mkdirSync(target);
  for (const from of ['out/key', 'out/*', '.go-version']) {
    const taken = await takeOutputs([{ from, to: 'file' }], checkout, target);
    assert.equal(!taken.ok && taken.error.reason, 'missing-output', from);
  }
  assert.equal(readdirSync(target), []);
  assert.ok((await takeOutputs([{ from: 'inner/file', to: 'file' }], checkout, target)).ok);
});

test('no folder of a GOPATH is made outside', async ({ checkout }) => {
  const link = (gopath: string) => ({
    mode: 'gopath' as const,
    link: { gopath: asRelativePath(gopath), package: asRelativePath('a.b/c') },
  });
  assert.is((await linkAstray(link('out/go'), checkout))?.reason, 'unsafe-path');
  assert.is(await linkAstray(link('inner/go'), checkout), undefined);
});

test.run();
