import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { noIsolation, probeIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { runMain, testHost } from '../rig/host.ts';
import { reportIn } from '../rig/report.ts';
import { createRepository } from '../rig/repository.ts';
import { suite } from '../rig/suite.ts';
import { warmCache } from '../rig/warm.ts';
import { writeFiles } from '../rig/world.ts';
import { checksumLine, pinsOf } from '../rig/world-content.ts';

/** Builds that want a network, with a real Go. */
const test = suite<{ folder: string }>('isolation');

const release = 'v1-30-eks-5';
const go = '1.22.12';

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'isolation-'));
  defer(() => rmSync(folder, { recursive: true }));
  context.folder = folder;
  await warmCache(join(folder, 'cache'));
  await createRepository(join(folder, 'git/org/tool.git'), {
    commits: [
      {
        files: {
          'go.mod': 'module tool.example\n\ngo 1.21\n',
          'main.go': 'package main\n\nfunc main() {}\n',
          // What is compiled in its place, and is not seen when modules are fetched.
          'needy.txt': 'package main\n\nimport _ "rsc.io/quote"\n\nfunc main() {}\n',
          'overlay.json': '{ "Replace": { "main.go": "needy.txt" } }\n',
        },
        tags: ['v1.0.0'],
      },
    ],
  });
  await createRepository(join(folder, 'git/upstream.git'), {
    commits: [
      {
        files: {
          'release/1-30/production/RELEASE': '5\n',
          ...pinsOf('org/tool', 'v1.0.0', go, [checksumLine('tool', 'linux/amd64', 'tool', 'another')]),
        },
        tags: [release],
      },
    ],
  });
  writeFiles(folder, {
    'package/package.json': '{ "version": "0.0.0" }\n',
    'root/eksd-rebuild.yaml':
      'upstream: ../git/upstream.git\nbuildTooling: ../git/none.git\nsources: ../git/{org}/{repo}.git\ntoolchains: { downloads: ../no-site }\n',
  });
});

const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);

async function verify(folder: string, flags: readonly string[]) {
  const host = testHost({
    cwd: join(folder, 'root'),
    packageFolder: join(folder, 'package'),
    env: { ...environment, EKSD_REBUILD_CACHE: join(folder, 'cache') },
  });
  const recipe = `schema: 1
description: A program
builds:
  - programs:
      - name: tool
        package: .
    flags: [${flags.join(', ')}]
`;
  writeFiles(folder, { 'root/projects/org/tool/project.yaml': recipe });
  const imported = await runMain(['import', release], host);
  assert.is(imported.code, 0, imported.stderr);
  const ran = await runMain(['verify', release], host);
  const report = reportIn(join(folder, 'root/out', release, 'report.json'));
  const node = report.nodes.find(({ kind }) => kind === 'go-build');
  return { ...ran, node, command: node?.commands.findLast(({ argv }) => argv[1] === 'build') };
}

test('a build that wants a module which was not fetched does not get it, and the record says why', async ({
  folder,
}) => {
  const plain = createRunProcess({ isolation: noIsolation, now: Date.now });
  const isolation = await probeIsolation(plain, environment['PATH'] ?? '');
  const { code, stdout, node, command } = await verify(folder, ['-overlay=overlay.json']);
  assert.is(code, 3, stdout);
  assert.is(node?.status, 'failed');
  assert.match(stdout, /rsc\.io\/quote.*module lookup disabled by GOPROXY=off/s);
  assert.is(command?.exitCode, 1);
  assert.is(command?.env['GOPROXY'], 'off');
  assert.is(command?.isolation, isolation.network);
});

test('the same build without that compiles, with its stamp', async ({ folder }) => {
  const { code, node, command } = await verify(folder, []);
  assert.is(code, 1, 'it is other than what the release says was published');
  assert.is(node?.status, 'ran');
  assert.is(command?.exitCode, 0);
});

test.run();
