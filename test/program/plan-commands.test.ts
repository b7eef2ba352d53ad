import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { goCalls } from '../rig/fake-go.ts';
import { reportOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ fresh: World; warm: World }>('plan --commands');

const scripted = `schema: 1
description: One program with a patch, and a script
builds:
  - programs: [{ package: ./cmd/tool }]
    layout: { mode: modules, link: { gopath: go, package: k8s.io/k }, at: /up/stream }
    ldflags: [-s, '-buildid=""']
    flags: ['-gcflags=all=-trimpath={directory} ']
    stamps: { main.version: '{tag}-{head.short}' }
    scripts:
      commands: [['hack/it''s.sh', '{program}'], [sh, -c, '']]
      tools: [sh, bash]
      environment: { WHERE: '{checkout}', DATE: '{head.short:9}' }
      stamp: { file: VERSION_FILE, values: { VERSION: '{tag}-{head.short}', COMMIT: '{head}' } }
      at: /up/stream
      outputs: [{ from: 'out/{file}', to: '{file}' }]
`;

test.before(async (context) => {
  context.fresh = await newWorld();
  writeFileSync(join(context.fresh.root, 'projects/org/tool/project.yaml'), scripted);
  context.warm = await warmWorld();
});

/** Without what tells git to leave a machine's settings alone, which is long. */
const short = (text: string) => text.replace(/ \\\n +/g, ' ').replace(/ GIT_[A-Z0-9_]+=\S+/g, '');

const asked = ['--project', 'tool', '--platform', 'linux/arm64'];

test('every command with its environment, for a shell, and what stands for what is not known', async ({
  fresh,
}) => {
  const ran = await fresh.run(['plan', release, ...asked, '--commands']);
  assert.equal([ran.code, ran.stderr], [0, '']);
  assert.is(
    short(ran.stdout),
    `# $GOROOT        the Go that is named with the commands
# $SOURCE        the source with its patches, and what is known of it
# $CHECKOUT      a copy of that source, which the commands may change
# $SCRATCH       for anything else, a folder with the empty folders home, mount and tmp
# $OUT           where the programs go
# $BUILD_CACHE   Go's build cache, which all builds share
# $GIT           the folder of git
# $HEAD          the commit after the patches
# $HEAD_SHORT    \`git rev-parse --short=7\` of the patched commit in a full clone: seven digits, or more where they are shared
# $HEAD_SHORT_9  \`git rev-parse --short=7\` of the patched commit in a full clone: seven digits, or more where they are shared

# go-build org/tool linux/arm64, with go 1.20.5
cd "$SCRATCH"
env -i LC_ALL=C PATH="$GOROOT"/bin:"$GIT":/usr/bin:/bin cp -a "$SOURCE"/source "$CHECKOUT"
env -i LC_ALL=C PATH="$GOROOT"/bin:"$GIT":/usr/bin:/bin chmod -R u+w "$CHECKOUT"
mkdir -p "$CHECKOUT"/go/src/k8s.io
ln -s ../../.. "$CHECKOUT"/go/src/k8s.io/k
# now $CHECKOUT is seen as /up/stream, by what follows
cd /up/stream/go/src/k8s.io/k
env -i HOME="$SCRATCH"/tmp LC_ALL=C PATH="$GOROOT"/bin:"$GIT":/usr/bin:/bin TZ=UTC GOENV=off GOFLAGS='' GOPATH=/up/stream/go GOROOT="$GOROOT" GOTOOLCHAIN=local GO111MODULE=on GOTMPDIR="$SCRATCH"/tmp TMPDIR="$SCRATCH"/tmp CGO_ENABLED=0 GOOS=linux GOARCH=arm64 GOPROXY=off GOSUMDB=off GOMODCACHE="$SCRATCH"/gopath/pkg/mod PWD=/up/stream/go/src/k8s.io/k GOGC=1000 GOMEMLIMIT=1GiB GOCACHE="$BUILD_CACHE" "$GOROOT"/bin/go build -trimpath '-gcflags=all=-trimpath=/up/stream/go/src/k8s.io/k ' -ldflags '-s -buildid="" -X main.version=v1.0.0-'"$HEAD_SHORT" -o "$OUT"/tool ./cmd/tool

# script-build org/tool linux/arm64, with go 1.20.5
# in $SCRATCH/tools, and nothing else: bash, sh
cat >"$SCRATCH"/version <<END
VERSION='v1.0.0-$HEAD_SHORT'
COMMIT='$HEAD'
END
cd "$SCRATCH"
env -i LC_ALL=C PATH=/usr/bin:/bin cp -a "$SOURCE"/source "$CHECKOUT"
env -i LC_ALL=C PATH=/usr/bin:/bin chmod -R u+w "$CHECKOUT"
# now $CHECKOUT is seen as /up/stream, by what follows
cd /up/stream
env -i HOME="$SCRATCH"/home LC_ALL=C PATH="$GOROOT"/bin:"$SCRATCH"/tools TZ=UTC WHERE=/up/stream DATE="$HEAD_SHORT_9" VERSION_FILE="$SCRATCH"/version GOCACHE="$SCRATCH"/go-build GOENV=off GOMODCACHE="$SCRATCH"/gopath/pkg/mod GOPROXY=off GOSUMDB=off GOTOOLCHAIN=local TMPDIR="$SCRATCH"/tmp /bin/sh -c 'umask 022; exec "$@"' sh 'hack/it'\\''s.sh' tool
env -i HOME="$SCRATCH"/home LC_ALL=C PATH="$GOROOT"/bin:"$SCRATCH"/tools TZ=UTC WHERE=/up/stream DATE="$HEAD_SHORT_9" VERSION_FILE="$SCRATCH"/version GOCACHE="$SCRATCH"/go-build GOENV=off GOMODCACHE="$SCRATCH"/gopath/pkg/mod GOPROXY=off GOSUMDB=off GOTOOLCHAIN=local TMPDIR="$SCRATCH"/tmp /bin/sh -c 'umask 022; exec "$@"' sh sh -c ''
`,
  );
  assert.equal(goCalls(fresh.folder), [], 'nothing is run');
});

test('a method that is asked for alone, or with --json', async ({ fresh }) => {
  const methods = async (...options: string[]) => {
    const ran = await fresh.run([
      'plan',
      release,
      '--platform',
      'linux/amd64',
      '--json',
      '--commands',
      ...options,
    ]);
    const { commands } = JSON.parse(ran.stdout);
    return commands.map(({ node, method }: { node: string; method: string }) => `${node}: ${method}`);
  };
  const direct = ['go-build org/kit linux/amd64: direct', 'go-build org/tool linux/amd64: direct'];
  const scripts = 'script-build org/tool linux/amd64: scripts';
  assert.equal(await methods(), [...direct, scripts]);
  assert.equal(await methods('--method', 'direct'), direct);
  assert.equal(await methods('--method', 'scripts'), [direct[0], scripts]);
  const plain = await fresh.run(['plan', release, '--json']);
  assert.is(JSON.parse(plain.stdout).commands, undefined);
});

test('the steps as data: words that no shell has to read', async ({ fresh }) => {
  const ran = await fresh.run(['plan', release, ...asked, '--method', 'scripts', '--json', '--commands']);
  const [{ tools, steps }] = JSON.parse(ran.stdout).commands;
  assert.equal(tools, ['bash', 'sh']);
  assert.equal(steps[0], {
    kind: 'file',
    path: '$SCRATCH/version',
    text: "VERSION='v1.0.0-$HEAD_SHORT'\nCOMMIT='$HEAD'\n",
  });
  const script = steps.at(-2);
  assert.equal([script.kind, script.cwd, script.at], ['command', '/up/stream', '/up/stream']);
  assert.equal(script.argv.slice(-2), ["hack/it's.sh", 'tool']);
});

test('what a run found out is filled in; a pattern stays one until its source is there', async ({
  fresh,
  warm,
}) => {
  const before = await fresh.run([
    'plan',
    release,
    '--project',
    'kit',
    '--platform',
    'linux/amd64',
    '--commands',
  ]);
  assert.match(short(before.stdout), ` -o "$OUT"/ './tools/*'\n`);
  const after = await warm.run([
    'plan',
    release,
    '--project',
    'kit',
    '--platform',
    'linux/amd64',
    '--commands',
  ]);
  assert.match(short(after.stdout), ` -o "$OUT"/ ./tools/hammer ./tools/saw\n`);
});

test('what is shown is what was run', async ({ warm }) => {
  const report = reportOf(warm, release);
  const ran = await warm.run(['plan', release, '--project', 'tool', '--json', '--commands']);
  const [shown] = JSON.parse(ran.stdout).commands;
  const recorded = report.nodes.find(({ id }) => id === shown.node)?.commands ?? [];
  const git = (name: string) => name.startsWith('GIT_') || name === 'PATH' || name === 'GOCACHE';
  const named = (text: string) =>
    text
      .replaceAll(/\$TREE\(toolchain [^)]*\)\/go/g, '$GOROOT')
      .replaceAll(/\$TREE\(source [^)]*\)/g, '$SOURCE')
      .replaceAll(/\$TREE\(modules [^)]*\)/g, '$MODULES')
      .replaceAll('$SCRATCH/source', '$CHECKOUT')
      .replaceAll('$OUTPUT', '$OUT');
  const plain = (env: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) => (git(name) ? [] : [[name, named(value)]])),
    );
  assert.equal(
    shown.steps.map(({ argv, cwd, env }: (typeof recorded)[number]) => ({ argv, cwd, env: plain(env) })),
    recorded.map(({ argv, cwd, env }) => ({ argv: argv.map(named), cwd: named(cwd), env: plain(env) })),
  );
});

test('the lines are a script: it makes the program that was published', async ({ warm }) => {
  const ran = await warm.run([
    'plan',
    release,
    '--project',
    'tool',
    '--platform',
    'linux/amd64',
    '--commands',
  ]);
  const report = reportOf(warm, release);
  const tree = (id: string) => {
    const digest = report.nodes.find((node) => node.id === id)?.tree ?? '';
    return join(warm.cache, 'trees', digest.slice(0, 2), digest, 'content');
  };
  const work = join(warm.folder, 'by-hand');
  for (const name of ['scratch/tmp', 'out', 'cache']) mkdirSync(join(work, name), { recursive: true });
  const variables = {
    GOROOT: join(tree('toolchain go1.20.5'), 'go'),
    SOURCE: tree('source org/tool'),
    MODULES: tree('modules org/tool'),
    ...{ SCRATCH: join(work, 'scratch'), CHECKOUT: join(work, 'scratch', 'source'), OUT: join(work, 'out') },
    ...{ BUILD_CACHE: join(work, 'cache'), GIT: '/usr/bin' },
  };
  execFileSync('/bin/sh', ['-eu'], { input: ran.stdout, env: { PATH: '/usr/bin:/bin', ...variables } });
  const made = readFileSync(join(work, 'out', 'tool'));
  const built = readFileSync(join(tree('go-build org/tool linux/amd64'), 'tool'));
  assert.ok(made.equals(built));
});

test('a project without a recipe has no commands, and that is said', async ({ fresh }) => {
  const ran = await fresh.run(['plan', release, '--project', 'bare', '--commands']);
  assert.is(ran.stdout, '# org/bare: not built: there is no recipe for it yet\n');
});

test('--dot and --commands are two things', async ({ fresh }) => {
  const ran = await fresh.run(['plan', release, '--dot', '--commands']);
  assert.equal([ran.code, ran.stdout], [2, '']);
});

test.run();
