import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readLock, renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import { type Project, projectSchema } from '../../orchestrator/config/project/project.ts';
import type { ArchiveNode, ImageTarNode } from '../../orchestrator/plan/archive/node-archive.ts';
import type { BuildNode } from '../../orchestrator/plan/node.ts';
import { type Plan, type PlanInput, planRelease } from '../../orchestrator/plan/plan.ts';
import { factsOf } from '../../orchestrator/task/kinds.ts';
import { samplePins } from '../rig/pins.ts';

const platforms = ['linux/amd64', 'linux/arm64'];

const tarball = {
  ...{ kind: 'archive', folder: 'tools', file: 'tool-{os}-{arch}-{tag}.tar.gz', platforms },
  description: 'tool tarball for {os}/{arch}',
  members: [{ programs: ['tool', 'ctl'] }, { licenses: 'yes' }],
};
const programs = {
  ...{ kind: 'program', folder: 'tools', file: 'bin/{os}/{arch}/{file}', programs: ['tool'] },
  ...{ platforms: ['linux/amd64', 'windows/amd64'], description: '{file} for {os}/{arch}' },
};
const tar = {
  ...{ kind: 'image', folder: 'tools', file: 'bin/{os}/{arch}/{file}', platforms: ['linux/amd64'] },
  ...{ images: ['org/app'], format: 'docker', description: '{file} {os}/{arch} tar' },
};

function recipe(archives: readonly object[], more: object = {}): Project {
  return projectSchema.parse({
    schema: '1',
    description: 'a tool',
    component: 'tools',
    builds: [
      { programs: [{ name: 'tool', package: '.' }] },
      { module: 'ctl', programs: [{ name: 'ctl', package: '.' }], platforms },
    ],
    images: [{ name: 'org/app', programs: ['tool'], licenses: 'no' }],
    archives,
    ...more,
  });
}

interface Wish extends Pick<PlanInput, 'images' | 'archives' | 'release'> {
  readonly recipe?: Project;
  readonly platform?: string;
  readonly commit?: string;
}

const registry = { host: 'registry.example.com', prefix: 'eks' };
const images: NonNullable<PlanInput['images']> = {
  isWanted: () => true,
  dockerfiles: new Map([['org/tool Dockerfile', 'FROM scratch\n']]),
  bases: new Map(),
  compilers: new Map(),
};

function plan(wish: Wish): Plan {
  const pins = structuredClone(samplePins());
  const project = pins.projects['org/tool'];
  if (project === undefined) throw new Error('no sample');
  if (wish.commit !== undefined) project.commit = wish.commit;
  for (const platform of ['linux/arm64', 'windows/amd64']) {
    project.checksums?.files.push({ platform, name: 'tool', sha256: '1'.repeat(64), line: '4' });
  }
  const lock = readLock('a.lock.yaml', renderLock(pins));
  if (!lock.ok) throw new Error('the pins are malformed');
  const { recipe: given = recipe([tarball]), platform, ...asked } = wish;
  return planRelease({
    lock: lock.value,
    recipes: new Map([['org/tool', given]]),
    projects: ['org/tool'],
    isSelected: (each) => platform === undefined || each === platform,
    userPatches: new Map(),
    ...asked,
  });
}

function nodeOf<K extends BuildNode['kind']>(made: Plan, kind: K): Extract<BuildNode, { kind: K }> {
  const found = [...made.graph.nodes.values()].find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found as Extract<BuildNode, { kind: K }>;
}

const whyNot = (made: Plan) =>
  made.unplannedFiles.map(({ path, failure }) => `${path}: ${'detail' in failure ? failure.detail : ''}`);

test('nobody asks, and the plan is what it was', () => {
  const without = plan({ recipe: recipe([]) });
  const unasked = plan({ recipe: recipe([tarball, programs, tar]) });
  assert.equal([unasked.files, unasked.unplannedFiles], [[], []]);
  assert.equal([...unasked.graph.nodes], [...without.graph.nodes]);
  const imaged = plan({ recipe: recipe([tarball, tar]), images });
  assert.equal([...imaged.graph.nodes], [...plan({ recipe: recipe([]), images }).graph.nodes]);
});

test('an archive is a node a platform, of programs and the licences of all of them', () => {
  const made = plan({ archives: { registry } });
  assert.equal(whyNot(made), []);
  assert.equal(made.files[1], {
    project: 'org/tool',
    path: 'tools/v1.2.3/tool-linux-arm64-v1.2.3.tar.gz',
    node: 'archive org/tool tools/tool-linux-arm64-v1.2.3.tar.gz' as never,
    file: 'tool-linux-arm64-v1.2.3.tar.gz',
    hasSums: true,
    programs: [
      { project: 'org/tool', build: 'go-build org/tool linux/arm64', file: 'tool' },
      { project: 'org/tool', build: 'go-build org/tool ctl linux/arm64', file: 'ctl' },
    ] as never,
    asset: {
      ...{ component: 'tools', name: 'tool-linux-arm64-v1.2.3.tar.gz', os: 'linux', arch: ['arm64'] },
      description: 'tool tarball for linux/arm64',
    },
  });
  const node: ArchiveNode = nodeOf(made, 'archive');
  assert.equal(node.members, [
    { from: 'go-build org/tool linux/amd64', path: 'tool', to: 'tool' },
    { from: 'go-build org/tool ctl linux/amd64', path: 'ctl', to: 'ctl' },
    { from: 'licenses org/tool linux/amd64', path: 'LICENSES', to: 'LICENSES' },
    { from: 'licenses org/tool linux/amd64', path: 'ATTRIBUTION.txt', to: 'ATTRIBUTION.txt' },
  ]);
  assert.is(node.root, '.');
  assert.is(node.source, 'source org/tool');
});

test('only the selected platforms', () => {
  const made = plan({
    recipe: recipe([tarball, programs]),
    platform: 'windows/amd64',
    archives: { registry },
  });
  assert.equal(
    made.files.map(({ path }) => path),
    ['tools/v1.2.3/bin/windows/amd64/tool.exe'],
  );
});

test('a program by itself is a file of its build, with .exe for windows, and no node', () => {
  const made = plan({ recipe: recipe([programs]), archives: { registry } });
  assert.equal(
    made.files.map(({ path, node, file, asset }) => [path, node, file, asset?.description]),
    [
      ['tools/v1.2.3/bin/linux/amd64/tool', 'go-build org/tool linux/amd64', 'tool', 'tool for linux/amd64'],
      [
        'tools/v1.2.3/bin/windows/amd64/tool.exe',
        'go-build org/tool windows/amd64',
        'tool.exe',
        'tool.exe for windows/amd64',
      ],
    ],
  );
});

test('the tar of an image is named by the registry and by the release that is made', () => {
  const made = plan({ recipe: recipe([tar]), images, archives: { registry } });
  const node: ImageTarNode = nodeOf(made, 'image-tar');
  assert.equal(node.names, ['registry.example.com/eks/org/app:v1.2.3-eks-1-30-5']);
  assert.equal(
    made.files.map(({ path, hasSums, asset }) => [path, hasSums, asset?.name]),
    [
      ['tools/v1.2.3/bin/linux/amd64/app.docker_image_name', false, undefined],
      ['tools/v1.2.3/bin/linux/amd64/app.docker_tag', false, undefined],
      ['tools/v1.2.3/bin/linux/amd64/app.tar', true, 'bin/linux/amd64/app.tar'],
    ],
  );
  const own = plan({
    recipe: recipe([tar]),
    images,
    archives: { registry: { host: 'r.example.com', prefix: '' } },
    release: { channel: '1-30', number: 9005 },
  });
  const other: ImageTarNode = nodeOf(own, 'image-tar');
  assert.equal(
    [other.tag, other.told],
    ['v1.2.3-eks-1-30-9005', 'r.example.com/org/app:v1.2.3-eks-1-30-9005'],
  );
  const keyOf = (each: ImageTarNode) => JSON.stringify(factsOf(each).inputs(each, new Map(), 'linux/amd64'));
  assert.is.not(keyOf(node), keyOf(other));
});

test('tags by era, those that are told first, each name once', () => {
  const tags = [
    { tag: '{tag}-eks-{branch}-latest' },
    { tag: '3.9', told: 'yes' },
    { when: { from: '2025-01-01' }, tag: '3.10', told: 'yes' },
    { tag: '3.9' },
  ];
  const made = plan({ recipe: recipe([{ ...tar, tags }]), images, archives: { registry } });
  const node: ImageTarNode = nodeOf(made, 'image-tar');
  const named = (tag: string) => `registry.example.com/eks/org/app:${tag}`;
  assert.equal(node.names, ['3.9', 'v1.2.3-eks-1-30-5', 'v1.2.3-eks-1-30-latest'].map(named));
  assert.is(node.told, `${named('3.9')},${named('v1.2.3-eks-1-30-5')}`);
});

test('an archive holds tars of images, wherever in the recipe they stand', () => {
  const server = {
    ...tarball,
    platforms: ['linux/amd64'],
    root: 'kit',
    members: [{ at: 'bin', images: ['org/app'] }],
  };
  const made = plan({ recipe: recipe([server, tar]), images, archives: { registry } });
  const node: ArchiveNode = nodeOf(made, 'archive');
  const from = 'image-tar org/tool tools/bin/linux/amd64/app';
  assert.equal(node.members, [
    { from, path: 'app.tar', to: 'bin/app.tar' },
    { from, path: 'app.docker_tag', to: 'bin/app.docker_tag' },
  ]);
  const without = plan({ recipe: recipe([server, tar]), archives: { registry } });
  const why = 'the image is not among what was asked for';
  assert.equal(whyNot(without), [
    `tools/v1.2.3/bin/linux/amd64/app.docker_image_name: ${why}`,
    `tools/v1.2.3/bin/linux/amd64/app.docker_tag: ${why}`,
    `tools/v1.2.3/bin/linux/amd64/app.tar: ${why}`,
    `tools/v1.2.3/tool-linux-amd64-v1.2.3.tar.gz: ${why}`,
  ]);
  assert.equal([...new Set(without.unplannedFiles.map(({ image }) => image))], ['org/app']);
  assert.equal(without.files, []);
});

test('members of another era, and what none has', () => {
  const members = [
    { programs: ['tool'] },
    { when: { from: '2024-06-03' }, programs: ['ctl'] },
    { when: { before: '2024-06-03' }, at: 'old', programs: 'all' },
  ];
  const node: ArchiveNode = nodeOf(
    plan({ recipe: recipe([{ ...tarball, members }]), archives: { registry } }),
    'archive',
  );
  assert.equal(
    node.members.map(({ to }) => to),
    ['tool', 'old', 'old'],
  );
});

test('components by era; where none is named, a file is on the site and in no manifest', () => {
  const component = [
    { when: { before: '2024-01-01' }, name: 'old' },
    { when: { from: '2024-01-01' }, name: 'new' },
  ];
  const made = plan({ recipe: recipe([tarball, programs], { component }), images, archives: { registry } });
  assert.equal([...new Set(made.files.map(({ asset }) => asset?.component))], ['new']);
  assert.equal(made.images[0]?.asset, {
    ...{ component: 'new', name: 'app-image', description: 'app container image', os: 'linux' },
    arch: ['amd64', 'arm64'],
  });
  const { description, ...untold } = tarball;
  assert.ok(description);
  const silent = plan({ recipe: recipe([untold], { component: undefined }), images, archives: { registry } });
  assert.equal(
    [silent.files.length, silent.files[0]?.asset, silent.images[0]?.asset],
    [2, undefined, undefined],
  );
});

test('what cannot be planned says why, and takes nothing else with it', () => {
  const darwin = { ...programs, platforms: ['darwin/amd64', 'linux/amd64'] };
  const elsewhere = {
    ...programs,
    tagOf: 'org/other',
    file: 'x',
    programs: ['tool'],
    platforms: ['linux/amd64'],
  };
  const again = { ...programs, platforms: ['linux/amd64'] };
  const made = plan({ recipe: recipe([darwin, elsewhere, again]), archives: { registry } });
  assert.equal(
    made.files.map(({ path }) => path),
    ['tools/v1.2.3/bin/linux/amd64/tool'],
  );
  assert.equal(whyNot(made), [
    'tools/v1.2.3/bin/darwin/amd64/tool: no build of org/tool is for darwin/amd64',
    'tools/v1.2.3/bin/linux/amd64/tool: org/tool has a file there already',
    'tools/x: its folder is called by the tag of org/other, which this release does not have',
  ]);
  const lost = plan({ commit: 'absent', archives: { registry } });
  assert.equal(whyNot(lost), [
    'tools/v1.2.3/tool-linux-amd64-v1.2.3.tar.gz: the tag is not public',
    'tools/v1.2.3/tool-linux-arm64-v1.2.3.tar.gz: the tag is not public',
  ]);
});

test('a key holds every part of what is packed, and no place', () => {
  const node: ArchiveNode = nodeOf(plan({ archives: { registry } }), 'archive');
  const keyOf = (each: ArchiveNode, source = 'a') =>
    JSON.stringify(factsOf(each).inputs(each, new Map([[node.source, source as never]]), 'linux/amd64'));
  const [first, ...others] = node.members;
  assert.ok(first);
  const changed = [
    keyOf(node, 'b'),
    keyOf({ ...node, root: 'kit' }),
    keyOf({ ...node, file: 'other.tar.gz' }),
    keyOf({ ...node, members: others }),
    keyOf({ ...node, members: [{ ...first, to: 'elsewhere' }, ...others] }),
  ];
  assert.is(new Set([keyOf(node), ...changed]).size, changed.length + 1);
  assert.is(keyOf({ ...node, title: 'other', projects: ['org/other'] }), keyOf(node));
});

test.run();
