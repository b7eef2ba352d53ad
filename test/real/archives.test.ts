import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { ok } from '../../orchestrator/core/result.ts';
import type { ImageTarNode } from '../../orchestrator/plan/archive/node-archive.ts';
import { asNodeId } from '../../orchestrator/plan/node-base.ts';
import { type Rebuilt, rebuild } from '../../orchestrator/run/rebuild.ts';
import { tarImage } from '../../orchestrator/task/archive/image-tar.ts';
import { forgetResults } from '../rig/forget-results.ts';
import { testHost } from '../rig/host.ts';
import { writeImageLayout } from '../rig/image-layout.ts';
import { skopeo } from '../rig/skopeo.ts';
import { suite } from '../rig/suite.ts';
import { warmCache } from '../rig/warm.ts';
import { writeFiles } from '../rig/world.ts';
import { fakeContext } from '../task/task-context.ts';

/** Archives of the sample with its real programs and licences, and tars of images as others read them. */
const test = suite<{ folder: string }>('archives of the sample');

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

test.before((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'archives-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

interface Made {
  /** SHA-256 by path. */
  readonly digests: Readonly<Record<string, string>>;
  readonly unplanned: readonly string[];
  readonly places: ReadonlyMap<string, string>;
}

async function make(folder: string, name: string): Promise<Made> {
  const cwd = join(folder, name);
  mkdirSync(join(cwd, 'home'), { recursive: true });
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(cwd, 'home'),
    EKSD_REBUILD_CACHE: join(folder, 'cache'),
  };
  const goEnv = Object.entries(process.env).filter(([key]) => /^GO|PROXY$|^SSL/i.test(key));
  const host = testHost({ cwd, packageFolder: root, env: { ...Object.fromEntries(goEnv), ...env } });
  const places = new Map<string, string>();
  const unplanned: string[] = [];
  const use = async ({ prepared, report, store }: Rebuilt) => {
    const trees = new Map(report.nodes.map(({ id, tree }) => [id as string, tree]));
    for (const { path, node, file } of prepared.plan.files) {
      const tree = trees.get(node);
      if (tree !== undefined) places.set(path, join(store.treePath(tree), file));
    }
    unplanned.push(...prepared.plan.unplannedFiles.map(({ path }) => path));
    return ok(undefined);
  };
  const asked = {
    call: () => ok({ archives: { registry: { host: 'registry.example.com', prefix: 'eks' } } }),
    use,
  };
  const ran = await rebuild('sample', { log: 'line' }, host, asked);
  assert.equal(ran, ok(0));
  const digests = [...places].map(([path, file]) => [path, digestOf(readFileSync(file))]);
  return { digests: Object.fromEntries(digests), unplanned, places };
}

test('all but what holds images, twice, in two folders: the same bytes', async ({ folder }) => {
  await warmCache(join(folder, 'cache'));
  const one = await make(folder, 'one');
  assert.equal(Object.keys(one.digests), [
    'greeter/v1.2.0/ATTRIBUTION.txt',
    'greeter/v1.2.0/bin/linux/amd64/greeter',
    'greeter/v1.2.0/bin/linux/arm64/greeter',
    'greeter/v1.2.0/bin/windows/amd64/greeter.exe',
    'greeter/v1.2.0/greeter-linux-amd64-v1.2.0.tar.gz',
    'greeter/v1.2.0/greeter-linux-arm64-v1.2.0.tar.gz',
    'greeter/v1.2.0/greeter-src.tar.gz',
    'greeter/v1.2.0/greeter-windows-amd64-v1.2.0.tar.gz',
  ]);
  assert.ok(one.unplanned.includes('toolbox/v2.0.1/toolbox-linux-amd64-v2.0.1.tar.gz'));
  // All but Go is made again, and Go's own cache has what it had compiled.
  forgetResults(join(folder, 'cache'), (kind) => kind !== 'toolchain');
  const two = await make(folder, 'two');
  assert.equal(two.digests, one.digests);
  const archive = one.places.get('greeter/v1.2.0/greeter-linux-amd64-v1.2.0.tar.gz') ?? '';
  const out = join(folder, 'out');
  mkdirSync(out);
  execFileSync('tar', ['-xzf', archive, '-C', out]);
  const said = execFileSync(join(out, 'greeter'), { encoding: 'utf8', env: {} });
  assert.match(said, 'Hello, world.');
  assert.match(readFileSync(join(out, 'ATTRIBUTION.txt'), 'utf8'), 'rsc.io/quote');
  assert.ok(existsSync(join(out, 'LICENSES', 'rsc.io', 'quote', 'LICENSE')));
});

test('skopeo takes the tars of both formats for the image that they are of', async ({ folder }) => {
  const name = 'registry.example.com/eks/org/app:v1';
  for (const format of ['oci', 'docker'] as const) {
    const context = fakeContext(() => undefined, {}, { image: 'image', source: 'source' });
    mkdirSync(join(context.folder, 'image'));
    const layers = [[{ path: 'app', content: 'program' }], [{ path: 'etc/app', content: 'x' }]];
    const config = { Entrypoint: ['/app'] };
    const { digest } = writeImageLayout(join(context.folder, 'image'), { layers, config });
    writeFiles(join(context.folder, 'source'), { 'facts.json': '{"headUnixTime":1700000000}' });
    const node: ImageTarNode = {
      ...{ kind: 'image-tar', id: asNodeId('tar'), needs: [], title: '', projects: [], file: 'app', format },
      ...{ platform: 'linux/amd64', image: asNodeId('image'), source: asNodeId('source') },
      ...{ names: [name], told: name, tag: 'v1' },
    };
    assert.equal(await tarImage(node, context), ok({}));
    const tar = join(context.output, 'app.tar');
    const from = format === 'oci' ? `oci-archive:${tar}:v1` : `docker-archive:${tar}:${name}`;
    const config2 = JSON.parse(skopeo('inspect', '--config', from));
    assert.equal([config2.architecture, config2.config.Entrypoint], ['amd64', ['/app']]);
    skopeo('copy', from, `oci:${join(folder, format)}:v1`);
    if (format === 'oci') {
      const index = JSON.parse(readFileSync(join(folder, format, 'index.json'), 'utf8'));
      assert.is(index.manifests[0].digest, digest);
    }
    rmSync(context.folder, { recursive: true });
  }
});

test.run();
