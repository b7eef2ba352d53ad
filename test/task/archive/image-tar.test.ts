import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import type { ImageTarNode } from '../../../orchestrator/plan/archive/node-archive.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import { tarImage } from '../../../orchestrator/task/archive/image-tar.ts';
import { writeImageLayout } from '../../rig/image-layout.ts';
import { writeFiles } from '../../rig/world.ts';
import { type FakeContext, fakeContext } from '../task-context.ts';

const name = 'registry.example.com/eks/org/app:v1.2.3-eks-1-30-5';
const latest = 'registry.example.com/eks/org/app:v1.2.3-eks-1-30-latest';

const node: ImageTarNode = {
  ...{ kind: 'image-tar', id: asNodeId('image-tar'), needs: [], title: '', projects: [], file: 'app' },
  ...{ platform: 'linux/arm64', image: asNodeId('image'), source: asNodeId('source'), format: 'oci' },
  ...{ names: [name, latest], told: name, tag: 'v1.2.3-eks-1-30-5' },
};

function world(): FakeContext {
  const context = fakeContext(() => undefined, {}, { image: 'image', source: 'source' });
  mkdirSync(join(context.folder, 'image'));
  const layers = [[{ path: 'app', content: 'program' }], [{ path: 'etc/app', content: 'x' }]];
  writeImageLayout(join(context.folder, 'image'), { architecture: 'arm64', layers });
  const facts = JSON.stringify({ headUnixTime: Date.parse('2024-05-01T12:00:00Z') / 1000 });
  writeFiles(join(context.folder, 'source'), { 'facts.json': facts });
  return context;
}

async function made(given: Partial<ImageTarNode> = {}) {
  const context = world();
  const result = await tarImage({ ...node, ...given }, context);
  assert.ok(result.ok, JSON.stringify(result));
  const tar = join(context.output, 'app.tar');
  const say = (...args: readonly string[]) => execFileSync('tar', args, { encoding: 'utf8' });
  return {
    bytes: readFileSync(tar),
    lines: say('--numeric-owner', '--full-time', '--utc', '-tvf', tar).trimEnd().split('\n'),
    read: (path: string) => say('-xOf', tar, path),
    beside: (ending: string) => readFileSync(join(context.output, `app.${ending}`), 'utf8'),
    end: () => rmSync(context.folder, { recursive: true }),
  };
}

test('an OCI layout, by each of its names', async () => {
  const { lines, read, beside, end } = await made();
  const names = lines.map((line) => line.split(' ').at(-1) ?? '');
  assert.equal(names.slice(0, 2), ['blobs/', 'blobs/sha256/']);
  assert.equal(names.slice(-2), ['index.json', 'oci-layout']);
  assert.is(names.length, 2 + 4 + 2);
  assert.equal(names, names.toSorted());
  assert.ok(lines.every((line) => / 0\/0 +[0-9]+ 2024-05-01 12:00:00 /.test(line)));
  const index = JSON.parse(read('index.json'));
  const annotations = index.manifests.map((each: { annotations: unknown }) => each.annotations);
  assert.equal(annotations, [
    {
      'io.containerd.image.name': name,
      'org.opencontainers.image.created': '2024-05-01T12:00:00Z',
      'org.opencontainers.image.ref.name': 'v1.2.3-eks-1-30-5',
    },
    {
      'io.containerd.image.name': latest,
      'org.opencontainers.image.created': '2024-05-01T12:00:00Z',
      'org.opencontainers.image.ref.name': 'v1.2.3-eks-1-30-latest',
    },
  ]);
  const { digest } = index.manifests[0];
  assert.is(`sha256:${digestOf(read(`blobs/sha256/${digest.slice(7)}`))}`, digest);
  assert.is(beside('docker_tag'), 'v1.2.3-eks-1-30-5\n');
  assert.is(beside('docker_image_name'), `${name}\n`);
  end();
});

test("docker's format has a manifest of its own beside it", async () => {
  const { lines, read, end } = await made({ format: 'docker', names: [name] });
  assert.ok(lines.some((line) => line.endsWith(' manifest.json')));
  const [said, ...others] = JSON.parse(read('manifest.json'));
  assert.equal(others, []);
  assert.equal(said.RepoTags, [name]);
  assert.is(JSON.parse(read(said.Config)).architecture, 'arm64');
  assert.is(said.Layers.length, 2);
  end();
});

test('elsewhere and later: the same bytes', async () => {
  const [one, other] = [await made(), await made()];
  assert.ok(one.bytes.equals(other.bytes));
  one.end();
  other.end();
});

test('an image that is not for the platform', async () => {
  const context = world();
  assert.equal(await tarImage({ ...node, platform: 'linux/amd64' }, context), {
    ok: false,
    error: { reason: 'missing-output', file: 'app.tar', detail: 'image is not for linux/amd64' },
  });
  rmSync(context.folder, { recursive: true });
});

test.run();
