import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { layOut } from '../../../orchestrator/run/deliver/lay-out.ts';
import type { Rebuilt } from '../../../orchestrator/run/rebuild.ts';
import { failureOf } from '../../oci/registry/rig.ts';
import { sha } from '../../rig/verdicts.ts';

/** A run that built these files, each of a project. */
function rebuilt(...files: readonly (readonly [project: string, name: string])[]): Rebuilt {
  const verdicts = files.map(([project, name]) => {
    return { project, name, platform: 'linux/amd64', node: 'go-build', found: sha(name) };
  });
  const report = { verdicts, nodes: [{ id: 'go-build', tree: sha('tree') }] };
  return { report, lock: { branch: '1-30' }, store: {} } as unknown as Rebuilt;
}

test('files that would lie over one another are not laid out, and nothing is touched', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lay-out-'));
  const output = join(folder, 'output');
  for (const files of [
    [
      ['org/tool', 'tool'],
      ['org/tool', 'Tool'],
    ],
    [
      ['org/tool', 'tool'],
      ['other/TOOL', 'tool'],
    ],
  ] as const) {
    const failure = failureOf(await layOut(rebuilt(...files), output));
    assert.is(failure.reason === 'unsafe-path' && failure.where, output);
    assert.match(
      JSON.stringify(failure),
      'would lie in the place of _output/1-30/bin/tool/linux-amd64/tool of org/tool',
    );
    assert.not.ok(existsSync(output));
  }
  rmSync(folder, { recursive: true });
});

test.run();
