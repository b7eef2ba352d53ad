import { cpSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import type { OciDigest } from '../../orchestrator/core/oci.ts';
import { imageFor, readImageTree } from '../../orchestrator/oci/image/image-tree.ts';
import type { Builder, ImageBuild } from '../../orchestrator/tool/buildkit/builder.ts';
import { builderOf, buildWorld, digestIn } from '../rig/build-world.ts';
import { type Buildkitd, startBuildkitd } from '../rig/buildkitd.ts';
import { suite } from '../rig/suite.ts';

const test = suite('digests of real daemons');
const world = await buildWorld();
const daemons: Buildkitd[] = [];

/** A daemon with an empty cache; `native` copies whole folders where others lay them over one another. */
async function start(snapshotter: 'overlayfs' | 'native'): Promise<Builder> {
  const daemon = await startBuildkitd({ config: `[worker.oci]\n  snapshotter = "${snapshotter}"\n` });
  daemons.push(daemon);
  return builderOf(daemon);
}

test.after(async () => {
  for (const daemon of daemons) await daemon.stop();
  rmSync(world.folder, { recursive: true });
});

async function built(builder: Builder, build: ImageBuild): Promise<OciDigest> {
  const done = await world.fleet([builder]).build(build, world.circumstances());
  assert.ok(done.ok, JSON.stringify(done));
  return digestIn(build.output);
}

const dockerfile = [
  'FROM scratch AS files',
  'COPY wait /usr/local/bin/wait',
  'RUN ["/usr/local/bin/wait"]',
  'FROM scratch',
  'COPY --from=files /usr /usr',
  'COPY --chown=65532:65532 data /var/lib/data',
  'VOLUME ["/var/lib/data"]',
  'ENTRYPOINT ["/usr/local/bin/wait"]',
  '',
].join('\n');

/** The same input with other times, in another folder. */
async function withData(text: string, seconds: number, given: Partial<ImageBuild> = {}): Promise<ImageBuild> {
  const build = await world.build(text, given);
  const folder = join(build.context, 'data');
  cpSync(build.dockerfile, folder, { recursive: true });
  writeFileSync(join(folder, 'a'), 'a');
  for (const path of [folder, ...readdirSync(folder).map((name) => join(folder, name))]) {
    utimesSync(path, seconds, seconds);
  }
  return build;
}

test('two daemons with empty caches, from other folders, at another time: one digest', async () => {
  const [one, other] = [await start('overlayfs'), await start('native')];
  const first = await withData(dockerfile, 1_700_000_001);
  const second = await withData(dockerfile, 1_710_000_000);
  assert.is(await built(one, first), await built(other, second));
});

test('what another build left at the daemon stands for nothing, whatever its sizes and dates', async () => {
  const builder = await start('overlayfs');
  const text = 'FROM scratch\nCOPY data /data\n';
  const dates = 1_700_000_001;
  const digests: OciDigest[] = [];
  for (const content of ['a', 'b', 'a']) {
    const build = await withData(text, dates);
    writeFileSync(join(build.context, 'data', 'a'), content);
    for (const name of ['a', '.']) utimesSync(join(build.context, 'data', name), dates, dates);
    digests.push(await built(builder, build));
  }
  assert.is.not(digests[0], digests[1]);
  assert.is(digests[0], digests[2]);
  // Folders that are there already must not keep the date that an earlier build gave them.
  const older = await withData(text, dates - 5000, { epoch: dates });
  assert.is(await built(builder, older), await built(await start('overlayfs'), older));
});

test('a later build on a base: its layers stay as they are, and the base is by digest, for the platform', async () => {
  const builder = await start('overlayfs');
  const base = await withData('FROM scratch\nCOPY data /data\n', 1_700_000_001, { platform: 'linux/arm64' });
  const digest = await built(builder, base);
  const layouts = { base: { folder: base.output, digest } };
  const text = 'FROM base\nCOPY wait /wait\nLABEL a=b\n';
  const given = { layouts, platform: 'linux/arm64', epoch: 1_720_000_000 } as const;
  const build = await world.build(text, given);
  const name = await built(builder, build);
  assert.is(name, await built(await start('native'), await world.build(text, given)));
  const [below, above] = [await readImageTree(base.output), await readImageTree(build.output)];
  assert.ok(below.ok && above.ok);
  // No program of the image ran, so that no emulator was needed.
  const image = imageFor(above.value, 'linux/arm64');
  assert.is(image?.config.architecture, 'arm64');
  const layers = image?.manifest.layers.map((each) => each.digest) ?? [];
  assert.equal([layers[0], layers.length], [below.value.images[0]?.manifest.layers[0]?.digest, 2]);
  assert.is(image?.config.created, '2024-07-03T09:46:40Z');
});

test('a cache that another daemon filled is used, and changes nothing', async () => {
  const caches = {
    from: [`type=local,src=${world.folder}/cache-{name}`],
    to: [`type=local,dest=${world.folder}/cache-{name},mode=max`],
  };
  const digests: string[] = [];
  for (const seconds of [1_700_000_001, 1_710_000_000]) {
    const builder = await start('overlayfs');
    const lines: string[] = [];
    const build = await withData(dockerfile, seconds);
    const { run, ...circumstances } = world.circumstances();
    const done = await world.fleet([builder], {}, caches).build(build, {
      ...circumstances,
      run: (command) => run({ ...command, onLine: (line) => lines.push(line) }),
    });
    assert.ok(done.ok, JSON.stringify(done));
    digests.push(digestIn(build.output));
    assert.is(
      lines.some((line) => / CACHED$/.test(line)),
      digests.length === 2,
    );
  }
  assert.is(digests[0], digests[1]);
});

const canary = 'canary-4711';

test('keys of a cache are in no record, no failure and no part of an image', async () => {
  const daemon = await startBuildkitd();
  daemons.push(daemon);
  const s3 = `type=s3,region=a,bucket=b,endpoint_url=http://127.0.0.1:9,access_key_id=AK-${canary},secret_access_key=SK-${canary}`;
  const build = await world.build('FROM scratch\nCOPY wait /wait\n', { name: 'test/secret' });
  const imported = world.circumstances();
  const fine = await world.fleet([builderOf(daemon)], {}, { from: [s3], to: [] }).build(build, imported);
  assert.ok(fine.ok, JSON.stringify(fine));
  assert.match(JSON.stringify(imported.records), 'secret_access_key=***');
  for (const name of readdirSync(build.output, { recursive: true, encoding: 'utf8' })) {
    if (!name.startsWith('blobs/sha256/')) continue;
    const blob = readFileSync(join(build.output, name));
    const content = blob.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b])) ? gunzipSync(blob) : blob;
    assert.not.ok(content.includes(canary), name);
  }
  const exported = world.circumstances();
  const done = await world.fleet([builderOf(daemon)], {}, { from: [], to: [s3] }).build(build, exported);
  assert.not.ok(done.ok);
  assert.not.match(JSON.stringify([fine, done, imported.records, exported.records]), canary);
});

test.run();
