import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { corrupt } from '../rig/corrupt.ts';
import { forgetGoCalls, goCalls } from '../rig/fake-go.ts';
import { type ImageWorld, imageWorld } from '../rig/image-world.ts';
import { endsOf, reportOf, verdictsOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: ImageWorld }>('what is damaged in the store');

test.before.each(async (context, defer) => {
  defer(closeFakes);
  context.world = await imageWorld();
  const ran = await context.world.run(['images', release]);
  assert.is(ran.code, 0, ran.stderr);
  forgetGoCalls(context.world.folder);
});

/** The folder of what a node of the last run made. */
function madeBy(world: ImageWorld, node: string): string {
  const tree = reportOf(world, release).nodes.find(({ id }) => id === node)?.tree ?? '';
  return join(world.cache, 'trees', tree.slice(0, 2), tree, 'content');
}

function builds(world: ImageWorld): number {
  return goCalls(world.folder).filter((call) => call.includes(' build ')).length;
}

const program = 'go-build org/tool linux/arm64';

/** The largest blob of an image: its layer with the program. */
function layerOf(world: ImageWorld, node: string): string {
  const folder = join(madeBy(world, node), 'blobs', 'sha256');
  const layers = readdirSync(folder).filter(
    (name) => !readFileSync(join(folder, name)).includes('mediaType'),
  );
  const [first = ''] = layers.filter((name) => isTar(readFileSync(join(folder, name))));
  return join(folder, first);
}

function isTar(bytes: Buffer): boolean {
  return bytes.subarray(257, 262).toString() === 'ustar' || bytes.readUInt16BE(0) === 0x1f8b;
}

test('a program that was written to is compiled again, whatever the command', async ({ world }) => {
  corrupt(join(madeBy(world, program), 'tool'));
  const ran = await world.run(['verify', release]);
  assert.is(ran.code, 0, ran.stderr);
  assert.is(builds(world), 1);
  assert.ok(endsOf(reportOf(world, release)).includes(`${program}: ran`));
});

test('one that nothing but reading it shows to be damaged is not laid out, but made again and laid out', async ({
  world,
}) => {
  corrupt(join(madeBy(world, program), 'tool'), 'kept');
  const ran = await world.run(['build', release, '--output', '../built']);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /The store is damaged at .*\nWhat was damaged in the store is made again\.\n/);
  const output = join(world.folder, 'built');
  execFileSync('sha256sum', ['-c', '--quiet', '--strict', 'SHA256SUMS'], { cwd: output });
  const text = readFileSync(join(output, '_output/1-30/bin/tool/linux-arm64/tool'), 'utf8');
  assert.match(text, /^go1\.20\.5 linux\/arm64 /);
  assert.is(builds(world), 1);
});

test('one that does not come out the same again is laid out as what it is', async ({ world }) => {
  const file = join(madeBy(world, program), 'tool');
  const before = digestOf(readFileSync(file));
  corrupt(file, 'kept');
  writeFileSync(
    join(world.root, 'projects/org/tool/project.yaml'),
    readFileSync(join(world.root, 'projects/org/tool/project.yaml'), 'utf8').replace('{tag}', 'mine'),
  );
  const ran = await world.run(['build', release, '--output', '../built', '--platform', 'linux/arm64']);
  assert.is(ran.code, 1, ran.stderr);
  const made = readFileSync(join(world.folder, 'built/_output/1-30/bin/tool/linux-arm64/tool'));
  assert.is.not(digestOf(made), before);
  assert.ok(verdictsOf(reportOf(world, release)).includes('org/tool linux/arm64 tool: different'));
});

for (const [what, times] of [
  ['written to', 'new'],
  ['only reading shows to be damaged', 'kept'],
] as const) {
  test(`a layer that was ${what} is in no layout, folder or tar`, async ({ world }) => {
    corrupt(layerOf(world, 'image-index org/hammer'), times);
    for (const name of ['laid', 'laid.tar']) {
      const ran = await world.run(['images', release, '--output', `../${name}`]);
      assert.is(ran.code, 0, ran.stderr);
    }
    mkdirSync(join(world.folder, 'opened'));
    execFileSync('tar', ['-xf', join(world.folder, 'laid.tar'), '-C', join(world.folder, 'opened')]);
    for (const folder of ['laid', 'opened']) {
      const blobs = join(world.folder, folder, 'blobs', 'sha256');
      const names = readdirSync(blobs);
      assert.ok(names.length >= 9);
      for (const name of names) assert.is(digestOf(readFileSync(join(blobs, name))), name);
    }
  });
}

test('nor is it pushed', async ({ world }) => {
  corrupt(layerOf(world, 'image-index org/hammer'), 'kept');
  const ran = await world.run(['push', release, '--registry', `${world.registry.host}/mine`, '--confirm']);
  assert.is(ran.code, 0, ran.stderr);
  const blobs = [...world.registry.content].filter(([name]) => name.startsWith('mine/'));
  assert.ok(blobs.length > 5);
  for (const [name, bytes] of blobs) assert.is(digestOf(bytes), name.slice(name.indexOf('sha256:') + 7));
});

test('a program that is damaged comes into no image', async ({ world }) => {
  corrupt(join(madeBy(world, program), 'tool'), 'kept');
  const dockerfile = join(world.root, 'projects/org/tool/Dockerfile');
  writeFileSync(dockerfile, `${readFileSync(dockerfile, 'utf8')}CMD ["--more"]\n`);
  const ran = await world.run(['images', release, '--image', 'tool']);
  assert.is(ran.code, 0, ran.stderr);
  assert.is(builds(world), 1);
  const text = execFileSync('tar', ['-xOf', layerOf(world, 'image org/tool linux/arm64'), './tool'], {
    encoding: 'utf8',
  });
  assert.match(text, /^go1\.20\.5 linux\/arm64 /);
});

test('nor does a checkout that was written to, or added to, come to a compiler', async ({ world }) => {
  const source = join(madeBy(world, 'source org/tool'), 'source');
  const file = join(source, 'cmd', 'tool', 'main.go');
  const sound = readFileSync(file);
  for (const damage of [
    () => corrupt(file),
    () => writeFileSync(join(source, 'cmd/tool/more.go'), 'package main\n'),
  ]) {
    damage();
    const ran = await world.run(['verify', release, '--fresh', '--project', 'tool', '--log', 'json']);
    assert.is(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /making source org\/tool again: in the store, source\/cmd/);
    assert.equal(readdirSync(join(source, 'cmd/tool')), ['main.go']);
    assert.equal(readFileSync(file), sound);
  }
});

test.run();
