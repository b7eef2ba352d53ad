import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { asNodeId, type NodeId } from '../../orchestrator/plan/node-base.ts';
import type { GoBuildNode } from '../../orchestrator/plan/node-go.ts';
import type { LicensesNode } from '../../orchestrator/plan/node-image.ts';
import {
  createLicenseClassifier,
  type LicenseClassifier,
} from '../../orchestrator/task/licenses/classifier.ts';
import { gatherLicenses } from '../../orchestrator/task/licenses/licenses.ts';
import type { Deed } from '../../orchestrator/task/task.ts';
import { findHostGo } from '../../orchestrator/tool/go/go.ts';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { findProgram } from '../../orchestrator/tool/process/program-path.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { canMount } from '../rig/kubernetes-oracle.ts';
import {
  buildCache,
  buildDirectly,
  builtFolder,
  gitEnv,
  type KubernetesWorld,
  kubernetesWorld,
  makeCheckout,
  perform,
  planOf,
  removeWorld,
} from '../rig/kubernetes-world.ts';
import { sharedPlace } from '../rig/shared-place.ts';
import { suite } from '../rig/suite.ts';

/** Licences of what Kubernetes' programs link, by a GOPATH, by modules and a vendor folder, and by a workspace. */
const test = suite<{ classifier: LicenseClassifier }>('licences of Kubernetes');

const eras = [
  ['v1.24.15', '1.20.14'],
  ['v1.27.6', '1.20.14'],
  ['v1.30.1', '1.22.12'],
  ['v1.34.0-rc.0', '1.24.13'],
] as const;

test.before(async (context) => {
  const run = createRunProcess({ isolation: noIsolation, now: () => performance.now() });
  const environment = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const packageFolder = fileURLToPath(new URL('../../', import.meta.url));
  context.classifier = createLicenseClassifier({
    packageFolder,
    folder: sharedPlace('inspect/licenses'),
    hostGo: () => findHostGo(run, environment, packageFolder),
    fetchEnvironment: environment,
    run,
  });
});

/** What the licences' task gives for the programs of linux/amd64, by path. */
async function gather(
  world: KubernetesWorld,
  classifier: LicenseClassifier,
): Promise<ReadonlyMap<string, string>> {
  const one = (node: GoBuildNode): GoBuildNode => ({ ...node, programs: node.programs.slice(0, 1) });
  await buildDirectly(world, { node: one });
  const nodes = [...planOf(world).graph.nodes.values()];
  const source = nodes.find((node) => node.kind === 'source');
  const build = nodes.find((node) => node.kind === 'go-build');
  if (source?.kind !== 'source' || build?.kind !== 'go-build') throw new Error('nothing is planned');
  const checkout = await makeCheckout(world, source);
  const { id, toolchain, ...rest } = one(build);
  const node: LicensesNode = {
    ...{ kind: 'licenses', id: asNodeId('licenses'), needs: [], title: '', projects: [], toolchain },
    ...{ source: source.id, platform: 'linux/amd64', builds: [{ ...rest, build: id }] },
  };
  const folders = new Map<NodeId, string>([
    [source.id, checkout],
    [id, builtFolder(world, 'linux/amd64')],
    [toolchain, join(world.folder, 'toolchain')],
  ]);
  const git = (await findProgram('git', process.env['PATH'] ?? '', '/')) ?? '';
  const tools = {
    classifier,
    git: { program: git, env: gitEnv },
    buildCache: buildCache(),
  };
  const deed: Deed<LicensesNode> = (each, context) => gatherLicenses(each, context, tools);
  const { output, result } = await perform(world, deed, node, (need) => folders.get(need) ?? '');
  assert.ok(result.ok, JSON.stringify(result));
  const files = readdirSync(output, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file.slice(output.length + 1), readFileSync(file, 'utf8')];
    }),
  );
}

for (const [tag, go] of eras) {
  test(`${tag}: its own, that of what it vendors, those of its staging modules`, async ({ classifier }) => {
    if (!canMount()) return;
    const world = await kubernetesWorld({ tag, go, platforms: ['linux/amd64'] });
    try {
      const files = await gather(world, classifier);
      const ours = [...files.keys()].filter((file) => !file.startsWith('LICENSES/golang.org/')).sort();
      assert.equal(ours, [
        'ATTRIBUTION.txt',
        'LICENSES/example.com/lib/LICENSE',
        'LICENSES/k8s.io/client-go/LICENSE',
        // This one has none of its own: it is under that of the whole.
        'LICENSES/k8s.io/component-base/LICENSE',
        'LICENSES/k8s.io/kubernetes/LICENSE',
      ]);
      assert.match(files.get('LICENSES/example.com/lib/LICENSE') ?? '', 'The Library');
      assert.match(files.get('LICENSES/k8s.io/client-go/LICENSE') ?? '', 'The Client');
      for (const name of ['component-base', 'kubernetes']) {
        assert.match(files.get(`LICENSES/k8s.io/${name}/LICENSE`) ?? '', 'The Cluster');
      }
      const text = files.get('ATTRIBUTION.txt') ?? '';
      assert.match(text, `** golang.org/go; version go${go} --`);
      for (const name of ['kubernetes', 'client-go', 'component-base']) {
        assert.match(text, `** k8s.io/${name}; version ${tag} --`);
      }
      assert.match(text, '** example.com/lib; version v1.0.0 --');
    } finally {
      removeWorld(world);
    }
  });
}

test.run();
