import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { goCalls } from '../rig/fake-go.ts';
import { reportOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World; fresh: World }>('plan');

test.before(async (context) => {
  context.fresh = await newWorld();
  context.world = await warmWorld();
});

test('before the first run: the graph in order, and the critical path', async ({ fresh }) => {
  const ran = await fresh.run(['plan', release]);
  assert.equal([ran.code, ran.stderr], [0, '']);
  assert.is(
    ran.stdout,
    `source org/kit                  to do: never built
toolchain go1.21.3              to do: never built
modules org/kit                 to do: needs source org/kit
go-build org/kit linux/amd64    to do: needs source org/kit
go-build org/kit windows/amd64  to do: needs source org/kit
source org/tool                 to do: never built
toolchain go1.20.5              to do: never built
modules org/tool                to do: needs source org/tool
go-build org/tool linux/amd64   to do: needs source org/tool
go-build org/tool linux/arm64   to do: needs source org/tool
org/bare                        not built: there is no recipe for it yet

10 tasks, 0 cached, 10 to do
Critical path, about 70 s: toolchain go1.21.3 -> modules org/kit -> go-build org/kit linux/amd64
`,
  );
  assert.equal(goCalls(fresh.folder), [], 'nothing is run');
});

test('after it: all is cached', async ({ world }) => {
  const ran = await world.run(['plan', release, '--project', 'tool']);
  assert.is(
    ran.stdout,
    `source org/tool                cached
toolchain go1.20.5             cached
modules org/tool               cached
go-build org/tool linux/amd64  cached
go-build org/tool linux/arm64  cached

5 tasks, 5 cached, 0 to do
`,
  );
});

test('why a task is not cached any more: what differs, or that its files are gone', async ({ world }) => {
  const recipe = join(world.root, 'projects/org/tool/project.yaml');
  const before = readFileSync(recipe, 'utf8');
  writeFileSync(recipe, before.replace('{tag}', '{tag.bare}'));
  const changed = await world.run(['plan', release, '--project', 'tool']);
  writeFileSync(recipe, before);
  assert.match(changed.stdout, 'modules org/tool               cached\n');
  assert.match(
    changed.stdout,
    'go-build org/tool linux/amd64  to do: differs from its last build in ldflags\n',
  );
  assert.match(changed.stdout, /Critical path, about 40 s: go-build org\/tool linux\/a[a-z0-9]+\n$/);

  const tree = reportOf(world, release).nodes.find((node) => node.id === 'source org/kit')?.tree ?? '';
  rmSync(join(world.cache, 'trees', tree.slice(0, 2), tree), { recursive: true });
  const gone = await world.run(['plan', release, '--project', 'kit', '--platform', 'linux/amd64']);
  assert.match(gone.stdout, 'source org/kit                to do: its files are gone from the store\n');
  assert.match(gone.stdout, 'toolchain go1.21.3            cached\n');
  assert.match(gone.stdout, 'modules org/kit               to do: needs source org/kit\n');
});

test('--json has every node with what it needs and its state', async ({ world }) => {
  const ran = await world.run(['plan', release, '--project', 'tool', '--project', 'bare', '--json']);
  const plan = JSON.parse(ran.stdout);
  assert.equal([plan.schema, plan.release, plan.nodes.length], [1, release, 5]);
  const build = plan.nodes.find((node: { id: string }) => node.id === 'go-build org/tool linux/arm64');
  assert.equal(build.needs, ['toolchain go1.20.5', 'source org/tool', 'modules org/tool']);
  assert.equal([build.kind, build.platform, build.state.status], ['go-build', 'linux/arm64', 'cached']);
  assert.match(build.state.key, /^[0-9a-f]{64}$/);
  assert.equal(plan.projects, [
    { project: 'org/bare', state: { kind: 'no-recipe' } },
    {
      project: 'org/tool',
      state: { kind: 'planned', builds: ['go-build org/tool linux/amd64', 'go-build org/tool linux/arm64'] },
    },
  ]);
});

test('--dot is a graph for Graphviz, what is cached in grey', async ({ fresh, world }) => {
  const options = ['plan', release, '--project', 'tool', '--platform', 'linux/arm64', '--dot'];
  const ran = await fresh.run(options);
  assert.is(
    ran.stdout,
    `digraph "v1-30-eks-5" {
  rankdir = LR;
  node [shape = box];
  "source org/tool";
  "toolchain go1.20.5";
  "modules org/tool";
  "toolchain go1.20.5" -> "modules org/tool";
  "source org/tool" -> "modules org/tool";
  "go-build org/tool linux/arm64";
  "toolchain go1.20.5" -> "go-build org/tool linux/arm64";
  "source org/tool" -> "go-build org/tool linux/arm64";
  "modules org/tool" -> "go-build org/tool linux/arm64";
}
`,
  );
  assert.match((await world.run(options)).stdout, '  "source org/tool" [color = gray, fontcolor = gray];\n');
});

test.run();
