import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { compareContent as compare, told } from '../../rig/compare-images.ts';
import type { ImageContent } from '../../rig/image-layout.ts';
import type { LayerMember } from '../../rig/layer.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('compare configs');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'compare-configs-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const file: LayerMember = { path: 'file', content: 'x' };

test('the config: how it is run counts, how it was built is set aside', async ({ folder }) => {
  const layers = [[file]];
  const a: ImageContent = {
    layers,
    config: {
      User: '0',
      Env: ['PATH=/bin', 'A=1', 'B=2'],
      Entrypoint: ['/etcd'],
      ExposedPorts: { '2379/tcp': {} },
      Labels: { one: '1', two: '2' },
    },
    created: '2024-05-28T00:00:00Z',
    history: [{ created_by: 'COPY a' }, { created_by: 'COPY b' }],
    others: { docker_version: '20.10', 'moby.buildkit.cache.v0': 'AAA=' },
  };
  const b: ImageContent = {
    layers,
    config: {
      User: '65532',
      Env: ['B=2', 'PATH=/usr/bin', 'A=1', 'C='],
      Entrypoint: ['/etcd'],
      Cmd: [],
      WorkingDir: '/',
      ExposedPorts: { '2379/tcp': {}, '2380/tcp': {} },
      Labels: { one: '1', two: '' },
    },
    created: '2026-01-01T00:00:00Z',
    history: [{ created_by: 'COPY a' }],
  };
  assert.equal(told(await compare(folder, a, b)), [
    'different',
    'Env C: null ""',
    'Env PATH: "/bin" "/usr/bin"',
    'ExposedPorts: {"2379/tcp":{}} {"2379/tcp":{},"2380/tcp":{}}',
    'Labels two: "2" ""',
    'User: "0" "65532"',
    '(created 1)',
    '(history 1)',
    '(builder-fields 1)',
    '(inline-cache 1)',
    '(default-values 2)',
    '(environment-order 3)',
  ]);
});

test('platforms of the config', async ({ folder }) => {
  const image = { layers: [[file]], architecture: 'arm64' };
  const with8 = { ...image, others: { variant: 'v8' } };
  assert.equal(told(await compare(folder, image, with8)), ['equivalent', '(architecture-variant 1)']);
  const with9 = { ...image, others: { variant: 'v9' } };
  assert.equal(told(await compare(folder, image, with9)), ['different', 'variant: null "v9"']);
  const other = { layers: [[file]], others: { 'os.version': '1' } };
  assert.equal(told(await compare(folder, { layers: [[file]] }, other)), [
    'different',
    'os.version: null "1"',
  ]);
});

test.run();
