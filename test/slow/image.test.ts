import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { debianMirror } from '../rig/debian-mirror.ts';
import { makeProgramImage, programImage } from '../rig/program-image.ts';
import { skopeo } from '../rig/skopeo.ts';
import { suite } from '../rig/suite.ts';

interface World {
  folder: string;
  /** Of two makes. */
  layouts: readonly string[];
}

const test = suite<World>('the image of this program');

test.before(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'image-'));
  defer(() => rmSync(context.folder, { recursive: true, force: true }));
  const second = join(context.folder, 'second');
  await makeProgramImage(second);
  context.layouts = [await programImage(), second];
});

function indexOf(layout: string) {
  const [{ digest }] = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests;
  const blob = join(layout, 'blobs', 'sha256', digest.replace('sha256:', ''));
  return { digest, manifests: JSON.parse(readFileSync(blob, 'utf8')).manifests };
}

/** The files of a platform, as a bundle for runc. */
function unpack({ folder, layouts }: Pick<World, 'folder' | 'layouts'>, architecture: string): string {
  const copy = join(folder, architecture);
  skopeo('copy', '--override-arch', architecture, `oci:${layouts[0]}`, `oci:${copy}:x`);
  execFileSync('umoci', ['unpack', '--image', `${copy}:x`, `${copy}-bundle`], { stdio: 'pipe' });
  return `${copy}-bundle`;
}

test('two makes with nothing in common but the commit: one digest, for both platforms', ({ layouts }) => {
  const [first, second] = layouts.map(indexOf);
  assert.is(first?.digest, second?.digest);
  assert.equal(
    first?.manifests.map(({ platform }: { platform: object }) => platform),
    [
      { architecture: 'amd64', os: 'linux' },
      { architecture: 'arm64', os: 'linux' },
    ],
  );
});

test('nobody in it is root, and what it has is there: this program, node, git, go, a sandbox', (world) => {
  const bundle = unpack(world, 'amd64');
  const run = (...args: readonly string[]): string => {
    const file = join(bundle, 'config.json');
    const config = JSON.parse(readFileSync(file, 'utf8'));
    assert.is(config.process.user.uid, 65532);
    config.process.terminal = false;
    config.process.args = args;
    writeFileSync(file, JSON.stringify(config));
    const words = ['--root', `${bundle}-state`, 'run', '--bundle', bundle, `image-${process.pid}`];
    const ran = spawnSync('runc', words, { encoding: 'utf8', input: '' });
    assert.is(ran.status, 0, ran.stdout + ran.stderr);
    return ran.stdout.trim();
  };
  assert.match(run('eksd-rebuild', '--version'), /^eksd-rebuild \d/);
  assert.match(run('git', '--version'), /^git version 2\./);
  assert.match(run('go', 'version'), / linux\/amd64$/);
  assert.match(run('bwrap', '--version'), /^bubblewrap /);
  assert.match(run('node', '--version'), /^v(20|2[2-9])\./);
  assert.is(run('sh', '-c', 'touch "$HOME/x" && id -un'), 'worker');
  assert.match(run('eksd-rebuild', 'releases'), 'v1-30-eks-5');
});

test('the other platform has programs of its own, and nothing says where this machine has packages from', (world) => {
  const files = join(unpack(world, 'arm64'), 'rootfs');
  // e_machine of an ELF header: 183 is AArch64.
  for (const name of ['usr/bin/node', 'usr/bin/git', 'usr/lib/go-1.24/bin/go', 'usr/bin/bwrap'])
    assert.is(readFileSync(join(files, name)).readUInt16LE(18), 183, name);
  assert.equal(readdirSync(join(files, 'etc')).includes('apt'), false);
  const said = spawnSync('grep', [
    '-rlF',
    new URL(debianMirror()).host,
    join(files, 'opt'),
    join(files, 'etc'),
  ]);
  assert.is(said.stdout.toString(), '');
});

test.run();
