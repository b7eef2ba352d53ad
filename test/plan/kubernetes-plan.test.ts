import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readLock, renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import type { Override } from '../../orchestrator/config/lock/override.ts';
import { projectSchema } from '../../orchestrator/config/project/project.ts';
import type { GoBuildNode } from '../../orchestrator/plan/node-go.ts';
import { goBuildOf } from '../../orchestrator/plan/node-script.ts';
import { planRelease } from '../../orchestrator/plan/plan.ts';
import { samplePins } from '../rig/pins.ts';

const recipe = projectSchema.parse({
  schema: '1',
  description: 'Kubernetes',
  builds: [
    {
      programs: [{ package: './cmd/kubelet' }, { package: './cmd/kubectl', platforms: ['darwin/amd64'] }],
      layout: { mode: 'gopath', link: { gopath: 'go', package: 'k8s.io/k' }, at: '/up/stream' },
      flags: ['-gcflags=-trimpath={checkout}'],
      ldflags: ['-s'],
      stamps: { 'main.version': '{kubernetes.version}', 'main.brace': '{{x}' },
    },
  ],
});

interface Given {
  readonly go?: string;
  readonly kubernetes?:
    | NonNullable<ReturnType<typeof samplePins>['projects'][string]['kubernetes']>
    | undefined;
  readonly flags?: string[];
  readonly at?: string;
}

function plan(given: Given) {
  const pins = samplePins();
  const tool = pins.projects['org/tool'];
  if (tool?.go === undefined) throw new Error('the sample pins have changed');
  tool.go.version = given.go ?? '1.20.8';
  const kubernetes = {
    era: '1.24' as const,
    stamping: { rule: 'E6' as const, read: 'script:1' },
    go: { rule: 'checkout' as const, state: 'known' as const },
    variants: [],
  };
  const said = 'kubernetes' in given ? given.kubernetes : kubernetes;
  pins.projects['org/tool'] = { ...tool, ...(said === undefined ? {} : { kubernetes: said }) };
  const lock = readLock('a.lock.yaml', renderLock(pins));
  if (!lock.ok) throw new Error(JSON.stringify(lock.error));
  const [planned] = planRelease({
    lock: lock.value,
    recipes: new Map([['org/tool', recipe]]),
    projects: ['org/tool'],
    isSelected: () => true,
    userPatches: new Map(),
    overrides: new Map([['org/tool', overrideOf(given)]]),
  }).projects;
  return planned?.state;
}

function overrideOf({ flags, at }: Given): Override {
  return { ...(flags === undefined ? {} : { flags }), ...(at === undefined ? {} : { at }) };
}

function onlyBuild(given: Given): GoBuildNode {
  const state = plan(given);
  const [build] = state?.kind === 'planned' ? state.builds.map(goBuildOf) : [];
  if (build === undefined) throw new Error(JSON.stringify(state));
  return build;
}

test('what stands for the version is filled in by the rule, and other braces are left', () => {
  assert.equal(onlyBuild({}).ldflags, [
    '-s',
    '-X',
    'main.version={tag}-eks-{head.short}',
    '-X',
    'main.brace={{x}',
  ]);
});

test('a program that is not for a platform is not built there', () => {
  assert.equal(onlyBuild({}).programs, [{ package: './cmd/kubelet' }]);
});

test("upstream's path counts where Go puts flags into programs, and where a flag names it", () => {
  assert.is(onlyBuild({}).layout?.at, '/up/stream');
  assert.is(onlyBuild({ go: '1.17.13' }).layout?.at, undefined);
  assert.is(onlyBuild({ flags: ['-tags=x'] }).layout?.at, undefined);
});

test('it may be another one, where that was accepted', () => {
  assert.is(onlyBuild({ at: '/down/stream' }).layout?.at, '/down/stream');
  assert.is(onlyBuild({ go: '1.17.13', at: '/down/stream' }).layout?.at, undefined);
});

test('the file that names the Go is looked at where its scripts read it', () => {
  const of = (rule: 'builder' | 'checkout') => {
    const stamping = { rule: 'E6' as const, read: 'script:1' };
    const go = { rule, state: 'known' as const };
    return onlyBuild({ kubernetes: { era: '1.24', stamping, go, variants: [] } }).goFile;
  };
  assert.equal([of('checkout'), of('builder')], ['.go-version', undefined]);
});

test('a Go that nobody could read is not there', () => {
  const unresolved = {
    era: '1.34-' as const,
    stamping: { rule: 'E6' as const, read: 'script:1' },
    go: { rule: 'checkout' as const, state: 'unresolved' as const },
    variants: [],
  };
  const state = plan({ kubernetes: unresolved });
  assert.ok(state?.kind === 'failure' && state.failure.reason === 'toolchain-unavailable');
  assert.match(state.failure.detail, '.go-version');
});

test('a lock of an older version is to be imported again', () => {
  const state = plan({ kubernetes: undefined });
  assert.ok(state?.kind === 'failure' && state.failure.reason === 'usage');
  assert.match(state.failure.help, 'import v1-30-eks-5');
});

test.run();
