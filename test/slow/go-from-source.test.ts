import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOfFolder } from '../../orchestrator/tool/tar/folder-digest.ts';
import { compileWith, removeReadOnly, type Taken, takeGo } from '../rig/real-go.ts';
import { suite } from '../rig/suite.ts';

/** A Go of an official release, once from the module proxy and once compiled from the source in it. */
const test = suite<Taken>('a Go from its source');
const bootstrap = '1.18.10';

test.before(async (taken, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'real-go-'));
  defer(() => removeReadOnly(folder));
  const goroot = await takeGo(folder, 'proxy', [{ kind: 'module-proxy' }]);
  Object.assign(taken, { folder, goroot });
});

test('compiled from its source by an older Go, it compiles the same program', async (taken) => {
  const { folder, goroot } = taken;
  const source = join(folder, 'source');
  execFileSync('cp', ['-a', goroot, source]);
  for (const name of ['bin', 'pkg/tool']) rmSync(join(source, name), { recursive: true });
  chmodSync(source, 0o755);
  const digest = await digestOfFolder(source);
  const from = { folder: source, digest };
  const made = await takeGo(folder, 'compiled', [{ kind: 'source', from, bootstrap }]);
  assert.ok(existsSync(join(made, 'pkg', 'tool', 'linux_amd64', 'compile')));
  assert.ok(compileWith(made, folder) === compileWith(goroot, folder), 'the program has other bytes');
  const origin = JSON.parse(readFileSync(join(made, '..', 'toolchain.json'), 'utf8'));
  assert.equal([origin.source, origin.bootstrap.version], [digest, `v0.0.1-go${bootstrap}.linux-amd64`]);
});

test.run();
