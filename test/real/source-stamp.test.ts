import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../rig/suite.ts';
import { gitEnv, makeSource, type SourceWorld, sourceNode, sourceWorld } from '../task/source/world.ts';

const test = suite<SourceWorld>('the version stamp of the go command');

const program = 'package main\n\nfunc main() {}\n';
const history = [
  { files: { 'go.mod': 'module test.example/m\n\ngo 1.18\n', 'main.go': program }, tags: ['v0.9.0'] },
  // As the CSI sidecars: version 2 of a module whose name does not say so.
  {
    files: { 'sub/go.mod': 'module test.example/m/sub\n\ngo 1.18\n', 'sub/main.go': program },
    tags: ['v2.0.0'],
  },
  { files: { text: 'a file' }, lightweightTags: ['v1.0.0', 'sub/v1.3.0'], date: '2024-05-09T15:45:09-07:00' },
];

test.before(async (world) => {
  Object.assign(world, await sourceWorld(await mkdtemp(join(tmpdir(), 'source-stamp-')), history));
});

test.after(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

function build(world: SourceWorld, folder: string): { readonly file: string; readonly stamp: string } {
  const file = join(world.folder, `built-${folder.replaceAll('/', '-')}`);
  const env = {
    ...gitEnv,
    ...{ CGO_ENABLED: '0', GOCACHE: join(world.folder, 'cache'), GOENV: 'off', GOFLAGS: '', GOPROXY: 'off' },
    ...{ GOPATH: join(world.folder, 'gopath'), GOTOOLCHAIN: 'local', HOME: world.folder },
  };
  execFileSync('go', ['build', '-trimpath', '-ldflags', '-s -w -buildid=', '-o', file, '.'], {
    cwd: folder,
    env,
  });
  const printed = execFileSync('go', ['version', '-m', file], { env, encoding: 'utf8' });
  return { file, stamp: printed.slice(printed.indexOf('\n')) };
}

test('a program built in a copy of the checkout is the one that is built in a full clone', async (world) => {
  const full = join(world.folder, 'full');
  execFileSync('git', ['clone', '-q', world.upstream, full], { env: gitEnv });
  execFileSync('git', ['checkout', '-q', 'v1.0.0'], { env: gitEnv, cwd: full });
  await writeFile(join(full, 'eks-distro-checkout-v1.0.0'), '');
  const made = await makeSource(world, sourceNode(world, []));
  assert.ok(made.result.ok, JSON.stringify(made.result));
  const copy = join(world.folder, 'copy');
  await cp(join(made.output, 'source'), copy, { recursive: true, verbatimSymlinks: true });

  for (const module of ['.', 'sub']) {
    const [expected, found] = [build(world, join(full, module)), build(world, join(copy, module))];
    assert.is(found.stamp, expected.stamp);
    assert.match(found.stamp, `vcs.revision=${world.commits[2]}`);
    assert.match(found.stamp, 'vcs.time=2024-05-09T22:45:09Z');
    assert.match(found.stamp, 'vcs.modified=true');
    assert.ok((await readFile(found.file)).equals(await readFile(expected.file)), module);
  }
});

test.run();
