import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { forgetGoCalls, goCalls, onGo } from '../rig/fake-go.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** What `go version -m` says of published programs, against the plan: nothing of them was built here. */
const test = suite<{ world: World }>('explain by build information');

test.before(async (context) => {
  context.world = await newWorld();
});

const planned = {
  go: 'go1.20.5',
  '-trimpath': 'true',
  GOAMD64: 'v1',
  'vcs.modified': 'true',
};

/** The text for the program of `org/tool`. */
function textOf(given: Partial<typeof planned> & { readonly name?: string } = {}): string {
  const { go, name = 'tool', ...settings } = { ...planned, ...given };
  const all = {
    ...{ '-buildmode': 'exe', '-compiler': 'gc', CGO_ENABLED: '0', GOARCH: 'amd64', GOOS: 'linux' },
    ...{ vcs: 'git', 'vcs.revision': '1'.repeat(40), 'vcs.time': '2024-05-10T01:02:03Z', ...settings },
  };
  const lines = Object.entries(all).map(([key, value]) => `\tbuild\t${key}=${value}\n`);
  return `${name}: ${go}\n\tpath\ttool.example/cmd/${name}\n\tmod\ttool.example\t(devel)\t\n${lines.join('')}`;
}

function explain(world: World, text: string, ...words: readonly string[]) {
  writeFileSync(join(world.root, 'tool.txt'), text);
  return world.run(['explain', release, ...words, '--published', 'tool.txt']);
}

test('as planned: 0, what is the same, and what is not known yet; nothing is run', async ({ world }) => {
  forgetGoCalls(world.folder);
  const ran = await explain(world, textOf(), '--no-build');
  assert.equal(
    [ran.code, ran.stderr, ran.stdout],
    [
      0,
      '',
      `org/tool linux/amd64 tool (tool.txt: tool) against the plan: nothing differs
  the same: Go, mod version, -buildmode, -compiler, CGO_ENABLED, GOARCH, GOOS, vcs, -trimpath, GOAMD64, vcs.modified
  not known before it is built: mod, vcs.revision, vcs.time
`,
    ],
  );
  assert.equal(goCalls(world.folder), []);
});

test('what differs, line by line, and what makes it so', async ({ world }) => {
  const ran = await explain(
    world,
    textOf({ go: 'go1.20.4', GOAMD64: 'v3', 'vcs.modified': 'false' }),
    'linux/amd64/tool',
    '--no-build',
  );
  assert.is(ran.code, 1);
  assert.match(ran.stdout, 'against the plan: 3 lines differ\n');
  for (const [line, variant] of [
    [
      'Go: published go1.20.4, planned go1.20.5',
      'Go 1.20.4 makes it so: {"go":{"version":"1.20.4","patches":[]}}',
    ],
    [
      'vcs.modified: published false, planned true',
      'the stamp of a checkout that is not modified makes it so: {"stamp":"clean"}',
    ],
    ['GOAMD64: published v3, planned v1', 'GOAMD64=v3 makes it so: {"environment":{"GOAMD64":"v3"}}'],
  ] as const) {
    assert.match(
      ran.stdout,
      new RegExp(`\\n  ${line}\\n    .*\\n    ${variant.replace(/[{}[\]().]/g, '\\$&')}\\n`),
    );
  }
});

test('what says nothing of what was asked for is refused, and so is what it cannot do', async ({ world }) => {
  const other = await explain(world, textOf({ name: 'spanner' }), '--no-build');
  assert.is(other.code, 2);
  assert.match(other.stderr, 'tool.txt says of no program that was asked for how it was built.\n');
  const elsewhere = await explain(world, textOf(), '--no-build', '--platform', 'linux/arm64');
  assert.is(elsewhere.code, 2);
  const accepted = await explain(world, textOf(), '--no-build', '--accept');
  assert.is(accepted.code, 2);
  const alone = await world.run(['explain', release, '--no-build']);
  assert.is(alone.code, 2);
  assert.match(alone.stderr, '--no-build compares build information with --published');
});

test('of what could not be built it is told all the same', async ({ world }) => {
  onGo(world.folder, 'build', 'echo broken >&2; exit 1');
  const ran = await explain(world, textOf({ GOAMD64: 'v2' }), '--project', 'org/tool');
  onGo(world.folder, 'build', ':');
  assert.is(ran.code, 3);
  assert.match(
    ran.stdout,
    'tool (tool.txt: tool) against the plan: 1 line differs\n  GOAMD64: published v2, planned v1\n',
  );
});

test.run();
