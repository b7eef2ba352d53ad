import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Digest, digestOf } from '../../orchestrator/core/digest.ts';
import type { Failure } from '../../orchestrator/core/failure.ts';
import { err, type Result } from '../../orchestrator/core/result.ts';
import type { ToolchainSource } from '../../orchestrator/plan/node-go.ts';
import type { HostGo } from '../../orchestrator/tool/go/go.ts';
import { digestOfFolder } from '../../orchestrator/tool/tar/folder-digest.ts';
import { serveFolder } from '../rig/package-repository.ts';
import { compileWith, removeReadOnly, small, type Taken, takeGo } from '../rig/real-go.ts';
import { suite } from '../rig/suite.ts';

/** A Go of an official release, once from the module proxy and once by folder. */
const test = suite<Taken & { digest: Digest }>('a real Go');

test.before(async (taken, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'real-go-'));
  defer(() => removeReadOnly(folder));
  const goroot = await takeGo(folder, 'proxy', [{ kind: 'module-proxy' }]);
  Object.assign(taken, { folder, goroot, digest: await digestOfFolder(goroot) });
});

const unreachable = async (): Promise<Result<HostGo, Failure>> =>
  err({ reason: 'missing-program', program: 'go', help: '' });

test('a folder of the user compiles the same program, and needs no go on the machine', async (taken) => {
  const { folder, goroot, digest } = taken;
  const source: ToolchainSource = { kind: 'goroot', folder: goroot, digest };
  const copy = await takeGo(folder, 'folder', [{ kind: 'module-proxy' }, source], unreachable);
  assert.is(await digestOfFolder(copy), digest);
  const compiled = [copy, goroot].map((each) => compileWith(each, folder, small));
  assert.ok(compiled[0] === compiled[1], 'the program has other bytes');
});

test('an archive by its URL is fetched', async ({ folder, goroot, digest }) => {
  const file = join(folder, 'go.tar.gz');
  execFileSync('tar', ['-I', 'gzip -1', '-cf', file, '-C', dirname(goroot), 'go']);
  const sha256 = digestOf(readFileSync(file));
  const served = await serveFolder(folder);
  try {
    const source: ToolchainSource = { kind: 'archive', from: `${served.url}/go.tar.gz`, sha256 };
    const taken = await takeGo(folder, 'archive', [{ kind: 'module-proxy' }, source], unreachable);
    assert.is(await digestOfFolder(taken), digest);
  } finally {
    await served.close();
  }
});

test.run();
