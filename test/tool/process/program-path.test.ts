import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findProgram } from '../../../orchestrator/tool/process/program-path.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('program path');

test.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'program-path-'));
  for (const name of ['a', 'b']) await mkdir(join(context.folder, name));
  await mkdir(join(context.folder, 'a', 'folder'));
  await writeFile(join(context.folder, 'a', 'text'), '');
  for (const path of ['b/text', 'b/folder', 'b/tool', 'a/tool']) {
    await writeFile(join(context.folder, path), '#!/bin/sh\n');
    await chmod(join(context.folder, path), 0o755);
  }
});

test.after(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

test('the first folder that has it counts', async ({ folder }) => {
  assert.is(await findProgram('tool', `${folder}/a:${folder}/b`, '/'), `${folder}/a/tool`);
  assert.is(await findProgram('tool', `${folder}/b:${folder}/a`, '/'), `${folder}/b/tool`);
});

test('what cannot be executed and folders are passed over', async ({ folder }) => {
  assert.is(await findProgram('text', `${folder}/a:${folder}/b`, '/'), `${folder}/b/text`);
  assert.is(await findProgram('folder', `${folder}/a:${folder}/b`, '/'), `${folder}/b/folder`);
});

test('a relative or empty entry of PATH is not searched', async ({ folder }) => {
  assert.is(await findProgram('tool', ':.:a', folder), undefined);
  assert.is(await findProgram('tool', '', folder), undefined);
});

test('a name with a slash is no matter of PATH', async ({ folder }) => {
  assert.is(await findProgram(`${folder}/a/tool`, '', '/'), `${folder}/a/tool`);
  assert.is(await findProgram('./a/tool', `${folder}/b`, folder), `${folder}/a/tool`);
  assert.is(await findProgram(`${folder}/a/nothing`, `${folder}/a`, '/'), undefined);
});

test.run();
