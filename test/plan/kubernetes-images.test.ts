import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readLock, renderLock, type UnsealedLock } from '../../orchestrator/config/lock/lock-file.ts';
import { branded, isProgramName } from '../../orchestrator/core/names.ts';
import type { ImageNode } from '../../orchestrator/plan/node-image.ts';
import { type Plan, planRelease } from '../../orchestrator/plan/plan.ts';
import { checkDockerfile } from '../../orchestrator/task/image/dockerfile-check.ts';
import { decodeProject } from '../../orchestrator/workspace/decode-project.ts';
import { samplePins } from '../rig/pins.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const projects = ['kubernetes/kubernetes', 'kubernetes/release'];
const digest = `sha256:${'9'.repeat(64)}` as const;
const reference = { host: 'registry.example.com', repository: 'any', digest } as const;
const servers = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
const kube = [...servers, 'kube-proxy'];

/** What is beside a committed recipe. */
function committed(project: string, file: string): string {
  return readFileSync(join(root, 'projects', project, file), 'utf8');
}

const recipes = new Map(
  projects.map((project) => {
    const decoded = decodeProject('project.yaml', committed(project, 'project.yaml'));
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
    // What is compiled is told elsewhere: here any build makes the programs, of any version.
    const programs = [...kube, 'go-runner'].map((name) => ({
      name: branded(isProgramName, name),
      package: name,
    }));
    const builds = [{ module: '.' as const, programs, stamps: {}, flags: [] }];
    return [project, { ...decoded.value, builds }] as const;
  }),
);

const dockerfiles = new Map(
  [...recipes].flatMap(([project, { images }]) =>
    images.map(({ dockerfile }) => [`${project} ${dockerfile}`, committed(project, dockerfile)] as const),
  ),
);

/** The images of Kubernetes in a release of a branch whose pins were read from a commit of that day. */
function planOf(tag: string, day: string): Plan {
  const pins = structuredClone(samplePins());
  const branch = tag.split('.').slice(0, 2).join('-').slice(1);
  const template = pins.projects['org/tool'];
  if (template === undefined) throw new Error('no sample');
  const line = (platform: string) => ({ platform, name: 'go-runner', sha256: '1'.repeat(64), line: '4' });
  const files = ['linux/amd64', 'linux/arm64'].map(line);
  const project = { ...template, checksums: template.checksums && { ...template.checksums, files } };
  const all: UnsealedLock = {
    ...pins,
    branch,
    upstream: { ...pins.upstream, releaseCommit: { commit: 'd'.repeat(40), date: `${day}T10:00:00Z` } },
    projects: {
      'kubernetes/kubernetes': { ...project, tag },
      'kubernetes/release': { ...project, tag: 'v0.16.4' },
    },
  };
  const lock = readLock('a.lock.yaml', renderLock(all));
  if (!lock.ok) throw new Error(JSON.stringify(lock.error));
  const base = { kind: 'pulled', from: 'published', reference } as const;
  const names = ['', '-iptables', '-nonroot'].map((end) => `eks-distro-minimal-base${end}`);
  return planRelease({
    lock: lock.value,
    recipes,
    projects,
    isSelected: () => true,
    userPatches: new Map(),
    images: {
      isWanted: () => true,
      dockerfiles,
      bases: new Map([...names, 'eks-distro-base'].map((name) => [name, base])),
      compilers: new Map(
        (['linux/amd64', 'linux/arm64'] as const).map((on) => [on, { reference, gcc: 'gcc', on }]),
      ),
    },
  });
}

function nodeOf({ graph }: Plan, name: string): ImageNode {
  const node = graph.nodes.get(`image kubernetes/${name} linux/arm64` as never);
  if (node?.kind !== 'image') throw new Error(`no image ${name}`);
  return node;
}

/** The last lines of an image's Dockerfile, from its entry point on. */
function endOf(plan: Plan, name: string): string {
  const { dockerfile } = nodeOf(plan, name);
  return dockerfile.slice(dockerfile.indexOf('ENTRYPOINT')).replace(/^#.*\n/gm, '');
}

const runner = 'ENTRYPOINT ["/go-runner"]\n';
const early = 'ENTRYPOINT ["/usr/local/bin/go-runner"]\n';
const unexpanded = 'CMD ["/usr/local/bin/$BINARY"]\n';

// Branches and days of real releases, on both sides of each change.
const eras: readonly (readonly [tag: string, day: string, end: string, standsOn: string, source: string])[] =
  [
    ['v1.19.15', '2021-10-26', early + unexpanded, 'scratch', 'build/pause/pause.c'],
    [
      'v1.22.6',
      '2022-03-06',
      early + unexpanded,
      'eks-distro-minimal-base-nonroot',
      'build/pause/linux/pause.c',
    ],
    ['v1.22.6', '2022-03-17', early, 'eks-distro-minimal-base-nonroot', 'build/pause/linux/pause.c'],
    ['v1.20.15', '2022-07-28', early, 'scratch', 'build/pause/linux/pause.c'],
    ['v1.20.15', '2022-08-31', early, 'eks-distro-minimal-base-nonroot', 'build/pause/linux/pause.c'],
    ['v1.24.7', '2022-12-01', early, 'eks-distro-minimal-base-nonroot', 'build/pause/linux/pause.c'],
    ['v1.24.8', '2022-12-15', runner, 'eks-distro-minimal-base-nonroot', 'build/pause/linux/pause.c'],
    ['v1.30.1', '2024-05-28', runner, 'eks-distro-minimal-base-nonroot', 'build/pause/linux/pause.c'],
    ['v1.34.1', '2025-11-01', runner, 'eks-distro-minimal-base-nonroot', 'build/pause/linux/pause.c'],
  ];

for (const [tag, day, end, standsOn, source] of eras) {
  test(`${tag} on ${day}`, () => {
    const plan = planOf(tag, day);
    const states = plan.images.map(({ image, state }) => `${image} ${state.kind}`);
    const names = [...kube, 'go-runner', 'kube-proxy-base', 'pause'].sort();
    assert.equal(
      states,
      names.map((name) => `kubernetes/${name} planned`),
    );
    for (const name of kube) {
      assert.is(endOf(plan, name), end, name);
      const node = nodeOf(plan, name);
      assert.equal(node.buildArgs, { PROGRAM: name });
      const below = name === 'kube-proxy' ? 'kube-proxy-base' : 'go-runner';
      assert.is(node.base, `image kubernetes/${below} linux/arm64`);
      assert.equal(
        node.files.map(({ to }) => to),
        [name, 'LICENSES', 'ATTRIBUTION.txt'],
      );
    }
    const pause = plan.images.find(({ image }) => image === 'kubernetes/pause');
    assert.is(pause?.standsOn, standsOn);
    assert.equal(
      nodeOf(plan, 'pause').files.map(({ to }) => to),
      ['pause'],
    );
    assert.is(nodeOf(plan, 'pause').dockerfile.includes('USER 65532'), standsOn !== 'scratch');
    const branch = tag.split('.').slice(0, 2).join('-').slice(1);
    assert.is(pause?.tag, `${tag}-eks-${branch}-5`);
    const compiled = plan.graph.nodes.get('c-build kubernetes/kubernetes pause linux/arm64' as never);
    if (compiled?.kind !== 'c-build') throw new Error('pause is not compiled');
    assert.is(compiled.file, source);
    assert.equal(compiled.flags, ['-Os', '-Wall', '-Werror', '-static', `-DVERSION=${tag}-eks-${branch}-5`]);
  });
}

test('their Dockerfiles keep to what images are made of', () => {
  for (const [project, { images }] of recipes) {
    for (const { name, dockerfile, base } of images) {
      const text = committed(project, dockerfile);
      const use = { file: name, platform: 'linux/arm64' as const, hasBase: base !== undefined };
      assert.equal(checkDockerfile(text, use), [], `${name} ${dockerfile}`);
    }
  }
});

test.run();
