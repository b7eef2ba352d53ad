import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readLock, renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import { projectSchema } from '../../orchestrator/config/project/project.ts';
import { planRelease } from '../../orchestrator/plan/plan.ts';
import type { BuildMethod } from '../../orchestrator/plan/script-nodes.ts';
import { samplePins } from '../rig/pins.ts';

const recipe = projectSchema.parse({
  schema: '1',
  description: 'A project whose checkout is not whole',
  builds: [
    {
      programs: [{ package: './cmd/tool' }],
      layout: { mode: 'gopath' },
      generated: {
        commands: [['make', 'generated_files']],
        tools: ['sed', 'make'],
        outputs: [{ from: '**/zz_generated.*.go', to: '.' }],
      },
      scripts: {
        commands: [['./build.sh', '{program}']],
        outputs: [{ from: 'out/{file}', to: '{file}' }],
      },
    },
  ],
});

function plan(method: BuildMethod) {
  const pins = samplePins();
  const files = pins.projects['org/tool']?.checksums?.files ?? [];
  files.push(...files.slice(0, 1).map((file) => ({ ...file, platform: 'linux/arm64', line: '2' })));
  const lock = readLock('a.lock.yaml', renderLock(pins));
  if (!lock.ok) throw new Error(JSON.stringify(lock.error));
  return planRelease({
    lock: lock.value,
    recipes: new Map([['org/tool', recipe]]),
    projects: ['org/tool'],
    isSelected: () => true,
    userPatches: new Map(),
    method: { name: method, tools: new Map([['make', 'GNU Make 4.3']]) },
  });
}

test('what a checkout lacks is made once, for the builds of all platforms', () => {
  const nodes = [...plan('direct').graph.nodes.values()];
  const scripts = nodes.filter((node) => node.kind === 'script-build');
  assert.equal(
    scripts.map(({ id, tools, commands }) => ({ id, tools, commands })),
    [
      {
        id: 'script-build org/tool generated',
        tools: [{ name: 'make', version: 'GNU Make 4.3' }, { name: 'sed' }],
        commands: [['make', 'generated_files']],
      },
    ],
  );
  const builds = nodes.filter((node) => node.kind === 'go-build');
  assert.ok(builds.length > 1);
  for (const build of builds) {
    assert.is(build.generated, scripts[0]?.id);
    assert.ok(build.needs.includes(scripts[0]?.id as never));
  }
});

test("the project's own scripts make it themselves", () => {
  const nodes = [...plan('scripts').graph.nodes.values()];
  const scripts = nodes.filter((node) => node.kind === 'script-build');
  assert.ok(scripts.length > 1);
  assert.not.ok(scripts.some(({ id }) => id.endsWith('generated')));
});

test.run();
