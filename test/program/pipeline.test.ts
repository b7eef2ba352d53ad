import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { PipelineSystem } from '../../orchestrator/pipeline/render.ts';
import { forgetGoCalls, goCalls } from '../rig/fake-go.ts';
import { pipelineSteps } from '../rig/pipeline-steps.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World }>('a plan as a pipeline');

/** What settings of a pipeline have, but for what is given. */
function settings(world: World, given = ''): readonly string[] {
  mkdirSync(join(world.folder, 'shared'), { recursive: true });
  const file = join(world.folder, 'pipeline.yaml');
  const volume = `{ at: ${world.folder}, hostPath: ${world.folder} }`;
  const usual = `store: { remote: ./shared }\nkubernetes:\n  image: registry.example.com/eksd-rebuild:1\n  volumes: [${volume}]\n`;
  writeFileSync(file, given === '' ? usual : given);
  return ['--settings', file];
}

test.before.each(async (context) => {
  context.world = await newWorld();
});

for (const system of ['tekton', 'argo', 'prow'] as const satisfies readonly PipelineSystem[]) {
  test(`${system}: once its steps are done, another machine has nothing to build`, async ({ world }) => {
    const planned = await world.run(['plan', release, '--as', system, ...settings(world)]);
    assert.is(planned.code, 0, planned.stderr);
    assert.is(planned.stderr, 'Not in it: org/bare, not built: there is no recipe for it yet\n');
    assert.equal(goCalls(world.folder), [], 'a plan runs nothing');
    const steps = pipelineSteps(planned.stdout, system);
    assert.ok(steps.length >= 2);
    const done = new Set<string>();
    for (const [index, { name, after, args }] of steps.entries()) {
      for (const each of after) assert.ok(done.has(each), `${name} before ${each}`);
      // The fake go finds the world's folder by its own path, two folders up from a cache.
      const env = { ...world.host.env, EKSD_REBUILD_CACHE: join(world.folder, `pod-${index}`) };
      const worked = await world.run(args, { env });
      assert.is(worked.code, 0, worked.stderr + worked.stdout);
      done.add(name);
    }
    forgetGoCalls(world.folder);
    const env = { ...world.host.env, EKSD_REBUILD_CACHE: join(world.folder, 'other') };
    const verified = await world.run(['verify', release, ...settings(world)], { env });
    assert.match(verified.stdout, '✔ identical / comparable / all: 6 / 6 / 7. No comparable file differs.\n');
    assert.equal(goCalls(world.folder), []);
  });
}

test('what it takes is said, and nothing is put anywhere', async ({ world }) => {
  const image = 'kubernetes: { image: registry.example.com/eksd-rebuild:1 }\n';
  const cases: readonly (readonly [settings: string, told: string])[] = [
    [image, '"--as" takes store.remote of the settings.'],
    ['store: { remote: ./shared }\n', '"--as" takes kubernetes.image of the settings.'],
    [`store: { remote: ./shared }\n${image}`, 'can be done on this machine alone: source org/kit'],
    [
      `store: { remote: ./shared }\n${image.replace(' }', ', isolation: policy }')}`,
      'kubernetes.isolation is policy',
    ],
  ];
  for (const [given, told] of cases) {
    const ran = await world.run(['plan', release, '--as', 'argo', ...settings(world, given)]);
    assert.is(ran.code, 2, told);
    assert.equal([ran.stdout, ran.stderr.includes(told)], ['', true], ran.stderr);
  }
});

test.run();
