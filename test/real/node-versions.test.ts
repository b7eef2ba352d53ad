import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { forgetResults } from '../rig/forget-results.ts';
import { suite } from '../rig/suite.ts';
import { warmProgram } from '../rig/warm.ts';

/** The lines of Node that are maintained beside the oldest that package.json allows: npm has each as a package of one program. */
const versions = ['22.23.5', '24.22.3'];

const repository = fileURLToPath(new URL('../../', import.meta.url));
const test = suite<{ folder: string }>('other versions of Node');

test.before((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'nodes-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

function install(folder: string, version: string): string {
  const name = `node-linux-${process.arch}`;
  const place = join(folder, version);
  mkdirSync(place);
  execFileSync('npm', ['install', '--prefix', place, '--no-save', '--silent', `${name}@${version}`]);
  const node = join(place, 'node_modules', name, 'bin', 'node');
  assert.is(execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(), `v${version}`);
  return node;
}

for (const [at, version] of versions.entries()) {
  test(`${version}: all unit tests, and the sample`, async ({ folder }) => {
    const node = install(folder, version);
    const unit = spawnSync(node, ['--import', 'tsx', 'test/rig/run.ts', 'unit'], {
      cwd: repository,
      encoding: 'utf8',
    });
    const said = unit.stdout.trimEnd();
    assert.match(said.split('\n').at(-1) ?? '', /^[1-9]\d{3} passed, 0 failed$/, said.slice(-3000));
    assert.is(unit.status, 0);
    const program = await warmProgram(join(folder, `sample-${version}`), node);
    // The first fetches all of it, and both build again, but for what go itself has kept of compiling it.
    forgetResults(program.cache, (kind) => at === 0 || kind !== 'toolchain');
    const ran = await program.run(['verify', 'sample', '--platform', 'linux/amd64']);
    assert.is(ran.code, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, /No comparable file differs\./);
    assert.not.match(ran.stderr, /Warning/);
  });
}

test.run();
