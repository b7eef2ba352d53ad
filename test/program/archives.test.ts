import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { ok } from '../../orchestrator/core/result.ts';
import type { PlannedFile } from '../../orchestrator/plan/archives.ts';
import { type Rebuilt, rebuild } from '../../orchestrator/run/rebuild.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { onGo } from '../rig/fake-go.ts';
import { type ImageWorld, imageWorld } from '../rig/image-world.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** The files of a release's site, made by a run of whole commands. */
const test = suite<{ world: ImageWorld }>('archives');

const archives = `component: tool
archives:
  - kind: archive
    folder: tool
    file: tool-{os}-{arch}-{tag}.tar.gz
    platforms: &linux [linux/amd64, linux/arm64]
    description: tool tarball for {os}/{arch}
    root: tool
    members:
      - { at: bin, programs: [tool] }
      - { at: bin, images: [org/tool] }
  - kind: source
    folder: tool
    file: tool-src.tar.gz
    headTag: '{tag}-eks-{head.short}'
  - kind: program
    folder: tool
    file: bin/{os}/{arch}/{file}
    platforms: *linux
    programs: [tool]
  - kind: image
    folder: tool
    file: bin/{os}/{arch}/{file}
    platforms: *linux
    images: [org/tool]
    format: docker
`;

test.before(async (context, defer) => {
  defer(closeFakes);
  const { world } = Object.assign(context, { world: await imageWorld() });
  const recipe = join(world.root, 'projects/org/tool/project.yaml');
  writeFiles(world.root, { 'projects/org/tool/project.yaml': `${readFileSync(recipe, 'utf8')}${archives}` });
});

interface Made {
  readonly code: number;
  /** SHA-256 of each file by its path on the site. */
  readonly digests: Readonly<Record<string, string>>;
  readonly ends: Readonly<Record<string, string>>;
  read(path: string): string;
}

async function make({ host }: ImageWorld, more: { readonly fresh?: boolean } = {}): Promise<Made> {
  const ends: Record<string, string> = {};
  const places = new Map<string, string>();
  const use = async ({ prepared, report, store }: Rebuilt) => {
    const trees = new Map(report.nodes.map(({ id, tree }) => [id as string, tree]));
    for (const { id, kind, end } of report.nodes) if (/archive|tar/.test(kind)) ends[id] = end.status;
    for (const { path, node, file } of prepared.plan.files as readonly PlannedFile[]) {
      const tree = trees.get(node);
      if (tree !== undefined) places.set(path, join(store.treePath(tree), file));
    }
    return ok(undefined);
  };
  const asked = {
    images: {},
    call: () => ok({ archives: { registry: { host: 'registry.example.com', prefix: 'eks' } } }),
    use,
  };
  const options = { log: 'line' as const, project: ['tool'], ...more };
  const code = await rebuild(release, options, host, asked);
  assert.ok(code.ok, JSON.stringify(code));
  const digests = [...places].map(([path, file]) => [path, digestOf(readFileSync(file))]);
  return {
    code: code.value,
    digests: Object.fromEntries(digests),
    ends,
    read: (path) => places.get(path) ?? '',
  };
}

const paths = [
  ...['amd64', 'arm64'].flatMap((arch) =>
    ['tool', 'tool.docker_image_name', 'tool.docker_tag', 'tool.tar'].map(
      (name) => `tool/v1.0.0/bin/linux/${arch}/${name}`,
    ),
  ),
  'tool/v1.0.0/tool-linux-amd64-v1.0.0.tar.gz',
  'tool/v1.0.0/tool-linux-arm64-v1.0.0.tar.gz',
  'tool/v1.0.0/tool-src.tar.gz',
];

test('every file of a recipe, each where the plan says', async ({ world }) => {
  const made = await make(world);
  assert.is(made.code, 0);
  assert.equal(Object.keys(made.digests), paths);
  const [archive = '', , source = ''] = paths.slice(-3).map(made.read);
  const list = (file: string) =>
    execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }).trimEnd().split('\n');
  assert.equal(list(archive), [
    ...['tool/', 'tool/bin/', 'tool/bin/tool', 'tool/bin/tool.docker_tag', 'tool/bin/tool.tar'],
  ]);
  const inside = execFileSync('tar', ['-xOzf', archive, 'tool/bin/tool']);
  assert.is(digestOf(inside), made.digests['tool/v1.0.0/bin/linux/amd64/tool']);
  assert.equal(list(source), ['cmd/', 'cmd/tool/', 'cmd/tool/main.go', 'go.mod']);
  assert.match(execFileSync('tar', ['-xOzf', source, 'cmd/tool/main.go'], { encoding: 'utf8' }), '// two');
  const name = 'registry.example.com/eks/org/tool:v1.0.0-eks-1-30-5\n';
  assert.is(readFileSync(made.read('tool/v1.0.0/bin/linux/arm64/tool.docker_image_name'), 'utf8'), name);
});

test('a second time nothing is packed, and made anew it is the same', async ({ world }) => {
  const first = await make(world);
  assert.equal([...new Set(Object.values(first.ends))], ['cached']);
  const again = await make(world, { fresh: true });
  assert.equal([...new Set(Object.values(again.ends))], ['ran']);
  assert.equal(again.digests, first.digests);
});

test('a program that cannot be built takes its archives with it, and no others', async ({ world }) => {
  onGo(world.folder, 'build', '[ $GOARCH = amd64 ] || exit 1');
  const made = await make(world, { fresh: true });
  onGo(world.folder, 'build', ':');
  assert.is(made.code, 3);
  assert.equal(
    Object.keys(made.digests).filter((path) => path.includes('arm64')),
    [],
  );
  assert.ok(made.digests['tool/v1.0.0/tool-linux-amd64-v1.0.0.tar.gz']);
  assert.ok(made.digests['tool/v1.0.0/tool-src.tar.gz']);
});

test('a verify of the same recipe plans and makes no archive', async ({ world }) => {
  rmSync(join(world.root, 'out'), { recursive: true, force: true });
  const ran = await world.run(['verify', release, '--project', 'tool']);
  assert.is(ran.code, 0, ran.stderr);
  const report = readFileSync(join(world.root, 'out', release, 'report.json'), 'utf8');
  assert.not.match(report, /tar\.gz|image-tar/);
});

test.run();
