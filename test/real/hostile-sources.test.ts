import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { runMain, testHost } from '../rig/host.ts';
import { hostileSources, type Outside, outsideIn, secretOf } from '../rig/hostile-sources.ts';
import { reportIn } from '../rig/report.ts';
import { createRepository } from '../rig/repository.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';
import { checksumLine, pinsOf } from '../rig/world-content.ts';

/** Sources that want what is none of their inputs, built by a real Go: in a sandbox, and once without, where some of them get it. */
const test = suite<{ folder: string; outside: Outside }>('hostile sources');

const release = 'v1-30-eks-5';
const go = '1.22.12';
const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  defer(() => rmSync(folder, { recursive: true }));
  const outside = outsideIn(join(folder, 'outside'));
  Object.assign(context, { folder, outside });
  writeFiles(outside.folder, outside.files);
  const pins: Record<string, string> = { 'release/1-30/production/RELEASE': '5\n' };
  const recipe = 'schema: 1\ndescription: A program\nbuilds:\n  - programs: [{ name: tool, package: . }]\n';
  for (const [name, { files = {} }] of Object.entries(hostileSources(outside))) {
    await createRepository(join(folder, `git/org/${name}.git`), { commits: [{ files, tags: ['v1.0.0'] }] });
    Object.assign(
      pins,
      pinsOf(`org/${name}`, 'v1.0.0', go, [checksumLine(name, 'linux/amd64', 'tool', '-')]),
    );
    writeFiles(folder, { [`root/projects/org/${name}/project.yaml`]: recipe });
  }
  await createRepository(join(folder, 'git/upstream.git'), { commits: [{ files: pins, tags: [release] }] });
  writeFiles(folder, { 'package/package.json': '{ "version": "0.0.0" }\n' });
});

/** Verifies them all, and gives which projects' secret words came out, wherever that was, and what became of each. */
async function verify({ folder }: { readonly folder: string }, use: string) {
  const cache = join(folder, 'cache');
  writeFiles(folder, {
    'root/eksd-rebuild.yaml': `upstream: ../git/upstream.git
buildTooling: ../git/none.git
sources: ../git/{org}/{repo}.git
toolchains: { downloads: ../no-site }
sandbox: { use: ${use} }
`,
  });
  const host = testHost({
    cwd: join(folder, 'root'),
    packageFolder: join(folder, 'package'),
    env: { ...environment, EKSD_REBUILD_CACHE: cache },
  });
  const imported = await runMain(['import', release], host);
  assert.is(imported.code, 0, imported.stderr);
  const ran = await runMain(['verify', release, '--fresh'], host);
  const report = reportIn(join(folder, 'root/out', release, 'report.json'));
  const said = [ran.stdout, ran.stderr, ...textsBelow(join(folder, 'root/out'))].join('\n');
  const leaked = new Set<string>();
  for (const node of report.nodes) {
    const [project = ''] = node.projects;
    const told = JSON.stringify(node) + bytesOf(cache, node.tree);
    if (node.projects.length === 1 && /hidden[a-z]+word/.test(told)) leaked.add(project.slice('org/'.length));
  }
  return { report, said, leaked: [...leaked].sort(), ran };
}

function textsBelow(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
}

/** All that a tree holds, but for where links lead. */
function bytesOf(cache: string, tree: string | undefined): string {
  if (tree === undefined) return '';
  return textsBelow(join(cache, 'trees', tree.slice(0, 2), tree)).join('\n');
}

test('in a sandbox none of them gets anything', async (context) => {
  const { report, said, leaked, ran } = await verify(context, 'required');
  assert.equal(leaked, [], ran.stdout);
  for (const name of ['victim', 'plain', 'key', 'more', 'list']) assert.not.match(said, secretOf(name));
  assert.not.ok(existsSync(join(context.outside.folder, 'marks')), 'a script of theirs ran');
  const commands = report.nodes.flatMap((node) => node.commands);
  assert.ok(commands.length > 0);
  assert.equal(
    commands.filter(({ sandbox }) => sandbox !== 'whole'),
    [],
  );
});

test('the same sources get it where there is no sandbox: what the first test shows is not nothing', async (context) => {
  const { leaked, report } = await verify(context, 'never');
  const expected = Object.entries(hostileSources(context.outside)).filter(([, { leaks }]) => leaks);
  assert.equal(leaked, expected.map(([name]) => name).sort());
  assert.match(report.unprotected?.join() ?? '', /tasks see the files and processes of the machine/);
});

test.run();
