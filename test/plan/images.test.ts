import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readLock, renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import { type Project, projectSchema } from '../../orchestrator/config/project/project.ts';
import type { BaseChoice, ImageInput } from '../../orchestrator/plan/images.ts';
import type { ImageNode } from '../../orchestrator/plan/node-image.ts';
import { type Plan, planRelease } from '../../orchestrator/plan/plan.ts';
import { samplePins } from '../rig/pins.ts';

const digest = `sha256:${'9'.repeat(64)}` as const;
const published: BaseChoice = {
  kind: 'pulled',
  from: 'published',
  reference: { host: 'registry.example.com', repository: 'base', tag: 'day', digest },
};

const lower = {
  name: 'org/lower',
  base: { minimal: 'eks-distro-minimal-base', standard: 'eks-distro-base' },
  programs: ['tool'],
};
const upper = {
  name: 'org/upper',
  base: { image: 'org/lower' },
  programs: ['ctl'],
  dockerfile: 'upper.Dockerfile',
};

function recipe(images: readonly object[], cBuilds: readonly object[] = []): Project {
  return projectSchema.parse({
    schema: '1',
    description: 'a tool',
    builds: [
      { programs: [{ name: 'tool', package: '.' }] },
      { module: 'ctl', programs: [{ name: 'ctl', package: '.' }] },
    ],
    images,
    cBuilds,
  });
}

interface Wish {
  readonly images?: readonly object[];
  readonly wanted?: readonly string[];
  readonly bases?: ImageInput['bases'];
  readonly compilers?: ImageInput['compilers'];
  readonly cBuilds?: readonly object[];
  readonly branch?: string;
  readonly commit?: string;
  readonly platform?: string;
}

function plan(wish: Wish = {}): Plan {
  const pins = structuredClone(samplePins());
  pins.branch = wish.branch ?? '1-30';
  const project = pins.projects['org/tool'];
  if (project !== undefined && wish.commit !== undefined) project.commit = wish.commit;
  for (const platform of ['linux/arm64', 'windows/amd64']) {
    const line = { platform, name: 'tool', sha256: '1'.repeat(64), line: '4' };
    pins.projects['org/tool']?.checksums?.files.push(line);
  }
  const lock = readLock('a.lock.yaml', renderLock(pins));
  if (!lock.ok) throw new Error('the pins are malformed');
  return planRelease({
    lock: lock.value,
    recipes: new Map([['org/tool', recipe(wish.images ?? [lower, upper], wish.cBuilds)]]),
    projects: ['org/tool'],
    isSelected: (platform) => wish.platform === undefined || platform === wish.platform,
    userPatches: new Map(),
    images: {
      isWanted: (name) => wish.wanted?.includes(name) ?? true,
      dockerfiles: new Map([
        ['org/tool Dockerfile', 'FROM base\n'],
        ['org/tool upper.Dockerfile', 'FROM base\nUSER 1\n'],
      ]),
      bases: wish.bases ?? new Map([['eks-distro-minimal-base', published]]),
      compilers: wish.compilers ?? new Map(),
    },
  });
}

function imageNode(of: Plan, id: string): ImageNode {
  const node = [...of.graph.nodes.values()].find((each) => each.id === id);
  if (node?.kind !== 'image') throw new Error(`no image node ${id}`);
  return node;
}

test('an image is a node a platform, with the licences of its programs, and an index over them', () => {
  const made = plan({ images: [lower] });
  const ids = [...made.graph.nodes.keys()].filter((id) => /image|licen/.test(id));
  assert.equal(ids, [
    'base-image eks-distro-minimal-base',
    'licenses org/tool . linux/amd64',
    'image org/lower linux/amd64',
    'licenses org/tool . linux/arm64',
    'image org/lower linux/arm64',
    'image-index org/lower',
  ]);
  const node = imageNode(made, 'image org/lower linux/arm64');
  assert.equal(node.files, [
    { from: 'go-build org/tool linux/arm64', path: 'tool', to: 'tool' },
    { from: 'licenses org/tool . linux/arm64', path: 'LICENSES', to: 'LICENSES' },
    { from: 'licenses org/tool . linux/arm64', path: 'ATTRIBUTION.txt', to: 'ATTRIBUTION.txt' },
  ]);
  assert.is(node.base, 'base-image eks-distro-minimal-base');
  assert.is(made.images[0]?.tag, 'v1.2.3-eks-1-30-5');
});

test('an image on another one needs that of its platform, and counts the programs of both as its own', () => {
  const made = plan({ wanted: ['org/upper'] });
  assert.equal(
    made.images.map(({ image }) => image),
    ['org/lower', 'org/upper'],
  );
  assert.is(imageNode(made, 'image org/upper linux/amd64').base, 'image org/lower linux/amd64');
  const state = made.images[1]?.state;
  assert.equal(state?.kind === 'planned' && state.platforms[0]?.programs.map(({ file }) => file), [
    'tool',
    'ctl',
  ]);
});

test('only the selected platforms are made', () => {
  const made = plan({ images: [lower], platform: 'linux/arm64' });
  const ids = [...made.graph.nodes.keys()].filter((id) => id.startsWith('image '));
  assert.equal(ids, ['image org/lower linux/arm64']);
});

test('branches of the first years stand on the whole distribution', () => {
  const bases = new Map([['eks-distro-base', published]]);
  assert.is(plan({ branch: '1-19', bases, wanted: ['org/lower'] }).images[0]?.standsOn, 'eks-distro-base');
  assert.is(plan({ branch: '1-20', wanted: ['org/lower'] }).images[0]?.standsOn, 'eks-distro-minimal-base');
});

test('what has no base is said so, and so is what stands on it', () => {
  const failure = { reason: 'network', what: 'x', detail: 'y' } as const;
  const made = plan({ bases: new Map([['eks-distro-minimal-base', { kind: 'unavailable', failure }]]) });
  assert.equal(
    made.images.map(({ state }) => state),
    [
      { kind: 'failure', failure },
      { kind: 'failure', failure },
    ],
  );
  assert.not.ok([...made.graph.nodes.keys()].some((id) => id.startsWith('image')));
  const none = plan({ bases: new Map(), wanted: ['org/lower'] }).images[0]?.state;
  assert.match(none?.kind === 'failure' ? JSON.stringify(none.failure) : '', 'eks-distro-minimal-base');
});

const gcc = { host: 'registry.example.com', repository: 'gcc', digest } as const;
const compilers = new Map([
  ['linux/amd64', { reference: gcc, gcc: 'gcc', on: 'linux/amd64' }],
  ['linux/arm64', { reference: gcc, gcc: 'cross-gcc', on: 'linux/amd64' }],
] as const);
const halt = { program: 'halt', source: 'c/halt.c', flags: ['-static', '-DVERSION={image.tag}'] };
const halted = { name: 'org/halt', programs: ['halt'], licenses: 'no' };

test('a program in C is compiled for the image that holds it, by what the settings name for its platform', () => {
  const made = plan({ images: [halted], cBuilds: [halt], compilers });
  const node = made.graph.nodes.get('c-build org/tool halt linux/arm64' as never);
  assert.equal(node, {
    ...{ kind: 'c-build', id: 'c-build org/tool halt linux/arm64', title: 'halt linux/arm64' },
    ...{ projects: ['org/tool'], needs: ['source org/tool', 'base-image compiler linux/arm64'] },
    ...{ source: 'source org/tool', file: 'c/halt.c', program: 'halt', platform: 'linux/arm64' },
    flags: ['-static', '-DVERSION=v1.2.3-eks-1-30-5'],
    ...{ compiler: 'base-image compiler linux/arm64', gcc: 'cross-gcc', on: 'linux/amd64' },
  });
  const image = imageNode(made, 'image org/halt linux/arm64');
  assert.equal(image.files, [{ from: 'c-build org/tool halt linux/arm64', path: 'halt', to: 'halt' }]);
  const pull = made.graph.nodes.get('base-image compiler linux/arm64' as never);
  assert.equal(pull?.kind === 'base-image' && pull.platforms, ['linux/amd64']);
  const state = made.images[0]?.state;
  const [program] = state?.kind === 'planned' ? (state.platforms[0]?.programs ?? []) : [];
  assert.is(program?.compiler, `registry.example.com/gcc@${digest}`);
});

test('without a compiler, only the image that holds the program is not made', () => {
  const made = plan({ images: [halted, lower], cBuilds: [halt] });
  const [state, other] = made.images.map((each) => each.state);
  assert.match(state?.kind === 'failure' ? JSON.stringify(state.failure) : '', 'none is set for linux/amd64');
  assert.match(JSON.stringify(state), "--image '!org/halt' leaves it out");
  assert.is(other?.kind, 'planned');
  assert.not.ok([...made.graph.nodes.keys()].some((id) => id.startsWith('c-build')));
});

test('a program in C that another release has is none of this one', () => {
  const older = { ...halt, when: { version: '<1.0.0' } };
  const state = plan({ images: [halted], cBuilds: [older], compilers }).images[0]?.state;
  assert.match(JSON.stringify(state), 'no build of org/tool makes halt');
});

test('an image gets the build arguments of its recipe', () => {
  const made = plan({ images: [{ ...lower, args: { PROGRAM: 'tool' } }] });
  assert.equal(imageNode(made, 'image org/lower linux/amd64').buildArgs, { PROGRAM: 'tool' });
});

test('images of a project that cannot be built are told, with why', () => {
  const absent = plan({ images: [lower], commit: 'absent' });
  assert.equal(
    absent.images.map(({ image, state }) => [image, state.kind === 'failure' && state.failure.reason]),
    [['org/lower', 'source-unavailable']],
  );
});

test('an image that stands on itself, or holds a program that nothing makes, is not made', () => {
  const loop = plan({ images: [{ ...upper, base: { image: 'org/upper' } }] }).images[0]?.state;
  assert.is(loop?.kind, 'failure');
  const lost = plan({ images: [{ ...lower, programs: ['other'] }] }).images[0]?.state;
  assert.match(
    lost?.kind === 'failure' ? JSON.stringify(lost.failure) : '',
    'no build of org/tool makes other',
  );
});

test.run();
