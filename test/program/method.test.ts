import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { forgetGoCalls, goCalls } from '../rig/fake-go.ts';
import { imageWorld } from '../rig/image-world.ts';
import { endsOf, reportOf, verdictsOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** A project with a build of its own: what its scripts do, and go commands of our own that come to the same. */
const test = suite<{ world: World }>('methods');

const recipe = (script: string, tools: string): string => `schema: 1
description: One program with a patch, and a script
builds:
  - programs: [{ package: ./cmd/tool }]
    layout: { mode: modules }
    ldflags: [-s, -w, -buildid=, -extldflags, -static]
    stamps: { main.version: '{tag}' }
    scripts:
      commands: [[sh, -c, '${script}', sh, '{platform}', '{program}']]
      tools: ${tools}
      environment: { LDFLAGS: -s -w -buildid= -extldflags -static }
      stamp: { file: VERSION_FILE, values: { VERSION: '{tag}' } }
      outputs: [{ from: 'out/{platform}/{file}', to: '{file}' }]
`;

const script = [
  '. $VERSION_FILE',
  'name=$2; IFS=/; set -- $1; export GOOS=$1 GOARCH=$2',
  'mkdir -p out/$1/$2',
  'go build -ldflags "$LDFLAGS -X main.version=$VERSION" -o out/$1/$2/$name ./cmd/$name',
].join('; ');

function writeRecipe(world: World, text: string): void {
  writeFileSync(join(world.root, 'projects/org/tool/project.yaml'), text);
}

test.after(closeFakes);
test.before(async (context) => {
  context.world = await newWorld();
  writeRecipe(context.world, recipe(script, '[cat, chmod, mkdir, sh]'));
});

test('scripts make the files that were published, and so do go commands of our own', async ({ world }) => {
  for (const [method, kind] of [
    [['--method', 'scripts'], 'script-build'],
    [['--method', 'direct'], 'go-build'],
    [[], 'go-build'],
  ] as const) {
    forgetGoCalls(world.folder);
    const ran = await world.run(['verify', release, '--project', 'tool', ...method]);
    assert.is(ran.code, 0, ran.stdout);
    const report = reportOf(world, release);
    assert.equal(verdictsOf(report), [
      'org/tool linux/amd64 tool: identical',
      'org/tool linux/arm64 tool: identical',
    ]);
    const builds = endsOf(report).filter((each) => /-build /.test(each));
    const end = method.length === 0 ? 'cached' : 'ran';
    assert.equal(builds, [`${kind} org/tool linux/amd64: ${end}`, `${kind} org/tool linux/arm64: ${end}`]);
    const compiled = goCalls(world.folder).filter((call) => call.includes(' build '));
    assert.is(compiled.length, end === 'ran' ? 2 : 0, compiled.join('\n'));
  }
});

test('the report has the tools with their versions, and nothing of their places', async ({ world }) => {
  await world.run(['verify', release, '--project', 'tool', '--method', 'scripts']);
  const report = reportOf(world, release);
  const node = report.nodes.find(({ kind }) => kind === 'script-build');
  const { tools = {} } = (node?.inputs ?? {}) as { readonly tools?: Readonly<Record<string, string>> };
  assert.equal(Object.keys(tools), ['cat', 'chmod', 'mkdir', 'sh']);
  assert.match(tools['cat'] ?? '', /^cat \(.*\) [0-9]/);
  const command = node?.commands.at(-1);
  assert.match(command?.env['PATH'] ?? '', /^\$TREE\(toolchain go1\.20\.5\)\/go\/bin:\$SCRATCH\/tools$/);
  assert.not.match(JSON.stringify(node?.inputs), '/bin');
  const page = readFileSync(join(world.root, 'out', release, 'report.html'), 'utf8');
  assert.match(page, 'script-build');
});

test('what has no scripts is built as ever, but not where it was asked for by name', async ({ world }) => {
  const ran = await world.run(['verify', release, '--method', 'scripts', '--platform', 'linux/amd64']);
  assert.is(ran.code, 0, ran.stderr);
  const kinds = reportOf(world, release).nodes.map(({ id }) => id);
  assert.ok(kinds.includes('go-build org/kit linux/amd64'), kinds.join());
  assert.ok(kinds.includes('script-build org/tool linux/amd64'), kinds.join());
  for (const name of ['kit', 'org/kit', 'org/k*', 'bare']) {
    const refused = await world.run(['verify', release, '--method', 'scripts', '--project', name]);
    assert.is(refused.code, 2);
    assert.match(refused.stderr, /^There are no scripts that build .* of v1-30-eks-5\.\n.*--method/);
  }
  const glob = await world.run(['plan', release, '--method', 'scripts', '--project', 'org/*']);
  assert.is(glob.code, 0, glob.stderr);
});

test('images hold what the scripts made: the same', async () => {
  const world = await imageWorld();
  const images = 'images: [{ name: org/tool, programs: [tool], licenses: no }]\n';
  writeRecipe(world, recipe(script, '[cat, chmod, mkdir, sh]') + images);
  writeFileSync(join(world.root, 'projects/org/tool/Dockerfile'), 'FROM scratch\nCOPY tool /tool\n');
  const digests: (string | undefined)[] = [];
  for (const [method, kind] of [
    ['scripts', 'script-build'],
    ['direct', 'go-build'],
  ] as const) {
    const ran = await world.run(['images', release, '--image', 'org/tool', '--method', method]);
    assert.is(ran.code, 0, ran.stdout + ran.stderr);
    const report = reportOf(world, release);
    const image = report.nodes.find(({ id }) => id === 'image org/tool linux/amd64');
    assert.ok(image?.needs.some(({ node }) => node === `${kind} org/tool linux/amd64`));
    digests.push(report.images?.[0]?.digest);
  }
  assert.is(digests[0], digests[1]);
  assert.ok(digests[0]?.startsWith('sha256:'), String(digests[0]));
});

test('a tool that the machine lacks is what failed', async ({ world }) => {
  writeRecipe(world, recipe(script, '[cat, chmod, mkdir, sh, no-such-program]'));
  const ran = await world.run(['verify', release, '--project', 'tool', '--method', 'scripts']);
  writeRecipe(world, recipe(script, '[cat, chmod, mkdir, sh]'));
  assert.is(ran.code, 4, ran.stdout);
  assert.match(ran.stdout, /no-such-program is not on the PATH/);
});

test('what was accepted as a change to go commands is not left out silently', async ({ world }) => {
  const overlay = join(world.root, 'releases', `${release}.overlay.yaml`);
  const lock = readFileSync(join(world.root, 'releases', `${release}.lock.yaml`), 'utf8');
  const sha256 = /sha256: ([0-9a-f]{64})/.exec(lock.slice(lock.indexOf('org/tool:')))?.[1];
  mkdirSync(join(world.root, 'releases'), { recursive: true });
  writeFileSync(
    overlay,
    `schema: 1
release: ${release}
projects:
  org/tool:
    because: a test
    files: [{ platform: linux/amd64, name: tool, sha256: ${sha256} }]
    override: { flags: [-tags=x] }
`,
  );
  const ran = await world.run(['plan', release, '--project', 'tool', '--method', 'scripts']);
  writeFileSync(overlay, `schema: 1\nrelease: ${release}\nprojects: {}\n`);
  assert.match(
    ran.stdout,
    /org\/tool +cannot be built: What was accepted for org\/tool changes flags/,
    ran.stderr,
  );
});

test('another method, or one that is none, is a usage error', async ({ world }) => {
  const ran = await world.run(['build', release, '--output', 'x', '--method', 'make']);
  assert.is(ran.code, 2);
  assert.match(ran.stderr, /Allowed choices are direct, scripts/);
});

test.run();
