import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import { findStrayPatches } from '../../orchestrator/workspace/own-patches.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';

const test = suite<{ root: string }>('patches of the user’s own');
test.before.each((context, defer) => {
  context.root = mkdtempSync(join(tmpdir(), 'patches-'));
  defer(() => rmSync(context.root, { recursive: true }));
});

const lock = { projects: { 'org/tool': {} } } as unknown as Parameters<typeof findStrayPatches>[1];

async function complaintsOf(root: string, files: readonly string[]): Promise<string> {
  writeFiles(root, Object.fromEntries(files.map((file) => [file, 'x'])));
  const found = await findStrayPatches({ root, patches: join(root, 'patches') }, lock, {
    cwd: root,
    packageFolder: root,
  });
  return found.ok ? '' : describeFailure(found.error);
}

test('are looked for where they would be applied, and what would not be is told', async ({ root }) => {
  const said = await complaintsOf(root, [
    ...['patches/org/tool/0001-x.patch', 'patches/org/tool/0002-x.diff'],
    ...['patches/org/tol/0001-x.patch', 'patches/0001-x.patch', 'patches/org/0001-x.patch'],
  ]);
  for (const path of ['org/tool/0002-x.diff', 'org/tol', '0001-x.patch', 'org/0001-x.patch'])
    assert.match(said, `patches/${path}: error:`);
  assert.is(said.match(/error:/g)?.length, 4, said);
});

test('of another release’s project, and what people keep beside them, are no trouble', async ({ root }) => {
  assert.is(
    await complaintsOf(root, [
      ...[
        'patches/README.md',
        'patches/.gitkeep',
        'patches/org/tool/README',
        'patches/org/tool/0001-x.patch',
      ],
      ...['projects/org/other/project.yaml', 'patches/org/other/0001-x.patch'],
    ]),
    '',
  );
});

test('are none where there is no folder', async ({ root }) => {
  assert.is(await complaintsOf(root, []), '');
});

test.run();
