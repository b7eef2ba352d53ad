import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ok } from '../../../orchestrator/core/result.ts';
import {
  type ComparingArchives,
  compareArchiveFiles,
} from '../../../orchestrator/verdict/archive/compare-files.ts';
import { layerFile } from '../../rig/layer.ts';
import { program } from '../../rig/published-site.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('what lies in archives');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'compare-files-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

test('programs that differ are looked into where that is asked for, and nothing else is', async ({
  folder,
}) => {
  const sides = ['one', 'other'].map((text) => {
    const path = join(folder, text);
    const members = [
      { path: './bin/tool', content: program(text) },
      { path: './bin/same', content: program('same') },
      { path: './text', content: text },
      { path: './twice', content: program('first') },
      { path: './twice', content: program(text) },
    ];
    writeFileSync(path, layerFile(members));
    return { path, name: text };
  });
  const [a, b] = sides as [(typeof sides)[0], (typeof sides)[0]];
  const seen: string[][] = [];
  const comparing: ComparingArchives = {
    ...{ scratch: folder, signal: new AbortController().signal },
    compareImages: () => Promise.reject(new Error('there is no image')),
  };
  const plain = await compareArchiveFiles(a, b, comparing);
  assert.equal(plain.ok && plain.value.inside, []);
  const compared = await compareArchiveFiles(a, b, {
    ...comparing,
    comparePrograms: async (...paths) => {
      seen.push(paths.map((path) => readFileSync(path).subarray(64).toString()));
      return ok({ extent: 'code', differences: [], undecided: 0 });
    },
  });
  assert.equal(seen, [['one', 'other']], 'which of two under one path is meant, nobody can say');
  assert.equal(compared.ok && compared.value.inside.map(({ path, kind }) => `${path} ${kind}`), [
    'bin/tool program',
  ]);
  assert.equal(compared.ok && compared.value.members.map(({ path, isProgram }) => `${path} ${isProgram}`), [
    'bin/tool true',
    'text false',
    'twice true',
  ]);
});

test.run();
