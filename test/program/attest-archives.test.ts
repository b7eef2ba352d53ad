import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import type { ImageWorld } from '../rig/image-world.ts';
import { at, lay, pathsIn, siteWorld } from '../rig/site-world.ts';
import { isStatement } from '../rig/statement-schema.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: ImageWorld; said: Said }>('attest --archives');

/** The provenance of each file, by its path below `artifacts/`. */
type Said = ReadonlyMap<string, { readonly file: string; readonly sha256: string }>;

const artifacts = 'site/kubernetes-1-30/releases/5/artifacts';

test.before(async (context, defer) => {
  defer(closeFakes);
  const world = await siteWorld();
  const ran = await world.run(['attest', release, '--archives']);
  assert.is(ran.code, 0, ran.stderr);
  const folder = join(world.root, 'out', release, 'statements');
  const { statements } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
  const said = new Map<string, { file: string; sha256: string }>();
  for (const { subject, path, predicateType } of statements) {
    if (predicateType.includes('provenance'))
      said.set(subject.name, { file: join(folder, path), sha256: subject.sha256 });
  }
  context.world = world;
  context.said = said;
});

test('a provenance of every file of the site, by the hash that the site has', async ({ world, said }) => {
  const ran = await lay(world, 'site', ...at);
  assert.is(ran.code, 0, ran.stderr);
  const files = pathsIn(join(world.root, artifacts)).filter(
    (path) => !/\.sha(256|512)$|SHA\d+SUM$/.test(path),
  );
  assert.ok(files.length > 8);
  for (const path of files) {
    const { file, sha256 } = said.get(path) ?? { file: '', sha256: path };
    assert.is(sha256, digestOf(readFileSync(join(world.root, artifacts, path))), path);
    isStatement(JSON.parse(readFileSync(file, 'utf8')));
    assert.equal(isStatement.errors ?? [], []);
  }
});

test('an archive, a tar of an image and a program come out the same of their statements alone', async ({
  said,
}) => {
  const other = await siteWorld();
  const paths = [
    'tool/v1.0.0/tool-linux-arm64-v1.0.0.tar.gz',
    // Its folder is called by the tag of another project, of which nothing else is needed.
    'kit/v2.0.0/bin/linux/amd64/tool.tar',
    'kit/v2.0.0/bin/windows/amd64/saw.exe',
  ];
  for (const path of paths) {
    const { file = '', sha256 = '' } = said.get(path) ?? {};
    assert.ok(existsSync(file), path);
    const words = ['rebuild', '--from', file, '--cache', join(other.folder, 'cold'), '--output', 'made'];
    const ran = await other.run(words);
    assert.is(ran.code, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, `✔ identical: ${path}\n  sha256:${sha256}`);
    assert.not.match(ran.stdout, 'is not all as the statement says');
    assert.is(digestOf(readFileSync(join(other.root, 'made', basename(path)))), sha256);
  }
});

test.run();
